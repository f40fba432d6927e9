"""What the Auto Scaling API refuses and tells, where moto is more lenient or says less than AWS."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from moto.autoscaling.exceptions import AutoscalingClientError, ValidationError
from moto.autoscaling.models import (
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    TerminateInstanceActivity,
)
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult, EmptyResult

from .autoscaling_activities import activities_of
from .cloud import SHUTTING_DOWN, TERMINATED, state_of


def install(poke: Callable[[], None]) -> None:
    """Patches the API; `poke` is called when members may have to change."""
    _install_members()
    _install_create_and_update(poke)
    _install_delete(poke)
    _install_capacity(poke)
    _install_health(poke)
    _install_activities()
    _install_launch_configurations()


def _find(backend: AutoScalingBackend, name: str) -> FakeAutoScalingGroup:
    group = backend.autoscaling_groups.get(name)
    if group is None:
        raise ValidationError(
            f"AutoScalingGroup name not found - AutoScalingGroup '{name}' not found"
        )
    return group


def remember_launch(member: InstanceState, group: FakeAutoScalingGroup) -> None:
    """Notes what a member was made from: the group may get another template later."""
    template = None
    if group.ec2_launch_template:
        version = group.ec2_launch_template.get_version(group.launch_template_version)
        template = {
            "LaunchTemplateId": group.ec2_launch_template.id,
            "LaunchTemplateName": group.ec2_launch_template.name,
            "Version": str(version.number),
        }
    member.__dict__["made_from"] = (template, None if template else _configuration_name(group))


def _configuration_name(group: FakeAutoScalingGroup) -> str | None:
    return group.launch_config.name if group.launch_config else None


def is_outdated(member: InstanceState, group: FakeAutoScalingGroup) -> bool:
    """Whether the group now launches from something else than this member was made from."""
    fresh = InstanceState.__new__(InstanceState)
    remember_launch(fresh, group)
    return bool(member.__dict__.get("made_from") != fresh.__dict__["made_from"])


def _install_members() -> None:
    def launch_template(self: InstanceState) -> dict[str, Any] | None:
        return self.__dict__.get("made_from", (None, None))[0]

    def launch_configuration_name(self: InstanceState) -> str | None:
        return self.__dict__.get("made_from", (None, None))[1]

    InstanceState.launch_template = property(launch_template)  # type: ignore[assignment]
    InstanceState.launch_configuration_name = property(launch_configuration_name)  # type: ignore[assignment]


def _check_sizes(minimum: int | None, maximum: int | None, desired: int | None) -> None:
    low, high = minimum or 0, maximum or 0
    if low > high:
        raise ValidationError(
            f"Max bound, {high}, must be greater than or equal to min bound, {low}"
        )
    if desired is not None and not low <= desired <= high:
        raise ValidationError(
            f"Desired capacity:{desired} must be between the specified min size:{low} and max size:{high}"
        )


def _install_create_and_update(poke: Callable[[], None]) -> None:
    moto_create = AutoScalingBackend.create_auto_scaling_group
    moto_update = AutoScalingBackend.update_auto_scaling_group
    moto_respond = AutoScalingResponse.update_auto_scaling_group

    def create(self: AutoScalingBackend, name: str, **kwargs: Any) -> FakeAutoScalingGroup:
        if name in self.autoscaling_groups:
            raise AutoscalingClientError(
                "AlreadyExists",
                "AutoScalingGroup by this name already exists - A group with the name"
                f" {name} already exists",
            )
        _check_sizes(kwargs["min_size"], kwargs["max_size"], kwargs["desired_capacity"])
        configuration = kwargs.get("launch_config_name")
        if configuration and configuration not in self.launch_configurations:
            raise ValidationError(f"Launch configuration name not found - {configuration}")
        grace = kwargs.get("health_check_period")
        group = moto_create(self, name=name, **kwargs)
        group.health_check_grace_period = int(grace or 0)
        poke()
        return group

    def update(self: AutoScalingBackend, name: str, **kwargs: Any) -> FakeAutoScalingGroup:
        group = _find(self, name)
        if getattr(group, "status", None):
            raise AutoscalingClientError(
                "ScalingActivityInProgress", f"AutoScalingGroup {name} is being deleted"
            )
        low = group.min_size if kwargs["min_size"] is None else kwargs["min_size"]
        high = group.max_size if kwargs["max_size"] is None else kwargs["max_size"]
        desired = kwargs["desired_capacity"]
        _check_sizes(low, high, desired)
        configuration = kwargs.get("launch_config_name")
        if configuration and configuration not in self.launch_configurations:
            raise ValidationError(f"Launch configuration name not found - {configuration}")
        if desired is None:
            # moto compares with members, AWS with what was desired before.
            kwargs["desired_capacity"] = min(max(group.desired_capacity or 0, low or 0), high or 0)
        policy = group.mixed_instances_policy
        moto_update(self, name=name, **kwargs)
        if kwargs.get("launch_template"):
            group.launch_config = None  # type: ignore[assignment]
            group.launch_configuration_name = None  # type: ignore[assignment]
        elif configuration:
            group.ec2_launch_template = None
        else:
            group.mixed_instances_policy = kwargs.get("mixed_instances_policy") or policy
        poke()
        return group

    def respond(self: AutoScalingResponse) -> ActionResult:
        result = moto_respond(self)
        group = _find(self.autoscaling_backend, self._get_param("AutoScalingGroupName"))
        if self._get_param("TerminationPolicies"):
            group.termination_policies = self._get_param("TerminationPolicies")
        if self._get_int_param("DefaultCooldown") is not None:
            group.default_cooldown = self._get_int_param("DefaultCooldown")
        if self._get_param("PlacementGroup"):
            group.placement_group = self._get_param("PlacementGroup")
        return result

    AutoScalingBackend.create_auto_scaling_group = create  # type: ignore[method-assign,assignment]
    AutoScalingBackend.update_auto_scaling_group = update  # type: ignore[method-assign,assignment]
    AutoScalingResponse.update_auto_scaling_group = respond  # type: ignore[method-assign]


def _install_delete(poke: Callable[[], None]) -> None:
    def delete_auto_scaling_group(self: AutoScalingResponse) -> ActionResult:
        backend = self.autoscaling_backend
        group = _find(backend, self._get_param("AutoScalingGroupName"))
        if group.instance_states and not self._get_bool_param("ForceDelete", False):
            raise AutoscalingClientError(
                "ResourceInUse",
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot"
                " instance request(s) still in the group.",
            )
        group.desired_capacity = group.min_size = 0
        if group.instance_states:
            group.status = "Delete in progress"  # type: ignore[attr-defined]
        else:
            backend.autoscaling_groups.pop(group.name, None)
        for kind in (backend.scheduled_actions, backend.policies, backend.lifecycle_hooks):
            for key in [
                key for key, item in kind.items() if item.auto_scaling_group_name == group.name
            ]:
                del kind[key]
        poke()
        return EmptyResult()

    AutoScalingResponse.delete_auto_scaling_group = delete_auto_scaling_group  # type: ignore[method-assign]


def _install_capacity(poke: Callable[[], None]) -> None:
    def set_desired_capacity(
        self: AutoScalingBackend, group_name: str, desired_capacity: int | None
    ) -> None:
        group = _find(self, group_name)
        desired = int(desired_capacity or 0)
        for bound, limit, broken in (
            ("above max", group.max_size, desired > (group.max_size or 0)),
            ("below min", group.min_size, desired < (group.min_size or 0)),
        ):
            if broken:
                raise ValidationError(
                    f"New SetDesiredCapacity value {desired} is {bound} value {limit} for the AutoScalingGroup."
                )
        group.set_desired_capacity(desired)

    def terminate_instance(
        self: AutoScalingBackend, instance_id: str, should_decrement: bool
    ) -> TerminateInstanceActivity:
        group, member = _member(self, instance_id)
        before = group.desired_capacity or 0
        if should_decrement:
            if before <= (group.min_size or 0):
                raise ValidationError(
                    f"Currently, desiredSize equals minSize ({group.min_size}). Terminating instance without"
                    " replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity"
                    " flag to false or lower group's min size."
                )
            group.desired_capacity = before - 1
        member.lifecycle_state = "Terminating"
        self.ec2_backend.terminate_instances([instance_id])
        activities_of(group).begin(
            f"Terminating EC2 instance: {instance_id}",
            f"instance {instance_id} was taken out of service in response to a user request.",
            instance_id,
        )
        poke()
        return TerminateInstanceActivity(member.instance, before)

    AutoScalingBackend.set_desired_capacity = set_desired_capacity  # type: ignore[method-assign]
    AutoScalingBackend.terminate_instance = terminate_instance  # type: ignore[method-assign]


def _member(
    backend: AutoScalingBackend, instance_id: str
) -> tuple[FakeAutoScalingGroup, InstanceState]:
    for group in backend.autoscaling_groups.values():
        for member in group.instance_states:
            if member.instance.id == instance_id and state_of(member.instance) not in (
                SHUTTING_DOWN,
                TERMINATED,
            ):
                return group, member
    raise ValidationError(
        f"Instance Id not found - No managed instance found for instance ID: {instance_id}"
    )


def _install_health(poke: Callable[[], None]) -> None:
    def set_instance_health(self: AutoScalingResponse) -> ActionResult:
        status = self._get_param("HealthStatus")
        if status not in ("Healthy", "Unhealthy"):
            raise ValidationError(f"HealthStatus must be Healthy or Unhealthy, not {status}")
        group, member = _member(self.autoscaling_backend, self._get_param("InstanceId"))
        respect = self._get_bool_param("ShouldRespectGracePeriod", True)
        since = getattr(member, "in_service_since", None)
        young = since is None or time.monotonic() - since < (group.health_check_grace_period or 0)
        if not (status == "Unhealthy" and respect and young and group.health_check_grace_period):
            member.health_status = status
        poke()
        return EmptyResult()

    AutoScalingResponse.set_instance_health = set_instance_health  # type: ignore[method-assign]


def _install_activities() -> None:
    def describe_scaling_activities(self: AutoScalingResponse) -> ActionResult:
        name = self._get_param("AutoScalingGroupName")
        wanted = set(self._get_param("ActivityIds", []))
        groups = self.autoscaling_backend.autoscaling_groups.values()
        activities = [
            activity
            for group in groups
            if name in (None, group.name)
            for activity in activities_of(group).activities
            if not wanted or activity.activity_id in wanted
        ]
        activities.sort(key=lambda activity: activity.start_time, reverse=True)
        start = int(self._get_param("NextToken") or 0)
        end = start + (self._get_int_param("MaxRecords") or 100)
        return ActionResult(
            {
                "Activities": activities[start:end],
                "NextToken": str(end) if end < len(activities) else None,
            }
        )

    AutoScalingResponse.describe_scaling_activities = describe_scaling_activities  # type: ignore[method-assign]


def _install_launch_configurations() -> None:
    moto_create = AutoScalingBackend.create_launch_configuration

    def create(self: AutoScalingBackend, name: str, **kwargs: Any) -> Any:
        if name in self.launch_configurations:
            raise AutoscalingClientError(
                "AlreadyExists",
                "Launch Configuration by this name already exists - A launch configuration already exists"
                f" with the name {name}",
            )
        return moto_create(self, name=name, **kwargs)

    def delete(self: AutoScalingBackend, launch_configuration_name: str) -> None:
        if launch_configuration_name not in self.launch_configurations:
            raise ValidationError(
                f"Launch configuration name not found - {launch_configuration_name}"
            )
        for group in self.autoscaling_groups.values():
            if group.launch_config and group.launch_config.name == launch_configuration_name:
                raise AutoscalingClientError(
                    "ResourceInUse",
                    f"Cannot delete launch configuration {launch_configuration_name} because it is attached"
                    f" to AutoScalingGroup {group.name}",
                )
        del self.launch_configurations[launch_configuration_name]

    AutoScalingBackend.create_launch_configuration = create  # type: ignore[method-assign,assignment]
    AutoScalingBackend.delete_launch_configuration = delete  # type: ignore[method-assign]
