"""The network of a box: one namespace per VPC, a bridge per subnet, and an "internet" between them.

Nothing connects these namespaces with the machine's own network, so that no packet for an address
of the box can leave the machine and no address or route of the machine is shadowed. The box's
servers listen inside the namespaces with sockets that were opened there.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from . import namespaces
from .settings import LINK_LOCAL_ADDRESSES, PUBLIC_NETWORKS, UPLINK_NETWORK, Box, BoxError

log = logging.getLogger("network")

# "prohibit" and not "unreachable": newer kernels ignore host-unreachable while connecting.
_NO_WAY_OUT = "route add prohibit default metric 4278198272"


@dataclass(frozen=True)
class Interface:
    """A network interface as EC2 describes it."""

    id: str
    device_index: int
    address: str
    mac: str
    subnet_id: str
    subnet_cidr: str
    vpc_id: str


@dataclass
class _Vpc:
    number: int
    bridges: set[str] = field(default_factory=set)
    # Public address -> private address.
    public: dict[str, str] = field(default_factory=dict)


def bridge_name(subnet_id: str) -> str:
    """The bridge of a subnet; interface names have at most 15 characters."""
    return "b" + subnet_id[-12:]


def port_name(interface_id: str) -> str:
    """The VPC's end of the cable to a network interface."""
    return "v" + interface_id[-12:]


