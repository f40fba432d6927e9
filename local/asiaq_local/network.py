"""The network of a box: one namespace per VPC, and an "internet" between them.

In the namespace of a VPC every interface has a cable of its own, so that each packet between two hosts
passes the VPC's rules and routes. NAT gateways are namespaces that translate and forward; peerings are
cables between namespaces of VPCs. Nothing connects any of them with the machine's own network, so that
no packet for an address of the box can leave the machine and no address or route of the machine is
shadowed. The box's servers listen inside the namespaces with sockets that were opened there.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections.abc import Callable, Mapping

from . import namespaces
from .routing import NO_WAY_OUT, Routes, changes, gateway_address
from .settings import (
    INTERNET_ADDRESSES,
    OPERATOR_ADDRESS,
    PEERING_NETWORK,
    UPLINK_NETWORK,
    Box,
    BoxError,
)
from .topology import Interface, Vpc, peering_name
from .vpc_namespace import VpcNamespace

log = logging.getLogger("network")


class Network:
    """Makes and removes namespaces, cables, routes and rules. Thread-safe."""

    def __init__(self, box: Box, on_new_vpc: Callable[[str, str], None]):
        """`on_new_vpc(vpc_id, namespace)` starts the servers of a new VPC namespace."""
        self._box = box
        self._on_new_vpc = on_new_vpc
        # Called when a cable was laid, because routes may lead there.
        self.on_plug: Callable[[], None] = lambda: None
        self._vpcs: dict[str, VpcNamespace] = {}
        # VPC -> the number of its cable to the internet.
        self._uplinks: dict[str, int] = {}
        self._next_uplink = 0
        self._public: Routes = {}
        # NAT gateway -> its interface.
        self._gateways: dict[str, Interface] = {}
        # Peering -> its number and its two VPCs.
        self._peerings: dict[str, tuple[int, tuple[str, str]]] = {}
        self._next_peering = 0
        self._lock = threading.RLock()

    def start(self) -> None:
        """Makes the namespace that stands for the internet."""
        internet = self._box.internet_namespace
        namespaces.run("ip", "netns", "add", internet)
        namespaces.make_router(internet)
        namespaces.ip(
            internet,
            [
                "link set lo up",
                *(f"addr add {address}/32 dev lo" for address in INTERNET_ADDRESSES),
                f"route add {NO_WAY_OUT}",
            ],
        )

    def ensure_vpc(self, vpc_id: str) -> VpcNamespace:
        """The namespace of a VPC, made when its first host comes."""
        with self._lock:
            if vpc_id in self._vpcs:
                return self._vpcs[vpc_id]
            number = self._next_uplink
            self._next_uplink += 1
            here, there = _ends(UPLINK_NETWORK, number)
            vpc = VpcNamespace(self._box.vpc_namespace(vpc_id), there)
            vpc.make(here, self._box.internet_namespace, f"u{number}")
            namespaces.ip(
                self._box.internet_namespace,
                [f"addr add {there}/31 dev u{number}", f"link set u{number} up"],
            )
            self._on_new_vpc(vpc_id, vpc.name)
            self._uplinks[vpc_id] = number
            self._vpcs[vpc_id] = vpc
            return vpc

    def remove_vpc(self, vpc_id: str) -> None:
        """Forgets a VPC that was deleted, with all that is in its namespace."""
        with self._lock:
            if vpc_id not in self._vpcs:
                return
            for peering_id, (_, sides) in list(self._peerings.items()):
                if vpc_id in sides:
                    self._disconnect(peering_id)
            for gateway_id in [key for key, one in self._gateways.items() if one.vpc_id == vpc_id]:
                self._remove_gateway(gateway_id)
            # Sockets of its servers keep the namespace, and with it this cable, for a while.
            uplink = f"u{self._uplinks.pop(vpc_id)}"
            namespaces.ip(self._box.internet_namespace, [f"link del {uplink}"])
            self._public = {
                key: one for key, one in self._public.items() if f" dev {uplink} " not in one
            }
            namespaces.delete(self._vpcs.pop(vpc_id).name)

    def add_host(self, instance_id: str) -> str:
        """Makes the namespace in which a host boots."""
        namespace = self._box.host_namespace(instance_id)
        namespaces.run("ip", "netns", "add", namespace)
        namespaces.ip(namespace, ["link set lo up"])
        return namespace

    def remove_host(self, instance_id: str, interfaces: list[Interface]) -> None:
        """Removes a host's namespace, with the cables of its interfaces."""
        for interface in interfaces:
            self.unplug(interface)
        namespaces.delete(self._box.host_namespace(instance_id))

    def has_host(self, instance_id: str) -> bool:
        """Whether the host's namespace is there."""
        return namespaces.exists(self._box.host_namespace(instance_id))

    def plug(self, instance_id: str, interface: Interface) -> None:
        """Connects a host to its VPC, unless it is connected already.

        The first interface is configured, a later one is the host's task.
        """
        host = self._box.host_namespace(instance_id)
        with self._lock:
            vpc = self.ensure_vpc(interface.vpc_id)
            if interface.id in vpc.plugged:
                return
            vpc.plug(interface, host)
        if interface.device_index == 0:
            subnet = ipaddress.ip_network(interface.subnet_cidr)
            namespaces.ip(
                host,
                [
                    f"addr add {interface.address}/{subnet.prefixlen} dev eth0",
                    "link set eth0 up",
                    f"route add default via {gateway_address(interface.subnet_cidr)}",
                ],
            )
        self.on_plug()

    def unplug(self, interface: Interface) -> None:
        """Pulls the cable of an interface, if there is one."""
        with self._lock:
            vpc = self._vpcs.get(interface.vpc_id)
            if vpc is None:
                return
            try:
                vpc.unplug(interface.id)
            except BoxError as error:  # the cable went together with the host's namespace
                log.debug("unplug %s: %s", interface.id, error)

    def apply(self, vpcs: Mapping[str, Vpc]) -> None:
        """Makes gateways, peerings, rules and routes what EC2 says. Raises BoxError; may be repeated."""
        with self._lock:
            for vpc_id in vpcs:
                self.ensure_vpc(vpc_id)
            self._follow_gateways(vpcs)
            self._follow_peerings(vpcs)
            failures = []
            for vpc in vpcs.values():
                try:
                    self._vpcs[vpc.id].apply(vpc, self._peering_ends(vpc.id))
                except BoxError as error:  # no reason to leave the others as they are
                    failures.append(error)
            self._follow_public_addresses(vpcs)
            if failures:
                raise failures[0]

    def _follow_gateways(self, vpcs: Mapping[str, Vpc]) -> None:
        wanted = {
            gateway_id: interface
            for vpc in vpcs.values()
            for gateway_id, interface in vpc.nat_gateways.items()
        }
        for gateway_id in self._gateways.keys() - wanted.keys():
            self._remove_gateway(gateway_id)
        for gateway_id in wanted.keys() - self._gateways.keys():
            self._gateways[gateway_id] = wanted[gateway_id]
            try:
                self._add_gateway(gateway_id, wanted[gateway_id])
            except BoxError:
                self._remove_gateway(gateway_id)
                raise

    def _add_gateway(self, gateway_id: str, interface: Interface) -> None:
        """A NAT gateway forwards what it is sent, from its own address, and answers nobody."""
        namespace = self.add_host(gateway_id)
        namespaces.make_router(namespace)
        namespaces.nft(
            namespace,
            f"""
table ip box {{
  chain translate {{
    type nat hook postrouting priority srcnat;
    oifname "eth0" snat to {interface.address}
  }}
  chain input {{
    type filter hook input priority filter; policy drop;
    ct state established,related accept
  }}
}}
""",
        )
        self.plug(gateway_id, interface)

    def _remove_gateway(self, gateway_id: str) -> None:
        self.remove_host(gateway_id, [self._gateways.pop(gateway_id)])

    def _follow_peerings(self, vpcs: Mapping[str, Vpc]) -> None:
        wanted = {
            peering.id: (vpc.id, peering.peer_vpc)
            for vpc in vpcs.values()
            for peering in vpc.peerings
            if vpc.id < peering.peer_vpc
        }
        for peering_id in self._peerings.keys() - wanted.keys():
            self._disconnect(peering_id)
        for peering_id in wanted.keys() - self._peerings.keys():
            self._connect(peering_id, wanted[peering_id])

    def _connect(self, peering_id: str, sides: tuple[str, str]) -> None:
        number = self._next_peering
        self._next_peering += 1
        device = peering_name(peering_id)
        one, other = (self._vpcs[vpc_id].name for vpc_id in sides)
        namespaces.ip(one, [f"link add {device} type veth peer name {device} netns {other}"])
        for namespace, address in zip((one, other), _ends(PEERING_NETWORK, number), strict=True):
            namespaces.ip(
                namespace, [f"addr add {address}/31 dev {device}", f"link set {device} up"]
            )
        self._peerings[peering_id] = (number, sides)

    def _disconnect(self, peering_id: str) -> None:
        _, sides = self._peerings.pop(peering_id)
        for vpc_id in sides:
            try:
                self._vpcs[vpc_id].remove_link(peering_name(peering_id))
            except BoxError as error:  # it went when its other end did
                log.debug("disconnect %s: %s", peering_id, error)

    def _peering_ends(self, vpc_id: str) -> dict[str, str]:
        """The addresses at the other ends of a VPC's peering cables."""
        ends = {}
        for peering_id, (number, sides) in self._peerings.items():
            if vpc_id in sides:
                ends[peering_id] = _ends(PEERING_NETWORK, number)[1 - sides.index(vpc_id)]
        return ends

    def _follow_public_addresses(self, vpcs: Mapping[str, Vpc]) -> None:
        """The internet knows the public addresses of VPCs that have an internet gateway."""
        wanted: Routes = {}
        for vpc in vpcs.values():
            number = self._uplinks[vpc.id]
            via = f"via {_ends(UPLINK_NETWORK, number)[0]} dev u{number} src {OPERATOR_ADDRESS}"
            for port in vpc.ports if vpc.has_internet_gateway else ():
                if port.public_address:
                    wanted[f"{port.public_address}/32"] = f"{port.public_address}/32 {via}"
        commands = changes(self._public, wanted)
        if commands:
            namespaces.ip(self._box.internet_namespace, commands)
        self._public = wanted


def _ends(network: str, number: int) -> tuple[str, str]:
    """The two addresses of cable `number`, out of a network for cables."""
    base = ipaddress.ip_network(network).network_address + 2 * number
    return str(base), str(base + 1)
