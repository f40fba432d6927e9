"""Auto scaling that works on hosts: groups keep their size, spread over subnets, replace the dead.

moto makes and forgets members while it answers requests; here requests only say what is wanted, and
`GroupKeeper` makes it so in the background, as AWS does.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from typing import Any

from moto.autoscaling.models import (
    ASG_NAME_TAG,
    AutoScalingBackend,
    FakeAutoScalingGroup,
    InstanceState,
    autoscaling_backends,
)
from moto.core.exceptions import ServiceException

from . import autoscaling_api
from .autoscaling_activities import ActivityLog, activities_of
from .cloud import PENDING, RUNNING, SHUTTING_DOWN, STOPPED, STOPPING, TERMINATED, Cloud, state_of

log = logging.getLogger("autoscaling")

_LOOK_SECONDS = 1.0
_RETRY_SECONDS = 10.0
_IN_SERVICE = "InService"
_TERMINATING = "Terminating"


def install(cloud: Cloud) -> GroupKeeper:
    """Replaces moto's members by kept ones."""
    keeper = GroupKeeper(cloud)

    def set_desired_capacity(self: FakeAutoScalingGroup, new_capacity: int | None) -> None:
        self.desired_capacity = self.min_size if new_capacity is None else new_capacity
        keeper.poke()

    def notify_terminate_instances(self: AutoScalingBackend, instance_ids: list[str]) -> None:
        keeper.poke()

    FakeAutoScalingGroup.set_desired_capacity = set_desired_capacity  # type: ignore[method-assign]
    AutoScalingBackend.notify_terminate_instances = notify_terminate_instances  # type: ignore[method-assign]
    autoscaling_api.install(keeper.poke)
    cloud.on_change(keeper.poke)
    keeper.start()
    return keeper


