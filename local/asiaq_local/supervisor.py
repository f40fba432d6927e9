"""Brings instances of EC2 to life: every state of an instance follows what its host really does.

The AWS side (`ec2_extension`) asks for starts and stops; this side boots hosts in threads and tells
the AWS side what became of them through `InstanceEvents`.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from . import cgroups, namespaces
from .apt_settings import AptSettings
from .guest_settings import GuestSettings, write_guest_settings
from .host import REBOOT_STATUS, Host, check_room
from .images import ImageStore
from .network import Network
from .settings import Box, BoxError
from .topology import Interface

log = logging.getLogger("supervisor")

_SHUTDOWN_SECONDS = 30.0
_ROOM = 64 << 20
# More boots at once than this only make each of them slower.
_BOOTS_AT_ONCE = threading.Semaphore(8)


class Wish(Enum):
    """What is to become of a host when it has ended."""

    NONE = "none"
    STOP = "stop"
    TERMINATE = "terminate"
    RESTART = "restart"


@dataclass(frozen=True)
class LaunchOrder:
    """What a host is made from."""

    instance_id: str
    image_id: str
    region: str
    domain: str
    interfaces: list[Interface]


class InstanceEvents(Protocol):
    """What the AWS side wants to know. Called from threads of the supervisor."""

    def is_running(self, instance_id: str) -> None:
        """The host has booted."""

    def has_stopped(self, instance_id: str, code: str, reason: str) -> None:
        """The host is down and can be started again."""

    def has_terminated(self, instance_id: str, code: str, reason: str) -> None:
        """The host is gone for good."""

    def powered_off(self, instance_id: str) -> bool:
        """The host was shut down from inside; True when the instance is to be terminated for it."""


class Supervisor(Protocol):
    """What the AWS side needs of hosts; there is one that boots and one that only pretends."""

    def check_launch(self, image_id: str) -> None:
        """Raises BoxError when a host of this image could not be made."""

    def launch(self, order: LaunchOrder) -> None:
        """Makes and boots the host of a new instance."""

    def start(self, instance_id: str, interfaces: list[Interface]) -> None:
        """Boots a stopped host again."""

    def stop(self, instance_id: str, force: bool) -> None:
        """Shuts a host down; it keeps its disk."""

    def terminate(self, instance_id: str) -> None:
        """Shuts a host down and removes it."""

    def reboot(self, instance_id: str) -> None:
        """Restarts a host."""

    def make_image(self, instance_id: str, image_id: str, reboot: bool) -> None:
        """Makes an image of the host's disk; returns when it is made. Raises BoxError."""

    def console_output(self, instance_id: str) -> bytes:
        """What the host wrote to its console."""

    def machines(self) -> dict[str, tuple[Host, bool]]:
        """Hosts by instance id, and whether each is up."""

    def collect_layers(self) -> None:
        """Deletes layers that nothing uses any more."""

    def shut_down(self) -> None:
        """Removes all hosts, telling nobody; none can be launched until `open_again`."""

    def open_again(self) -> None:
        """Hosts can be launched once more."""


class _Machine:
    """A host with what is wanted of it."""

    def __init__(self, host: Host, order: LaunchOrder):
        self.host = host
        self.order = order
        self.interfaces = order.interfaces
        self.wish = Wish.NONE
        self.running = False
        self.thread: threading.Thread | None = None
        # Guards `living` and `wish` against a wish that comes when the thread is about to end.
        self.guard = threading.Lock()
        self.living = False
        # Held while the disk is copied, so that the host is not removed under the copy.
        self.disk = threading.Lock()
        self.down = threading.Event()
        self.resume = threading.Event()


