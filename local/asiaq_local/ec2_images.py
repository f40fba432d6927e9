"""Images whose trees boot: the base image in every account, CreateImage, CopyImage, DeregisterImage."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError, InvalidAMIIdError
from moto.ec2.models import EC2Backend
from moto.ec2.models.amis import Ami, AmiBackend
from moto.ec2.models.instances import Instance
from moto.ec2.responses.amis import AmisResponse
from moto.ec2.utils import random_ami_id

from .cloud import SHUTTING_DOWN, TERMINATED, Cloud, state_of
from .images import ImageStore
from .settings import (
    BASE_IMAGE_ID,
    BASE_IMAGE_NAME,
    BASE_IMAGE_OWNER,
    ROOT_DEVICE,
    ROOT_VOLUME_GIGABYTES,
    BoxError,
)

log = logging.getLogger("images")


def install(cloud: Cloud, store: ImageStore | None) -> None:
    """Patches moto's images; `store` is None when nothing boots."""
    _install_base_image()
    _install_create(cloud)
    _install_copy(store)
    _install_deregister(cloud, store)


def _root_disk(image: Ami) -> dict[str, Any]:
    return image.__dict__.setdefault(
        "root_disk",
        {"VolumeSize": ROOT_VOLUME_GIGABYTES, "VolumeType": "gp3", "DeleteOnTermination": True},
    )


def _install_base_image() -> None:
    def load(self: EC2Backend) -> None:
        self.amis[BASE_IMAGE_ID] = Ami(
            self,
            BASE_IMAGE_ID,
            name=BASE_IMAGE_NAME,
            description="Debian 12, as the cloud in a box boots it",
            owner_id=BASE_IMAGE_OWNER,
            public=True,
            virtualization_type="hvm",
            architecture="x86_64",
            hypervisor="xen",
            root_device_type="ebs",
            root_device_name=ROOT_DEVICE,
            image_location=f"amazon/{BASE_IMAGE_NAME}",
            creation_date=datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None),
            boot_mode="uefi-preferred",
            region_name=f"{self.region_name}a",
        )

    def mappings(self: Ami) -> list[dict[str, Any]]:
        root = {"SnapshotId": self.ebs_snapshot.id, "Encrypted": False, **_root_disk(self)}
        return [{"DeviceName": self.root_device_name, "Ebs": root}]

    AmiBackend._load_amis = load  # type: ignore[method-assign,assignment]
    Ami.block_device_mappings = property(mappings)  # type: ignore[assignment]
    Ami.ena_support = True  # type: ignore[attr-defined]
    Ami.sriov_net_support = property(lambda self: self.sriov)  # type: ignore[attr-defined]


def _split_tags(specifications: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    tags: dict[str, dict[str, str]] = {"image": {}, "snapshot": {}}
    for specification in specifications:
        kind = specification.get("ResourceType", "")
        if kind not in tags:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"'{kind}' is not a valid taggable resource type for this operation.",
            )
        tags[kind].update(
            {tag["Key"]: tag.get("Value", "") for tag in specification.get("Tags", [])}
        )
    return tags


def _check_name(backend: EC2Backend, name: str | None) -> None:
    if not name or not 3 <= len(name) <= 128:
        raise EC2ClientError(
            "InvalidAMIName.Malformed", "AMI names must be between 3 and 128 characters long"
        )
    for image in backend.amis.values():
        if image.name == name and image.owner_id == backend.account_id:
            raise EC2ClientError(
                "InvalidAMIName.Duplicate",
                f"AMI name {name} is already in use by AMI {image.id}",
            )


