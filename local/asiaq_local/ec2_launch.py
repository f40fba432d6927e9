"""Completes what moto leaves out of a launch: templates in full, all counts, disks, interfaces, roles."""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.ec2.exceptions import EC2ClientError, InvalidAMIIdError, InvalidInstanceTypeError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instances import Instance, InstanceBackend, Reservation
from moto.ec2.models.launch_templates import LaunchTemplate, LaunchTemplateVersion
from moto.ec2.responses.instances import InstanceResponse
from moto.ec2.responses.launch_templates import LaunchTemplates
from moto.ec2.utils import convert_tag_spec, parse_user_data
from moto.iam.exceptions import NotFoundException

from .cloud import Cloud
from .settings import BoxError

# Template member -> argument of moto's run_instances, for what moto does not take from templates.
_FROM_TEMPLATE = {
    "InstanceInitiatedShutdownBehavior": "instance_initiated_shutdown_behavior",
    "DisableApiTermination": "disable_api_termination",
    "DisableApiStop": "disable_api_stop",
    "EbsOptimized": "ebs_optimized",
    "MetadataOptions": "metadata_options",
}


def install(cloud: Cloud) -> None:
    """Patches RunInstances, for the API and for auto scaling alike."""
    moto_run_instances = InstanceBackend.run_instances
    moto_respond = InstanceResponse.run_instances

    def run_instances(
        self: EC2Backend,
        image_id: str,
        count: int,
        user_data: Any,
        security_group_names: list[str],
        **kwargs: Any,
    ) -> Reservation:
        template = _template_data(self, kwargs)
        image_id = image_id or template.get("ImageId", "")
        image = _check_image(self, image_id)
        try:
            cloud.supervisor.check_launch(image_id)
        except BoxError as error:
            raise EC2ClientError("InsufficientInstanceCapacity", str(error)) from error
        _check_key(self, kwargs.get("key_name") or template.get("KeyName"))
        for member, argument in _FROM_TEMPLATE.items():
            if not kwargs.get(argument) and template.get(member) is not None:
                kwargs[argument] = template[member]
        kwargs["nics"] = _interfaces(self, kwargs, template)
        disks = _disks(image, kwargs, template)
        # moto's own way with disks loses types, sizes and the root device; ours follows below.
        kwargs["block_device_mappings"] = []
        tags = _launch_tags(kwargs, template)
        given = {nic.get("NetworkInterfaceId") for nic in kwargs["nics"]} - {None}
        keep = {
            int(nic.get("DeviceIndex", 0))
            for nic in kwargs["nics"]
            if nic.get("DeleteOnTermination") is False
        }
        try:
            reservation = moto_run_instances(
                self, image_id, count, user_data, security_group_names, **kwargs
            )
        except InvalidInstanceTypeError as error:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Invalid value '{kwargs['instance_type']}' for InstanceType.",
            ) from error
        for instance in reservation.instances:
            for index, eni in instance.nics.items():
                eni.delete_on_termination = eni.id not in given and index not in keep
                eni.add_tags(tags.get("network-interface", {}))
            if not instance.security_groups and 0 in instance.nics:
                instance.security_groups = list(instance.nics[0]._group_set)
            _add_disks(self, instance, disks, tags.get("volume", {}))
        _associate_profile(self, reservation, kwargs, template)
        for instance in reservation.instances:
            cloud.launch(instance)
        return reservation

    def respond(self: InstanceResponse) -> ActionResult:
        # As many as there is room for, and there is always room: the maximum.
        maximum, minimum = self.params.get("MaxCount"), self.params.get("MinCount")
        if maximum is not None and minimum is not None and int(maximum) < int(minimum):
            raise EC2ClientError("InvalidParameterValue", "MaxCount must not be less than MinCount")
        self.params["MinCount"] = maximum or minimum or 1
        return moto_respond(self)

    def block_device_mappings(self: InstanceResponse) -> list[dict[str, Any]]:
        return self._get_param("BlockDeviceMappings", [])

    InstanceBackend.run_instances = run_instances  # type: ignore[method-assign,assignment]
    InstanceResponse.run_instances = respond  # type: ignore[method-assign]
    InstanceResponse._parse_block_device_mapping = block_device_mappings  # type: ignore[method-assign]
    _install_template_versions()
    _install_profile_errors()