class GroupKeeper:
    """Keeps every group as it should be, in a thread of its own."""

    def __init__(self, cloud: Cloud):
        self._cloud = cloud
        self._wake = threading.Event()
        # Groups whose last launch failed, and when to try again.
        self._retry: dict[str, float] = {}

    def start(self) -> None:
        """Begins to look after the groups."""
        threading.Thread(target=self._run, name="autoscaling", daemon=True).start()

    def poke(self) -> None:
        """Something may have changed: look now."""
        self._wake.set()

    def forget_all(self) -> None:
        """After a reset. Call with the cloud's lock held, before hosts are taken away."""
        self._retry.clear()
        for account in list(autoscaling_backends.values()):
            for backend in list(account.values()):
                backend.autoscaling_groups.clear()

    def _run(self) -> None:
        while True:
            self._wake.wait(_LOOK_SECONDS)
            self._wake.clear()
            with self._cloud.lock:
                for account in list(autoscaling_backends.values()):
                    for backend in list(account.values()):
                        for group in list(backend.autoscaling_groups.values()):
                            self._look_after(backend, group)

    def _look_after(self, backend: AutoScalingBackend, group: FakeAutoScalingGroup) -> None:
        try:
            self._follow_members(group)
            if getattr(group, "status", None):
                self._delete(backend, group)
            else:
                self._replace_unhealthy(group)
                self._resize(group)
            self._tell_load_balancers(backend, group)
        except ServiceException as error:
            log.warning("%s: %s", group.name, error)
        except Exception:
            # One group in trouble must not keep the others from being looked after.
            log.exception("%s", group.name)

    def _tell_load_balancers(
        self, backend: AutoScalingBackend, group: FakeAutoScalingGroup
    ) -> None:
        if group.name in backend.autoscaling_groups and (
            group.load_balancer_names or group.target_group_arns
        ):
            backend.update_attached_elbs(group.name)
            backend.update_attached_target_groups(group.name)

    def _follow_members(self, group: FakeAutoScalingGroup) -> None:
        """Brings members in line with what became of their hosts."""
        for member in list(group.instance_states):
            state = state_of(member.instance)
            if state == TERMINATED:
                group.instance_states.remove(member)
                _activities(group).end(member.instance.id)
            elif state == SHUTTING_DOWN and not _leaves(member):
                _begin_leaving(
                    group,
                    member,
                    "an instance was taken out of service in response to an EC2 health check"
                    " indicating it has been terminated or stopped",
                )
            elif state == RUNNING and member.lifecycle_state == "Pending":
                member.lifecycle_state = _IN_SERVICE
                member.in_service_since = time.monotonic()  # type: ignore[attr-defined]
                _activities(group).end(member.instance.id)

    def _replace_unhealthy(self, group: FakeAutoScalingGroup) -> None:
        suspended = _suspended(group)
        for member in list(group.instance_states):
            if _leaves(member) or member.lifecycle_state == "Standby":
                continue
            if "HealthCheck" not in suspended and state_of(member.instance) in (STOPPING, STOPPED):
                member.health_status = "Unhealthy"
            if (
                member.health_status == "Unhealthy"
                and not {"ReplaceUnhealthy", "Terminate"} & suspended
            ):
                self._terminate(
                    group,
                    member,
                    "an instance was taken out of service in response to a health check",
                )

    def _resize(self, group: FakeAutoScalingGroup) -> None:
        members = [member for member in group.instance_states if _counts(member)]
        surplus = len(members) - int(group.desired_capacity or 0)
        suspended = _suspended(group)
        if surplus > 0 and "Terminate" not in suspended:
            for member in choose_victims(group, members, surplus):
                self._terminate(
                    group,
                    member,
                    "a difference between desired and actual capacity shrank the capacity",
                )
        elif (
            surplus < 0
            and "Launch" not in suspended
            and self._retry.get(group.arn, 0) <= time.monotonic()
        ):
            self._launch(group, -surplus)

    def _terminate(self, group: FakeAutoScalingGroup, member: InstanceState, cause: str) -> None:
        _begin_leaving(group, member, cause)
        group.ec2_backend.terminate_instances([member.instance.id])

    def _delete(self, backend: AutoScalingBackend, group: FakeAutoScalingGroup) -> None:
        for member in list(group.instance_states):
            if not _leaves(member):
                self._terminate(group, member, "the group is being deleted")
        if not group.instance_states:
            backend.autoscaling_groups.pop(group.name, None)

    def _launch(self, group: FakeAutoScalingGroup, count: int) -> None:
        for _ in range(count):
            place = _emptiest_place(group)
            try:
                instance = _run_instance(group, place)
            except Exception as error:
                message = getattr(error, "message", "") or str(error) or type(error).__name__
                log.warning(
                    "%s: launch failed: %s",
                    group.name,
                    message,
                    exc_info=not hasattr(error, "code"),
                )
                _activities(group).failed(message)
                self._retry[group.arn] = time.monotonic() + _RETRY_SECONDS
                return
            instance.autoscaling_group = group
            member = InstanceState(
                instance,
                lifecycle_state="Pending",
                protected_from_scale_in=group.new_instances_protected_from_scale_in,
            )
            autoscaling_api.remember_launch(member, group)
            group.instance_states.append(member)
            _activities(group).begin(
                f"Launching a new EC2 instance: {instance.id}",
                "an instance was started in response to a difference between desired and actual capacity,"
                f" increasing the capacity to {len(group.instance_states)}.",
                instance.id,
            )


def _activities(group: FakeAutoScalingGroup) -> ActivityLog:
    return activities_of(group)


def _begin_leaving(group: FakeAutoScalingGroup, member: InstanceState, cause: str) -> None:
    member.lifecycle_state = _TERMINATING
    _activities(group).end(member.instance.id)
    _activities(group).begin(
        f"Terminating EC2 instance: {member.instance.id}", cause + ".", member.instance.id
    )


def _leaves(member: InstanceState) -> bool:
    return member.lifecycle_state.startswith(_TERMINATING)


def _counts(member: InstanceState) -> bool:
    """Whether the member is part of the group's size."""
    return not _leaves(member) and member.lifecycle_state != "Standby"