def _new_image(backend: EC2Backend, instance: Instance, name: str, description: str) -> Ami:
    image_id = random_ami_id()
    image = Ami(
        backend,
        image_id,
        instance=instance,
        name=name,
        description=description,
        root_device_type="ebs",
        root_device_name=instance.root_device_name,
        hypervisor="xen",
        image_location=f"{backend.account_id}/{name}",
        state="pending",
        region_name=f"{backend.region_name}a",
        snapshot_description=f"Created by CreateImage({instance.id}) for {image_id}",
    )
    image.virtualization_type = "hvm"
    root = instance.block_device_mapping.get(instance.root_device_name)
    volume = backend.volumes.get(root.volume_id) if root else None
    if volume:
        image.root_disk = {  # type: ignore[attr-defined]
            "VolumeSize": volume.size,
            "VolumeType": volume.volume_type,
            "DeleteOnTermination": True,
        }
        image.ebs_snapshot.volume = SimpleNamespace(
            id=volume.id, size=volume.size, encrypted=volume.encrypted, get_tags=list
        )
    image.source_image_id = instance.image_id  # type: ignore[attr-defined]
    image.ebs_snapshot.status = "pending"
    return image


def _install_create(cloud: Cloud) -> None:
    def create_image(self: AmisResponse) -> ActionResult:
        backend = self.ec2_backend
        name = self._get_param("Name")
        instance = backend.get_instance(self._get_param("InstanceId"))
        tags = _split_tags(self._get_param("TagSpecifications", []))
        self.error_on_dryrun()
        _check_name(backend, name)
        if state_of(instance) in (SHUTTING_DOWN, TERMINATED):
            raise EC2ClientError(
                "IncorrectInstanceState",
                f"The instance '{instance.id}' is {state_of(instance)[1]}.",
            )
        image = _new_image(backend, instance, name, self._get_param("Description", ""))
        image.add_tags(tags["image"])
        image.ebs_snapshot.add_tags(tags["snapshot"])
        backend.amis[image.id] = image
        reboot = not self._get_bool_param("NoReboot", False)
        threading.Thread(
            target=_make_image, args=(cloud, image, instance.id, reboot), daemon=True
        ).start()
        return ActionResult({"ImageId": image.id})

    AmisResponse.create_image = create_image  # type: ignore[method-assign]


def _make_image(cloud: Cloud, image: Ami, instance_id: str, reboot: bool) -> None:
    try:
        cloud.supervisor.make_image(instance_id, image.id, reboot)
        state, problem = "available", ""
    except (BoxError, OSError) as error:
        log.error("%s: %s", image.id, error)
        state, problem = "failed", str(error)
    with cloud.lock:
        image.state = state
        image.ebs_snapshot.status = "completed" if state == "available" else "error"
        if problem:
            image.state_reason = {  # type: ignore[attr-defined]
                "Code": "Server.InternalError",
                "Message": problem,
            }
    cloud.changed()


def _install_copy(store: ImageStore | None) -> None:
    moto_copy = AmiBackend.copy_image

    def copy_image(
        self: EC2Backend, source_image_id: str, source_region: str, name: str, description: str
    ) -> Ami:
        _check_name(self, name)
        image = moto_copy(self, source_image_id, source_region, name, description)
        image.root_device_name = ROOT_DEVICE
        image.root_device_type = "ebs"
        if store:
            try:
                store.copy(source_image_id, image.id)
            except BoxError as error:
                log.warning("%s", error)
        return image

    AmiBackend.copy_image = copy_image  # type: ignore[method-assign,assignment]


def _install_deregister(cloud: Cloud, store: ImageStore | None) -> None:
    moto_deregister = AmisResponse.deregister_image

    def deregister_image(self: AmisResponse) -> ActionResult:
        backend = self.ec2_backend
        image = backend.amis.get(self._get_param("ImageId"))
        if image is not None and image.owner_id != backend.account_id:
            raise EC2ClientError("AuthFailure", f"Not authorized for image:{image.id}")
        result = moto_deregister(self)
        if image is not None and self._get_bool_param("DeleteAssociatedSnapshots", False):
            backend.snapshots.pop(image.ebs_snapshot.id, None)
        if image is not None and store:
            store.forget(image.id)
            threading.Thread(target=cloud.supervisor.collect_layers, daemon=True).start()
        return result

    def deregister(self: AmiBackend, ami_id: str) -> None:
        # A deregistered image is not found, at once and for ever.
        if self.amis.pop(ami_id, None) is None:
            raise InvalidAMIIdError([ami_id])

    AmisResponse.deregister_image = deregister_image  # type: ignore[method-assign]
    AmiBackend.deregister_image = deregister  # type: ignore[method-assign]