def _install_template_versions() -> None:
    """A further version keeps its user data usable, and builds upon SourceVersion."""
    moto_create = LaunchTemplate.create_version
    moto_respond = LaunchTemplates.create_launch_template_version

    def create(
        self: LaunchTemplate, data: dict[str, Any], description: str
    ) -> LaunchTemplateVersion:
        if data.get("UserData") is not None and not isinstance(
            data["UserData"], Base64EncodedString
        ):
            data = {**data, "UserData": parse_user_data(data["UserData"])}
        return moto_create(self, data, description)

    def respond(self: LaunchTemplates) -> ActionResult:
        source = self._get_param("SourceVersion")
        if source:
            backend = self.ec2_backend
            if self._get_param("LaunchTemplateId"):
                template = backend.get_launch_template(self._get_param("LaunchTemplateId"))
            else:
                template = backend.get_launch_template_by_name(
                    self._get_param("LaunchTemplateName")
                )
            base = template.get_version(source).data
            self.params["LaunchTemplateData"] = {
                **base,
                **self._get_param("LaunchTemplateData", {}),
            }
        return moto_respond(self)

    LaunchTemplate.create_version = create  # type: ignore[method-assign]
    LaunchTemplates.create_launch_template_version = respond  # type: ignore[method-assign]


def _template_data(backend: EC2Backend, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The launch template's data, after checking that the template is there."""
    wanted = kwargs.get("launch_template") or {}
    if not wanted:
        return {}
    if wanted.get("LaunchTemplateId"):
        template = backend.get_launch_template(wanted["LaunchTemplateId"])
    else:
        template = backend.get_launch_template_by_name(wanted["LaunchTemplateName"])
    version = template.get_version(wanted.get("Version") or "$Default")
    kwargs["launch_template"] = {"LaunchTemplateId": template.id, "Version": str(version.number)}
    return version.data


def _check_image(backend: EC2Backend, image_id: str) -> Any:
    image = backend.amis.get(image_id)
    if image is None:
        raise InvalidAMIIdError([image_id])
    if image.state != "available":
        raise EC2ClientError(
            "InvalidAMIID.Unavailable", f"The image ID '{image_id}' is {image.state}, not available"
        )
    return image


def _check_key(backend: EC2Backend, key_name: str | None) -> None:
    if key_name:
        backend.describe_key_pairs(key_names=[key_name])


def _interfaces(
    backend: EC2Backend, kwargs: dict[str, Any], template: dict[str, Any]
) -> list[dict[str, Any]]:
    """Interfaces of the launch, each with its index and subnet."""
    nics = copy.deepcopy(kwargs.get("nics") or template.get("NetworkInterfaces") or [])
    for position, nic in enumerate(nics):
        nic.setdefault("DeviceIndex", position)
        if nic.get("NetworkInterfaceId"):
            eni = backend.get_network_interface(nic["NetworkInterfaceId"])
            if eni.instance:
                raise EC2ClientError(
                    "InvalidNetworkInterface.InUse", f"Interface: [{eni.id}] in use."
                )
            nic["SubnetId"] = eni.subnet.id
        elif kwargs.get("subnet_id") and int(nic["DeviceIndex"]) == 0:
            nic["SubnetId"] = kwargs["subnet_id"]
    if not nics and not kwargs.get("subnet_id"):
        kwargs["subnet_id"] = _default_subnet(backend, kwargs.get("placement"))
    return nics


def _default_subnet(backend: EC2Backend, zone: str | None) -> str | None:
    subnets = backend.get_default_subnets()
    if not subnets:
        raise EC2ClientError("VPCIdNotSpecified", "No default VPC for this user")
    return (subnets.get(zone) or subnets[sorted(subnets)[0]]).id


def _disks(
    image: Any, kwargs: dict[str, Any], template: dict[str, Any]
) -> dict[str, dict[str, Any]]:
    """Disks by device name: the image's, changed by what the launch says."""
    disks: dict[str, dict[str, Any]] = {
        mapping["DeviceName"]: dict(mapping["Ebs"]) for mapping in image.block_device_mappings
    }
    configuration = kwargs.get("launch_config")
    wanted = (
        kwargs.get("block_device_mappings")
        or template.get("BlockDeviceMappings")
        or (configuration.block_device_mapping_dict if configuration else None)
        or []
    )
    for mapping in wanted:
        device = mapping["DeviceName"]
        if mapping.get("NoDevice") is not None:
            disks.pop(device, None)
        elif mapping.get("Ebs"):
            new = {name: value for name, value in mapping["Ebs"].items() if value is not None}
            disks[device] = {**disks.get(device, {"DeleteOnTermination": True}), **new}
    return disks


def _add_disks(
    backend: EC2Backend, instance: Instance, disks: dict[str, dict[str, Any]], tags: dict[str, str]
) -> None:
    for device, disk in disks.items():
        kind = disk.get("VolumeType")
        iops = disk.get("Iops")
        volume = backend.create_volume(
            size=int(disk["VolumeSize"]) if disk.get("VolumeSize") else None,  # type: ignore[arg-type]
            zone_name=instance.placement.zone or "",
            snapshot_id=disk.get("SnapshotId"),
            encrypted=bool(disk.get("Encrypted")),
            kms_key_id=disk.get("KmsKeyId"),
            volume_type=kind,
            iops=int(iops) if iops and kind in ("io1", "io2", "gp3") else None,
            throughput=int(disk["Throughput"]) if disk.get("Throughput") else None,
        )
        backend.attach_volume(
            volume.id, instance.id, device, disk.get("DeleteOnTermination", True) is True
        )
        volume.add_tags(tags)


def _launch_tags(kwargs: dict[str, Any], template: dict[str, Any]) -> dict[str, dict[str, str]]:
    tags = {kind: dict(values) for kind, values in (kwargs.get("tags") or {}).items()}
    for kind, values in convert_tag_spec(template.get("TagSpecifications", [])).items():
        tags[kind] = {**values, **tags.get(kind, {})}
    return tags


def _associate_profile(
    backend: EC2Backend, reservation: Reservation, kwargs: dict[str, Any], template: dict[str, Any]
) -> None:
    """Gives the instances their role; moto itself does so for the first of RunInstances only."""
    instances = reservation.instances
    name = kwargs.get("iam_instance_profile_name")
    arn = kwargs.get("iam_instance_profile_arn")
    configuration = kwargs.get("launch_config")
    if name or arn:
        instances = instances[1:]
    elif template.get("IamInstanceProfile"):
        name = template["IamInstanceProfile"].get("Name")
        arn = template["IamInstanceProfile"].get("Arn")
    elif configuration and configuration.iam_instance_profile:
        profile = configuration.iam_instance_profile
        name, arn = (None, profile) if profile.startswith("arn:") else (profile, None)
    if name or arn:
        for instance in instances:
            backend.associate_iam_instance_profile(
                instance.id, iam_instance_profile_name=name, iam_instance_profile_arn=arn
            )


def _install_profile_errors() -> None:
    """EC2 speaks of a bad parameter where moto lets IAM's own error through."""
    from moto.ec2.models import iam_instance_profile as profiles
    from moto.ec2.responses import instances as responses

    find = profiles.filter_iam_instance_profiles

    def checked(*args: Any, **kwargs: Any) -> Any:
        name = kwargs.get("iam_instance_profile_name")
        try:
            profile = find(*args, **kwargs)
        except NotFoundException:
            profile = None
        if profile is None:
            part = "name" if name else "arn"
            value = name or kwargs.get("iam_instance_profile_arn")
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ({value}) for parameter iamInstanceProfile.{part} is invalid."
                f" Invalid IAM Instance Profile {part}",
            )
        return profile

    profiles.filter_iam_instance_profiles = checked  # type: ignore[assignment]
    responses.filter_iam_instance_profiles = checked  # type: ignore[assignment]