class Network:
    """Makes and removes namespaces, bridges, cables and address translation. Thread-safe."""

    def __init__(self, box: Box, on_new_vpc: Callable[[str, str], None]):
        """`on_new_vpc(vpc_id, namespace)` starts the servers of a new VPC namespace."""
        self._box = box
        self._on_new_vpc = on_new_vpc
        self._vpcs: dict[str, _Vpc] = {}
        self._next_number = 0
        self._lock = threading.RLock()

    def start(self) -> None:
        """Makes the namespace that stands for the internet."""
        internet = self._box.internet_namespace
        namespaces.run("ip", "netns", "add", internet)
        namespaces.ip(internet, ["link set lo up", _NO_WAY_OUT])
        namespaces.sysctl(internet, ipv4__ip_forward=1, ipv4__icmp_ratelimit=0)

    def ensure_vpc(self, vpc_id: str) -> str:
        """The namespace of a VPC, made when its first host comes."""
        namespace = self._box.vpc_namespace(vpc_id)
        with self._lock:
            if vpc_id in self._vpcs:
                return namespace
            vpc = _Vpc(self._next_number)
            self._next_number += 1
            here, there = self._uplink(vpc.number)
            namespaces.run("ip", "netns", "add", namespace)
            namespaces.ip(
                namespace,
                [
                    "link set lo up",
                    *(f"addr add {address}/32 dev lo" for address in LINK_LOCAL_ADDRESSES),
                    _NO_WAY_OUT,
                    f"link add uplink type veth peer name u{vpc.number} netns {self._box.internet_namespace}",
                    f"addr add {here}/31 dev uplink",
                    "link set uplink up",
                ],
            )
            namespaces.ip(
                self._box.internet_namespace,
                [f"addr add {there}/31 dev u{vpc.number}", f"link set u{vpc.number} up"],
            )
            # Without a limit, each connection attempt to nowhere is refused at once.
            namespaces.sysctl(namespace, ipv4__ip_forward=1, ipv4__icmp_ratelimit=0)
            namespaces.ip(
                namespace, [f"route add {network} via {there}" for network in PUBLIC_NETWORKS]
            )
            self._load_translation(namespace, vpc)
            self._on_new_vpc(vpc_id, namespace)
            self._vpcs[vpc_id] = vpc
            return namespace

    @staticmethod
    def _uplink(number: int) -> tuple[str, str]:
        """The two addresses of the cable between VPC `number` and the internet."""
        base = ipaddress.ip_network(UPLINK_NETWORK).network_address + 2 * number
        return str(base), str(base + 1)

    def remove_vpc(self, vpc_id: str) -> None:
        """Forgets a VPC that was deleted, with all that is in its namespace."""
        with self._lock:
            if self._vpcs.pop(vpc_id, None) is not None:
                namespaces.delete(self._box.vpc_namespace(vpc_id))

    def ensure_subnet(self, vpc_id: str, subnet_id: str, cidr: str) -> None:
        """The bridge of a subnet, with the gateway's address."""
        with self._lock:
            namespace = self.ensure_vpc(vpc_id)
            vpc = self._vpcs[vpc_id]
            if subnet_id in vpc.bridges:
                return
            subnet = ipaddress.ip_network(cidr)
            bridge = bridge_name(subnet_id)
            namespaces.ip(
                namespace,
                [
                    f"link add {bridge} type bridge stp_state 0 forward_delay 0",
                    f"addr add {subnet.network_address + 1}/{subnet.prefixlen} dev {bridge}",
                    f"link set {bridge} up",
                ],
            )
            vpc.bridges.add(subnet_id)

    def remove_subnet(self, vpc_id: str, subnet_id: str) -> None:
        """Removes the bridge of a subnet that was deleted."""
        with self._lock:
            vpc = self._vpcs.get(vpc_id)
            if vpc and subnet_id in vpc.bridges:
                vpc.bridges.discard(subnet_id)
                namespaces.ip(
                    self._box.vpc_namespace(vpc_id), [f"link del {bridge_name(subnet_id)}"]
                )

    def add_host(self, instance_id: str) -> str:
        """Makes the namespace in which a host boots."""
        namespace = self._box.host_namespace(instance_id)
        namespaces.run("ip", "netns", "add", namespace)
        namespaces.ip(namespace, ["link set lo up"])
        # The address may have been another host's a moment ago: neighbours must hear of the new one.
        namespaces.sysctl(namespace, ipv4__conf__all__arp_notify=1)
        return namespace

    def remove_host(self, instance_id: str) -> None:
        """Removes a host's namespace; its cables go with it."""
        namespaces.delete(self._box.host_namespace(instance_id))

    def plug(self, instance_id: str, interface: Interface) -> None:
        """Connects a host to a subnet. The first interface is configured, a later one is the host's task."""
        self.ensure_subnet(interface.vpc_id, interface.subnet_id, interface.subnet_cidr)
        namespace = self._box.vpc_namespace(interface.vpc_id)
        host = self._box.host_namespace(instance_id)
        port = port_name(interface.id)
        device = f"eth{interface.device_index}"
        namespaces.ip(
            namespace,
            [
                f"link add {port} type veth peer name {device} address {interface.mac} netns {host}",
                f"link set {port} master {bridge_name(interface.subnet_id)}",
                f"link set {port} up",
                f"neigh flush to {interface.address}",
            ],
        )
        if interface.device_index == 0:
            subnet = ipaddress.ip_network(interface.subnet_cidr)
            namespaces.ip(
                host,
                [
                    f"addr add {interface.address}/{subnet.prefixlen} dev {device}",
                    f"link set {device} up",
                    f"route add default via {subnet.network_address + 1}",
                ],
            )

    def has_host(self, instance_id: str) -> bool:
        """Whether the host's namespace is there."""
        return namespaces.exists(self._box.host_namespace(instance_id))

    def plug_if_absent(self, instance_id: str, interface: Interface) -> None:
        """Like `plug`, fine if the host was made with this interface."""
        try:
            namespaces.ip(
                self._box.vpc_namespace(interface.vpc_id), [f"link show {port_name(interface.id)}"]
            )
        except BoxError:
            self.plug(instance_id, interface)

    def unplug(self, interface: Interface) -> None:
        """Pulls the cable of an interface; fine if the host took it along when it went."""
        try:
            namespaces.ip(
                self._box.vpc_namespace(interface.vpc_id), [f"link del {port_name(interface.id)}"]
            )
        except BoxError as error:  # the cable is gone together with the host's namespace
            log.debug("unplug %s: %s", interface.id, error)

    def set_public_addresses(self, vpc_id: str, mapping: dict[str, str]) -> None:
        """Makes public addresses (keys) reach private addresses (values) of a VPC, and no others."""
        with self._lock:
            if not mapping and vpc_id not in self._vpcs:
                return
            namespace = self.ensure_vpc(vpc_id)
            vpc = self._vpcs[vpc_id]
            if mapping == vpc.public:
                return
            here, _ = self._uplink(vpc.number)
            gone = [
                f"route del {address}/32 via {here}"
                for address in vpc.public.keys() - mapping.keys()
            ]
            new = [
                f"route replace {address}/32 via {here}"
                for address in mapping.keys() - vpc.public.keys()
            ]
            vpc.public = dict(mapping)
            self._load_translation(namespace, vpc)
            if gone or new:
                namespaces.ip(self._box.internet_namespace, gone + new)

    @staticmethod
    def _load_translation(namespace: str, vpc: _Vpc) -> None:
        inward = ", ".join(f"{public} : {private}" for public, private in vpc.public.items())
        outward = ", ".join(f"{private} : {public}" for public, private in vpc.public.items())
        namespaces.nft(
            namespace,
            f"""
table ip box
delete table ip box
table ip box {{
  map inward {{ type ipv4_addr : ipv4_addr; {f"elements = {{ {inward} }};" if inward else ""} }}
  map outward {{ type ipv4_addr : ipv4_addr; {f"elements = {{ {outward} }};" if outward else ""} }}
  chain prerouting {{
    type nat hook prerouting priority dstnat;
    iifname "uplink" dnat to ip daddr map @inward
  }}
  chain postrouting {{
    type nat hook postrouting priority srcnat;
    oifname "uplink" snat to ip saddr map @outward
  }}
  chain forward {{
    type filter hook forward priority filter;
    oifname "uplink" ip saddr != @public_hosts reject with icmp type admin-prohibited
  }}
  set public_hosts {{ type ipv4_addr; {f"elements = {{ {', '.join(vpc.public.values())} }};" if vpc.public else ""} }}
}}
""",
        )
