"""What EC2 says about the networks of a box, as plain values: from these, rules and routes are computed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


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
    # Private addresses besides `address`.
    secondary: tuple[str, ...] = ()

    @property
    def addresses(self) -> tuple[str, ...]:
        """All private addresses, the primary one first."""
        return (self.address, *self.secondary)


@dataclass(frozen=True)
class Permission:
    """One rule of a security group. `protocol` is a number as text, or "-1" for all.

    For tcp and udp `low` and `high` are ports, for icmp the type and the code; None and -1 mean any.
    """

    protocol: str
    low: int | None = None
    high: int | None = None
    ranges: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """A security group: what may come in, and what may go out."""

    ingress: tuple[Permission, ...] = ()
    egress: tuple[Permission, ...] = ()


@dataclass(frozen=True)
class Port:
    """An interface that is plugged into its VPC, with what is allowed at it."""

    interface: Interface
    # None: no group applies, as at a NAT gateway.
    groups: tuple[str, ...] | None
    # Only packets from and to its own addresses pass.
    checked: bool = True
    public_address: str | None = None


class Target(Enum):
    """What a route leads to."""

    INTERNET = "internet"
    INTERFACE = "interface"
    PEERING = "peering"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Route:
    """A route of a route table; `id` names the interface or the peering."""

    destination: str
    target: Target
    id: str = ""


@dataclass(frozen=True)
class Subnet:
    """A subnet, with the routes of the table that applies to it (the local ones left out)."""

    id: str
    cidr: str
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True)
class Peering:
    """An active peering, seen from one of its sides."""

    id: str
    peer_vpc: str
    peer_ranges: tuple[str, ...]
    # The addresses of the other side's interfaces, by security group.
    peer_members: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Vpc:
    """A VPC with all that decides which packets pass."""

    id: str
    ranges: tuple[str, ...]
    subnets: tuple[Subnet, ...] = ()
    ports: tuple[Port, ...] = ()
    groups: Mapping[str, Group] = field(default_factory=dict)
    # The addresses of interfaces, by security group.
    members: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    peerings: tuple[Peering, ...] = ()
    has_internet_gateway: bool = False
    # Interfaces of NAT gateways, by the gateways' ids.
    nat_gateways: Mapping[str, Interface] = field(default_factory=dict)


def port_name(interface_id: str) -> str:
    """The VPC's end of the cable to a network interface; names have at most 15 characters."""
    return "v" + interface_id[-12:]


def peering_name(peering_id: str) -> str:
    """A VPC's end of the cable to a peered VPC."""
    return "p" + peering_id[-12:]


UPLINK_NAME = "uplink"