class HostSupervisor:
    """Boots real hosts. Thread-safe."""

    def __init__(
        self,
        box: Box,
        network: Network,
        images: ImageStore,
        apt: AptSettings,
        events: InstanceEvents,
    ):
        self._box = box
        self._network = network
        self._images = images
        self._apt = apt
        self._events = events
        self._machines: dict[str, _Machine] = {}
        self._closed = False
        self._lock = threading.Lock()
        # Asked before each boot for further disks: names in the host and the devices behind them.
        self.devices_at_boot: Callable[[str], dict[str, str]] = lambda instance_id: {}

    def check_launch(self, image_id: str) -> None:
        """Raises BoxError when a host of this image could not be made."""
        if self._closed:
            raise BoxError("The box is being reset.")
        self._images.layers(image_id)
        check_room(self._box.hosts, _ROOM)

    def launch(self, order: LaunchOrder) -> None:
        """Makes and boots the host of a new instance."""
        host = Host(self._box, order.instance_id, self._images.layers(order.image_id))
        machine = _Machine(host, order)
        with self._lock:
            self._machines[order.instance_id] = machine
        self._run(machine, new=True)

    def start(self, instance_id: str, interfaces: list[Interface]) -> None:
        """Boots a stopped host again."""
        machine = self._machine(instance_id)
        if machine.thread:
            machine.thread.join(_SHUTDOWN_SECONDS)
        machine.interfaces = interfaces
        machine.wish = Wish.NONE
        machine.down.clear()
        self._run(machine, new=False)

    def stop(self, instance_id: str, force: bool) -> None:
        """Shuts a host down; it keeps its disk."""
        self._end(instance_id, Wish.STOP, force)

    def terminate(self, instance_id: str) -> None:
        """Shuts a host down and removes it."""
        machine = self._machine(instance_id)
        with machine.guard:
            machine.wish = Wish.TERMINATE
            living = machine.living
        if not living:
            threading.Thread(target=self._remove, args=(machine, "", ""), daemon=True).start()
        else:
            self._end(instance_id, Wish.TERMINATE, force=False)

    def reboot(self, instance_id: str) -> None:
        """Restarts a host."""
        self._machine(instance_id).host.signal_reboot()

    def make_image(self, instance_id: str, image_id: str, reboot: bool) -> None:
        """Makes an image of the host's disk; returns when it is made. Raises BoxError."""
        machine = self._machine(instance_id)
        with machine.disk:
            restart = reboot and machine.running and machine.wish is Wish.NONE
            if restart:
                machine.resume.clear()
                self._end(instance_id, Wish.RESTART, force=False)
                machine.down.wait(_SHUTDOWN_SECONDS + 10)
            try:
                machine.host.sync()
                self._images.snapshot(image_id, machine.host.upper, machine.host.layers)
            finally:
                if restart:
                    machine.resume.set()

    def console_output(self, instance_id: str) -> bytes:
        """What the host wrote to its console."""
        machine = self._machines.get(instance_id)
        return machine.host.console_output() if machine else b""

    def machines(self) -> dict[str, tuple[Host, bool]]:
        """Hosts by instance id, and whether each is up."""
        with self._lock:
            return {key: (machine.host, machine.running) for key, machine in self._machines.items()}

    def collect_layers(self) -> None:
        """Deletes layers that nothing uses any more."""
        with self._lock:
            in_use = {layer for machine in self._machines.values() for layer in machine.host.layers}
        self._images.collect(in_use)

    def leader(self, instance_id: str) -> int | None:
        """The process id of the host's init, while the host runs."""
        machine = self._machines.get(instance_id)
        return machine.host.leader if machine else None

    def shut_down(self) -> None:
        """Kills all hosts and removes them, without telling anybody (reset, end of the server)."""
        with self._lock:
            self._closed = True
            machines = list(self._machines.values())
            self._machines.clear()
        for machine in machines:
            machine.wish = Wish.TERMINATE
            machine.resume.set()
        deadline = time.monotonic() + 20
        for machine in machines:
            # A host that was about to be spawned is not in its group yet: kill until its thread ends.
            while machine.thread and machine.thread.is_alive() and time.monotonic() < deadline:
                cgroups.kill(self._box.name)
                machine.thread.join(0.1)
            self._network.remove_host(machine.host.instance_id, machine.interfaces)
            machine.host.destroy()

    def open_again(self) -> None:
        """After `shut_down`: hosts can be launched once more."""
        self._closed = False

    def _machine(self, instance_id: str) -> _Machine:
        machine = self._machines.get(instance_id)
        if machine is None:
            raise BoxError(f"The instance {instance_id} has no host.")
        return machine

    def _run(self, machine: _Machine, new: bool) -> None:
        machine.living = True
        machine.thread = threading.Thread(
            target=self._live, args=(machine, new), name=machine.host.instance_id, daemon=True
        )
        machine.thread.start()

    def _end(self, instance_id: str, wish: Wish, force: bool) -> None:
        machine = self._machine(instance_id)
        machine.wish = wish
        if force:
            machine.host.kill()
            return
        machine.host.signal_shutdown()

        def done() -> bool:
            thread = machine.thread
            return (
                machine.wish is not wish
                or machine.down.is_set()
                or not (thread and thread.is_alive())
            )

        def insist() -> None:
            # A signal before the guest's init listens is lost, and a guest may hang.
            deadline = time.monotonic() + _SHUTDOWN_SECONDS
            while time.monotonic() < deadline:
                time.sleep(1)
                if done():
                    return
                if not machine.running:
                    machine.host.signal_shutdown()
            machine.host.kill()

        threading.Thread(target=insist, daemon=True).start()

    def _live(self, machine: _Machine, new: bool) -> None:
        """The life of a host from launch (or start) to stop or termination."""
        instance_id = machine.host.instance_id
        try:
            if new:
                self._make(machine)
            while True:
                with _BOOTS_AT_ONCE:
                    self._write_settings(machine, new)
                    new = False
                    devices = self.devices_at_boot(instance_id)
                    up = machine.host.boot(devices, lambda: self._answers(machine))
                machine.running = up
                if up and machine.wish is Wish.NONE:
                    self._events.is_running(instance_id)
                elif machine.wish in (Wish.STOP, Wish.TERMINATE):
                    machine.host.signal_shutdown()
                status = machine.host.wait()
                machine.running = False
                if not self._comes_back(machine, status):
                    break
            with machine.guard:
                machine.living = False
            if machine.wish is Wish.TERMINATE:
                self._remove(machine, "", "")
        except (BoxError, OSError, namespaces.subprocess.SubprocessError) as error:
            log.error("%s: %s", instance_id, error)
            machine.host.kill()
            self._remove(machine, "Server.InternalError", f"Server.InternalError: {error}")

    def _make(self, machine: _Machine) -> None:
        check_room(self._box.hosts, _ROOM)
        self._network.add_host(machine.host.instance_id)
        machine.host.prepare()
        for interface in machine.interfaces:
            self._network.plug(machine.host.instance_id, interface)

    def _write_settings(self, machine: _Machine, new: bool) -> None:
        address = machine.interfaces[0].address
        settings = GuestSettings(
            hostname="ip-" + address.replace(".", "-"),
            domain=machine.order.domain,
            address=address,
            region=machine.order.region,
            apt=self._apt,
        )
        write_guest_settings(machine.host.root, settings, new)

    def _answers(self, machine: _Machine) -> bool:
        interface = machine.interfaces[0]
        try:
            namespace = self._box.vpc_namespace(interface.vpc_id)
            namespaces.connect(namespace, interface.address, 22, timeout=0.2).close()
            return True
        except OSError:
            return False

    def _comes_back(self, machine: _Machine, status: int) -> bool:
        """Deals with the end of a host; True when it is to be booted again."""
        instance_id = machine.host.instance_id
        if machine.wish is not Wish.NONE:
            # Who waits to copy the disk need not wait longer, whatever is to become of the host.
            machine.down.set()
        if machine.wish is Wish.TERMINATE:
            self._remove(machine, "", "")
            return False
        if machine.wish is Wish.STOP:
            self._events.has_stopped(instance_id, "", "")
            return False
        if machine.wish is Wish.RESTART:
            machine.resume.wait(600)
            if machine.wish is Wish.RESTART:
                machine.wish = Wish.NONE
                machine.down.clear()
                return True
            return self._comes_back(machine, status)
        if status == REBOOT_STATUS:
            return True
        if status == 0:
            if self._events.powered_off(instance_id):
                self._remove(
                    machine,
                    "Client.InstanceInitiatedShutdown",
                    "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
                )
            else:
                self._events.has_stopped(
                    instance_id,
                    "Client.InstanceInitiatedShutdown",
                    "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
                )
            return False
        log.warning("%s: the host died (status %s)", instance_id, status)
        self._events.has_stopped(
            instance_id,
            "Server.InternalError",
            f"Server.InternalError: the host died (status {status})",
        )
        return False

    def _remove(self, machine: _Machine, code: str, reason: str) -> None:
        instance_id = machine.host.instance_id
        with machine.disk:
            with self._lock:
                ours = self._machines.pop(instance_id, None) is not None
            if not ours:
                return
            try:
                self._network.remove_host(instance_id, machine.interfaces)
                machine.host.destroy()
            except (BoxError, OSError) as error:
                log.error("removing %s: %s", instance_id, error)
        self._events.has_terminated(instance_id, code, reason)
        self.collect_layers()