def _suspended(group: FakeAutoScalingGroup) -> set[str]:
    return {process["ProcessName"] for process in group.suspended_processes}


def _places(group: FakeAutoScalingGroup) -> list[tuple[str | None, str]]:
    """(subnet, zone) pairs in which members may be."""
    if group.vpc_zone_identifier:
        ids = [part.strip() for part in group.vpc_zone_identifier.split(",")]
        found = {subnet.id: subnet for subnet in group.ec2_backend.describe_subnets(subnet_ids=ids)}
        return [(subnet_id, found[subnet_id].availability_zone) for subnet_id in ids]
    return [(None, zone) for zone in group.availability_zones]


def _emptiest_place(group: FakeAutoScalingGroup) -> tuple[str | None, str]:
    """Where the fewest members are, by zone first, then by subnet."""
    zones: Counter[str] = Counter()
    subnets: Counter[str] = Counter()
    for member in group.instance_states:
        if not _leaves(member):
            zones[member.availability_zone or ""] += 1
            subnets[member.instance.subnet_id or ""] += 1
    return min(_places(group), key=lambda place: (zones[place[1]], subnets[place[0] or ""]))


def _run_instance(group: FakeAutoScalingGroup, place: tuple[str | None, str]) -> Any:
    subnet_id, zone = place
    tags = {**group.instance_tags, **group.get_propagated_tags(), ASG_NAME_TAG: group.name}
    template = None
    if group.ec2_launch_template:
        version = group.ec2_launch_template.get_version(group.launch_template_version)
        template = {
            "LaunchTemplateId": group.ec2_launch_template.id,
            "Version": str(version.number),
        }
    configuration = group.launch_config
    arguments: dict[str, Any] = {
        "instance_type": group.instance_type or "m1.small",
        "is_instance_type_default": False,
        "tags": {"instance": tags},
        "placement": zone,
        "region_name": group.region,
        "launch_template": template,
        "subnet_id": subnet_id,
        "associate_public_ip": None,
    }
    security_groups = list(group.security_groups)
    if configuration:
        arguments["launch_config"] = configuration
        arguments["key_name"] = configuration.key_name
        if configuration.associate_public_ip_address:
            arguments["associate_public_ip"] = True
        arguments["security_group_ids"] = [
            name for name in security_groups if name.startswith("sg-")
        ]
        security_groups = [name for name in security_groups if not name.startswith("sg-")]
        if configuration.metadata_options:
            arguments["metadata_options"] = configuration.metadata_options
    reservation = group.ec2_backend.run_instances(
        group.image_id, 1, group.user_data, security_groups, **arguments
    )
    return reservation.instances[0]


def choose_victims(
    group: FakeAutoScalingGroup, members: list[InstanceState], count: int
) -> list[InstanceState]:
    """Which members go when the group shrinks: balance over zones, then the termination policy."""
    candidates = [member for member in members if not member.protected_from_scale_in]
    policy = (group.termination_policies or ["Default"])[0]
    chosen: list[InstanceState] = []
    zones = Counter(member.availability_zone for member in members)
    while candidates and len(chosen) < count:
        fullest = max(zones[member.availability_zone] for member in candidates)
        choice = min(
            (member for member in candidates if zones[member.availability_zone] == fullest),
            key=lambda member: _rank(group, member, policy, members),
        )
        candidates.remove(choice)
        zones[choice.availability_zone] -= 1
        chosen.append(choice)
    return chosen


def _rank(
    group: FakeAutoScalingGroup, member: InstanceState, policy: str, members: list[InstanceState]
) -> tuple[Any, ...]:
    """Smallest goes first. Hosts that are not up yet go before those that serve."""
    age = members.index(member)
    if policy == "NewestInstance":
        return (-age,)
    if policy == "OldestInstance":
        return (age,)
    outdated = autoscaling_api.is_outdated(member, group)
    return (0 if outdated else 1, 0 if state_of(member.instance) == PENDING else 1, age)
