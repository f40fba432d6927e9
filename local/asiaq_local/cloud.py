"""The one place where AWS's side (moto's models) and the hosts meet.

`Cloud` owns the lock that serialises every look at moto's models, knows every instance by id, and
turns what hosts do into states of instances.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance, InstanceState, StateReason

from .supervisor import LaunchOrder, Supervisor
from .topology import Interface

log = logging.getLogger("cloud")

_SHOWN_SECONDS = 3600.0
_MOMENT_SECONDS = 0.4

PENDING = (0, "pending")
RUNNING = (16, "running")
SHUTTING_DOWN = (32, "shutting-down")
TERMINATED = (48, "terminated")
STOPPING = (64, "stopping")
STOPPED = (80, "stopped")


def set_state(instance: Instance, state: tuple[int, str]) -> None:
    """Sets the state that DescribeInstances shows."""
    instance._state = InstanceState(name=state[1], code=state[0])


def state_of(instance: Instance) -> tuple[int, str]:
    """The state that DescribeInstances shows."""
    return instance._state.code, instance._state.name


def interfaces_of(instance: Instance) -> list[Interface]:
    """The network interfaces of an instance, the primary one first."""
    return [interface_of(eni, index) for index, eni in sorted(instance.nics.items())]


def interface_of(eni: NetworkInterface, device_index: int = 0) -> Interface:
    """A network interface as the box plugs it in."""
    others = (one["PrivateIpAddress"] for one in eni.private_ip_addresses)
    return Interface(
        id=eni.id,
        device_index=device_index,
        address=str(eni.private_ip_address),
        mac=eni.mac_address,
        subnet_id=eni.subnet.id,
        subnet_cidr=str(eni.subnet.cidr),
        vpc_id=eni.subnet.vpc_id,
        secondary=tuple(one for one in others if one and one != eni.private_ip_address),
    )


def internal_domain(region: str) -> str:
    """The domain of private host names in a region."""
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def all_backends() -> Iterator[EC2Backend]:
    """EC2 of every account and region that somebody has used."""
    for account in list(ec2_backends.values()):
        yield from list(account.values())


class Cloud:
    """Serialises access to moto and follows the life of hosts. Thread-safe."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.supervisor: Supervisor
        self._instances: dict[str, Instance] = {}
        self._terminated: list[tuple[float, Instance]] = []
        self._listeners: list[Callable[[], None]] = []
        # Set by the EC2 extension: what moto itself does when an instance stops or terminates.
        self.moto_stop: Callable[[Instance], Any]
        self.moto_terminate: Callable[[Instance], Any]

    def on_change(self, listener: Callable[[], None]) -> None:
        """`listener` is called after every change of an instance's state; it must not block."""
        self._listeners.append(listener)

    def changed(self) -> None:
        """Tells everybody who follows instances that something is new."""
        for listener in self._listeners:
            listener()

    def after_a_moment(self, change: Callable[[], None]) -> None:
        """Something of AWS that takes its time: `change` runs soon, with the lock held.

        There may have been a reset in between, so that it must look whether it still has to be done.
        """

        def run() -> None:
            with self.lock:
                change()
            self.changed()

        timer = threading.Timer(_MOMENT_SECONDS, run)
        timer.daemon = True
        timer.start()

    def instance(self, instance_id: str) -> Instance | None:
        """An instance of any account and region, unless it is terminated."""
        return self._instances.get(instance_id)

    def instances(self) -> list[Instance]:
        """All instances that are not terminated."""
        return list(self._instances.values())

    def forget_all(self) -> None:
        """After a reset there are no instances."""
        self._instances.clear()
        self._terminated.clear()

    def launch(self, instance: Instance) -> None:
        """Makes the host of an instance that moto has just made. Call with the lock held."""
        self._instances[instance.id] = instance
        set_state(instance, PENDING)
        self.supervisor.launch(
            LaunchOrder(
                instance_id=instance.id,
                image_id=instance.image_id,
                region=instance.ec2_backend.region_name,
                domain=internal_domain(instance.ec2_backend.region_name),
                interfaces=interfaces_of(instance),
            )
        )
        self.changed()

    def by_address(self, vpc_id: str, address: str) -> Instance | None:
        """The instance that has a private address of a VPC."""
        for instance in self.instances():
            for eni in list(instance.nics.values()):
                if eni.subnet.vpc_id == vpc_id and eni.private_ip_address == address:
                    return instance
        return None

    def is_running(self, instance_id: str) -> None:
        """The host has booted."""
        with self.lock:
            instance = self._instances.get(instance_id)
            if instance and state_of(instance) == PENDING:
                set_state(instance, RUNNING)
        self.changed()

    def has_stopped(self, instance_id: str, code: str, reason: str) -> None:
        """The host is down and can be started again."""
        with self.lock:
            instance = self._instances.get(instance_id)
            if instance and state_of(instance) not in (SHUTTING_DOWN, TERMINATED):
                self.moto_stop(instance)
                set_state(instance, STOPPED)
                self._explain(instance, code, reason)
        self.changed()

    def has_terminated(self, instance_id: str, code: str, reason: str) -> None:
        """The host is gone for good."""
        with self.lock:
            instance = self._instances.pop(instance_id, None)
            if instance:
                self.moto_terminate(instance)
                set_state(instance, TERMINATED)
                self._explain(instance, code, reason)
                self._terminated.append((time.monotonic(), instance))
                self._forget_long_gone()
        self.changed()

    def powered_off(self, instance_id: str) -> bool:
        """The host was shut down from inside; True when the instance is to be terminated for it."""
        with self.lock:
            instance = self._instances.get(instance_id)
            if instance is None:
                return True
            terminate = bool(instance.instance_initiated_shutdown_behavior == "terminate")
            set_state(instance, SHUTTING_DOWN if terminate else STOPPING)
        self.changed()
        return terminate

    def _forget_long_gone(self) -> None:
        """EC2 shows a terminated instance for an hour."""
        while self._terminated and time.monotonic() - self._terminated[0][0] > _SHOWN_SECONDS:
            instance = self._terminated.pop(0)[1]
            reservations = instance.ec2_backend.reservations
            for key, reservation in list(reservations.items()):
                if instance in reservation.instances:
                    reservation.instances.remove(instance)
                    if not reservation.instances:
                        del reservations[key]

    @staticmethod
    def _explain(instance: Instance, code: str, reason: str) -> None:
        if code:
            instance.state_reason = StateReason(reason, code)
            instance._reason = reason
