"""Keeps the real network in step with what EC2 says, in a thread of its own."""

from __future__ import annotations

import logging
import subprocess
import threading

from .cloud import Cloud, interfaces_of
from .ec2_topology import inhabited_vpcs, is_settled, read_topology
from .network import Network
from .settings import BoxError
from .topology import Interface, Vpc

log = logging.getLogger("network")

# How soon to look again while something in EC2 is about to change by itself, and after a failure.
_UNSETTLED_SECONDS = 0.2
_FAILED_SECONDS = 2.0


class NetworkKeeper:
    """Plugs interfaces and applies rules and routes whenever something may have changed. Thread-safe."""

    def __init__(self, cloud: Cloud, network: Network):
        self._cloud = cloud
        self._network = network
        self._poke = threading.Event()
        self._plugged: dict[str, dict[str, Interface]] = {}
        self._vpcs: set[str] = set()
        self._lock = threading.Lock()
        network.on_plug = self.poke
        threading.Thread(target=self._run, name="network", daemon=True).start()

    def poke(self) -> None:
        """Something may have changed."""
        self._poke.set()

    def forget_all(self) -> None:
        """After a reset."""
        with self._lock:
            self._plugged.clear()
            for vpc_id in self._vpcs:
                self._network.remove_vpc(vpc_id)
            self._vpcs.clear()

    def _run(self) -> None:
        wait: float | None = None
        while True:
            self._poke.wait(wait)
            self._poke.clear()
            try:
                wait = None if self._follow() else _UNSETTLED_SECONDS
            except (BoxError, OSError, subprocess.SubprocessError) as error:
                log.error("%s", error)
                wait = _FAILED_SECONDS

    def _follow(self) -> bool:
        """Looks once; whether nothing will change without somebody asking for it."""
        # The cloud's lock is never taken while holding our own.
        with self._cloud.lock:
            vpcs = read_topology(self._vpcs | inhabited_vpcs(self._cloud))
            interfaces = {one.id: interfaces_of(one) for one in self._cloud.instances()}
            settled = is_settled()
        with self._lock:
            self._reconcile(vpcs, interfaces)
        return settled

    def _reconcile(self, vpcs: dict[str, Vpc], interfaces: dict[str, list[Interface]]) -> None:
        for vpc_id in self._vpcs - vpcs.keys():
            self._network.remove_vpc(vpc_id)
        self._vpcs = set(vpcs)
        self._plug(interfaces)
        self._network.apply(vpcs)

    def _plug(self, wanted: dict[str, list[Interface]]) -> None:
        """Plugs and pulls second and further interfaces; the first one comes with the host."""
        later = {
            instance_id: {one.id: one for one in interfaces if one.device_index > 0}
            for instance_id, interfaces in wanted.items()
        }
        # All that go, first: an interface may have moved from one host to another.
        for instance_id, plugged in list(self._plugged.items()):
            for interface_id in plugged.keys() - later.get(instance_id, {}).keys():
                self._network.unplug(plugged.pop(interface_id))
            if instance_id not in wanted:
                del self._plugged[instance_id]
        for instance_id, interfaces in later.items():
            plugged = self._plugged.setdefault(instance_id, {})
            for interface_id in interfaces.keys() - plugged.keys():
                # A host that is still being made is plugged at a later look.
                if self._network.has_host(instance_id):
                    self._network.plug(instance_id, interfaces[interface_id])
                    plugged[interface_id] = interfaces[interface_id]