class PretendingSupervisor:
    """For `--no-hosts`: instances change their states after a moment, and nothing boots."""

    _MOMENT = 0.3

    def __init__(self, events: InstanceEvents):
        self._events = events
        # Every call waits the same time, so that first in is first out.
        self._calls: queue.SimpleQueue[tuple[float, Callable[..., None], tuple[str, ...]]] = (
            queue.SimpleQueue()
        )
        threading.Thread(target=self._run, name="pretending", daemon=True).start()

    def _later(self, call: Callable[..., None], *arguments: str) -> None:
        self._calls.put((time.monotonic() + self._MOMENT, call, arguments))

    def _run(self) -> None:
        while True:
            when, call, arguments = self._calls.get()
            time.sleep(max(0.0, when - time.monotonic()))
            call(*arguments)

    def check_launch(self, image_id: str) -> None:
        """Every image will do."""

    def launch(self, order: LaunchOrder) -> None:
        """The instance is running soon."""
        self._later(self._events.is_running, order.instance_id)

    def start(self, instance_id: str, interfaces: list[Interface]) -> None:
        """The instance is running soon."""
        self._later(self._events.is_running, instance_id)

    def stop(self, instance_id: str, force: bool) -> None:
        """The instance has stopped soon."""
        self._later(self._events.has_stopped, instance_id, "", "")

    def terminate(self, instance_id: str) -> None:
        """The instance is gone soon."""
        self._later(self._events.has_terminated, instance_id, "", "")

    def reboot(self, instance_id: str) -> None:
        """Nothing happens."""

    def make_image(self, instance_id: str, image_id: str, reboot: bool) -> None:
        """Takes a moment."""
        time.sleep(self._MOMENT)

    def console_output(self, instance_id: str) -> bytes:
        """Hosts that do not boot say nothing."""
        return b""

    def machines(self) -> dict[str, tuple[Host, bool]]:
        """There are none."""
        return {}

    def collect_layers(self) -> None:
        """There are none."""

    def shut_down(self) -> None:
        """Nothing to do."""

    def open_again(self) -> None:
        """Nothing to do."""
