"""Replaces the life of moto's instances (all states at once) by that of hosts that boot."""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.core.types import Base64EncodedString
from moto.core.utils import utcnow
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.instances import Instance, InstanceBackend, InstanceState, StateReason
from moto.ec2.responses.general import General
from moto.ec2.responses.instances import InstanceResponse

from .cloud import (
    PENDING,
    RUNNING,
    SHUTTING_DOWN,
    STOPPED,
    STOPPING,
    TERMINATED,
    Cloud,
    interfaces_of,
    set_state,
    state_of,
)


def _wrong_state(instance: Instance, what: str) -> EC2ClientError:
    return EC2ClientError(
        "IncorrectInstanceState",
        f"The instance '{instance.id}' is not in a state from which it can be {what}.",
    )


def install(cloud: Cloud) -> None:
    """Patches moto's instances so that they follow `cloud`'s hosts."""
    _install_transitions(cloud)
    _install_ending(cloud)
    _install_descriptions(cloud)


def _install_transitions(cloud: Cloud) -> None:
    def start(self: Instance) -> InstanceState:
        previous = copy.copy(self._state)
        if state_of(self) in (PENDING, RUNNING):
            return previous
        if state_of(self) != STOPPED:
            raise _wrong_state(self, "started")
        for nic in self.nics.values():
            nic.start()
        set_state(self, PENDING)
        self._reason = ""
        self.state_reason = StateReason()
        self.launch_time = utcnow()
        cloud.supervisor.start(self.id, interfaces_of(self))
        cloud.changed()
        return previous

    def stop(self: Instance, force: bool = False) -> InstanceState:
        previous = copy.copy(self._state)
        if state_of(self) in (STOPPING, STOPPED):
            return previous
        if state_of(self) not in (PENDING, RUNNING):
            raise _wrong_state(self, "stopped")
        set_state(self, STOPPING)
        cloud.supervisor.stop(self.id, force)
        cloud.changed()
        return previous

    def terminate(self: Instance) -> InstanceState:
        previous = copy.copy(self._state)
        if state_of(self) in (SHUTTING_DOWN, TERMINATED):
            return previous
        set_state(self, SHUTTING_DOWN)
        _explain_termination(self)
        cloud.supervisor.terminate(self.id)
        cloud.changed()
        return previous

    def reboot(self: Instance) -> None:
        if state_of(self) not in (PENDING, RUNNING):
            raise _wrong_state(self, "rebooted")
        cloud.supervisor.reboot(self.id)

    moto_terminate = Instance.terminate
    cloud.moto_stop = Instance.stop
    cloud.moto_terminate = lambda instance: _leave_network(instance, moto_terminate)
    Instance.start = start  # type: ignore[method-assign]
    Instance.stop = stop  # type: ignore[method-assign]
    Instance.terminate = terminate  # type: ignore[method-assign]
    Instance.reboot = reboot  # type: ignore[method-assign]


def _explain_termination(instance: Instance) -> None:
    instance._reason = f"User initiated ({utcnow().strftime('%Y-%m-%d %H:%M:%S UTC')})"
    instance.state_reason = StateReason(
        "Client.UserInitiatedShutdown: User initiated shutdown", "Client.UserInitiatedShutdown"
    )


def _leave_network(instance: Instance, moto_terminate: Any) -> None:
    """What moto does at termination, and giving back the addresses and interfaces that it forgets."""
    backend = instance.ec2_backend
    nics = list(instance.nics.values())
    for address in list(backend.addresses):
        if address.eni in nics or address.instance is instance:
            backend.disassociate_address(address=address.public_ip)
    moto_terminate(instance)
    for nic in nics:
        if nic.id in backend.enis:
            instance.detach_eni(nic)
        elif nic.private_ip_address:
            nic.subnet.del_subnet_ip(nic.private_ip_address)
    instance.nics = {}
    instance._subnet_id = None
    instance.security_groups = []


def _install_ending(cloud: Cloud) -> None:
    """A terminated instance has no interface, no address and no VPC."""

    def private_ip(self: Instance) -> str | None:
        return self.nics[0].private_ip_address if 0 in self.nics else None

    def public_ip(self: Instance) -> str | None:
        return self.nics[0].public_ip if 0 in self.nics else None

    dns_name = Instance.private_dns_name.fget

    def private_dns_name(self: Instance) -> str:
        return dns_name(self) if private_ip(self) else ""  # type: ignore[misc]

    Instance.private_ip = property(private_ip)  # type: ignore[assignment]
    Instance.private_ip_address = property(private_ip)  # type: ignore[assignment]
    Instance.public_ip = property(public_ip)  # type: ignore[assignment]
    Instance.public_ip_address = property(public_ip)  # type: ignore[assignment]
    Instance.private_dns_name = property(private_dns_name)  # type: ignore[assignment]

    def __del__(self: Instance) -> None:
        """moto gives back addresses when Python forgets the object, which may be never."""

    Instance.__del__ = __del__  # type: ignore[method-assign]


def _install_descriptions(cloud: Cloud) -> None:
    moto_stop_instances = InstanceBackend.stop_instances

    def stop_instances(self: InstanceBackend, instance_ids: list[str]) -> Any:
        for instance in self.get_multi_instances_by_id(instance_ids):
            if state_of(instance) in (SHUTTING_DOWN, TERMINATED):
                raise _wrong_state(instance, "stopped")
        return moto_stop_instances(self, instance_ids)

    def get_console_output(self: Any) -> ActionResult:
        instance = self.ec2_backend.get_instance(self._get_param("InstanceId"))
        output = cloud.supervisor.console_output(instance.id).decode(errors="replace")
        return ActionResult(
            {
                "InstanceId": instance.id,
                "Timestamp": utcnow(),
                "Output": Base64EncodedString.from_raw_string(output),
            }
        )

    def status(self: Instance) -> dict[str, Any]:
        if state_of(self) not in (PENDING, RUNNING):
            return {"Status": "not-applicable"}
        word = ("ok", "passed") if state_of(self) == RUNNING else ("initializing", "initializing")
        return {"Status": word[0], "Details": [{"Name": "reachability", "Status": word[1]}]}

    def describe_instance_status(self: Any) -> ActionResult:
        # Filters arrive by name; moto knows states only.
        wanted = self._filters_from_querystring()
        ids = self._get_param("InstanceIds", [])
        everything = self._get_bool_param("IncludeAllInstances", False)
        instances = (
            self.ec2_backend.get_multi_instances_by_id(ids)
            if ids
            else self.ec2_backend.all_instances()
        )
        shown = []
        for instance in instances:
            facts = {
                "instance-state-name": state_of(instance)[1],
                "instance-state-code": str(state_of(instance)[0]),
                "instance-status.status": instance.instance_status["Status"],
                "system-status.status": instance.system_status["Status"],
                "availability-zone": instance.availability_zone,
            }
            if not everything and state_of(instance) != RUNNING:
                continue
            if all(facts.get(name) in values for name, values in wanted.items()):
                shown.append(instance)
        return ActionResult({"InstanceStatuses": shown})

    InstanceBackend.stop_instances = stop_instances  # type: ignore[method-assign]
    General.get_console_output = get_console_output  # type: ignore[method-assign]
    Instance.instance_status = property(status)  # type: ignore[assignment]
    Instance.system_status = property(status)  # type: ignore[assignment]
    InstanceResponse.describe_instance_status = describe_instance_status  # type: ignore[method-assign]
