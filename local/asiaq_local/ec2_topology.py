"""Reads from moto's models what decides which packets pass. Call with the cloud's lock held."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.route_tables import Route as Ec2Route
from moto.ec2.models.route_tables import RouteTable
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule
from moto.ec2.models.vpcs import VPC

from .cloud import Cloud, all_backends, interface_of
from .topology import (
    Group,
    Peering,
    Permission,
    Port,
    Route,
    Subnet,
    Target,
    Vpc,
)

_PROTOCOL_NUMBERS = {"icmp": "1", "tcp": "6", "udp": "17", "icmpv6": "58"}
# While one of these lasts, the next change comes without anybody asking for it.
_PASSING = {"pending", "deleting", "initiating-request", "provisioning"}


def inhabited_vpcs(cloud: Cloud) -> set[str]:
    """The VPCs in which there are instances."""
    return {
        eni.subnet.vpc_id for instance in cloud.instances() for eni in list(instance.nics.values())
    }


def read_topology(wanted: set[str]) -> dict[str, Vpc]:
    """The VPCs of `wanted` that exist, by id."""
    members = {
        vpc_id: _members(backend, vpc_id)
        for backend in all_backends()
        for vpc_id in wanted & backend.vpcs.keys()
    }
    return {
        vpc_id: _vpc(backend, backend.vpcs[vpc_id], members)
        for backend in all_backends()
        for vpc_id in wanted & backend.vpcs.keys()
    }


def is_settled() -> bool:
    """Whether nothing is in a state that it will leave by itself."""
    return not any(
        state in _PASSING
        for backend in all_backends()
        for state in (
            *(gateway.state for gateway in backend.nat_gateways.values()),
            *(peering.status["Code"] for peering in backend.vpc_pcxs.values()),
        )
    )


def _vpc(backend: EC2Backend, vpc: VPC, members: dict[str, dict[str, tuple[str, ...]]]) -> Vpc:
    enis = [eni for eni in backend.enis.values() if eni.subnet.vpc_id == vpc.id]
    gateways = {
        gateway.id: gateway._eni
        for gateway in backend.nat_gateways.values()
        if gateway.vpc_id == vpc.id and gateway.state == "available"
    }
    return Vpc(
        id=vpc.id,
        ranges=_ranges(vpc),
        subnets=tuple(_subnets(backend, vpc.id)),
        ports=(
            *(_host_port(eni) for eni in enis if eni.instance is not None),
            *(_gateway_port(eni) for eni in gateways.values()),
        ),
        groups={
            group.id: _group(backend, group) for group in backend.groups.get(vpc.id, {}).values()
        },
        members=members[vpc.id],
        peerings=tuple(_peerings(backend, vpc.id, members)),
        has_internet_gateway=any(
            gateway.vpc is not None and gateway.vpc.id == vpc.id
            for gateway in backend.internet_gateways.values()
        ),
        nat_gateways={gateway_id: interface_of(eni) for gateway_id, eni in gateways.items()},
    )


def _ranges(vpc: VPC) -> tuple[str, ...]:
    return tuple(
        str(ipaddress.ip_network(association["cidr_block"], strict=False))
        for association in vpc.get_cidr_block_association_set(ipv6=False)
    )


def _host_port(eni: NetworkInterface) -> Port:
    return Port(
        interface=interface_of(eni),
        groups=tuple(group.id for group in eni.group_set),
        checked=bool(eni.source_dest_check),
        public_address=eni.public_ip,
    )


def _gateway_port(eni: NetworkInterface) -> Port:
    return Port(
        interface=interface_of(eni), groups=None, checked=False, public_address=eni.public_ip
    )


def _members(backend: EC2Backend, vpc_id: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {group_id: [] for group_id in backend.groups.get(vpc_id, {})}
    for eni in backend.enis.values():
        if eni.subnet.vpc_id == vpc_id and not eni.requester_managed:
            for group in eni.group_set:
                found.setdefault(group.id, []).extend(interface_of(eni).addresses)
    return {group_id: tuple(addresses) for group_id, addresses in found.items()}


def _group(backend: EC2Backend, group: SecurityGroup) -> Group:
    return Group(
        ingress=tuple(_permission(backend, rule) for rule in group.ingress_rules),
        egress=tuple(_permission(backend, rule) for rule in group.egress_rules),
    )


def _permission(backend: EC2Backend, rule: SecurityGroupRule) -> Permission:
    protocol = str(rule.ip_protocol or "-1").lower()
    ranges = [rule.ip_range["CidrIp"]] if rule.ip_range.get("CidrIp") else []
    if rule.prefix_list_id:
        ranges += _listed_ranges(backend.managed_prefix_lists.get(rule.prefix_list_id))
    group = rule.source_group.get("GroupId")
    return Permission(
        protocol=_PROTOCOL_NUMBERS.get(protocol, protocol),
        low=rule.from_port,
        high=rule.to_port,
        ranges=tuple(ranges),
        groups=(group,) if group else (),
    )


def _listed_ranges(prefix_list: Any) -> list[str]:
    if prefix_list is None:
        return []
    return [entry["Cidr"] for entry in prefix_list.entries.get(prefix_list.version) or []]


def _subnets(backend: EC2Backend, vpc_id: str) -> Iterator[Subnet]:
    tables = [table for table in backend.route_tables.values() if table.vpc_id == vpc_id]
    for in_zone in backend.subnets.values():
        for subnet in in_zone.values():
            if subnet.vpc_id == vpc_id:
                table = _table_of(tables, subnet.id)
                routes = _routes(backend, table) if table else ()
                yield Subnet(subnet.id, str(subnet.cidr), tuple(routes))


def _table_of(tables: list[RouteTable], subnet_id: str) -> RouteTable | None:
    """The table that is associated with a subnet, else the VPC's main one."""
    for table in tables:
        if subnet_id in table._associations.values():
            return table
    return next((table for table in tables if table.main_association_id is not None), None)


def _routes(backend: EC2Backend, table: RouteTable) -> Iterator[Route]:
    for route in table.routes:
        if route.local or str(route.gateway_id or "").startswith("vpce-"):
            continue
        target, target_id = _target(table.vpc_id, route)
        for destination in _destinations(route):
            yield Route(str(ipaddress.ip_network(destination, strict=False)), target, target_id)


def _destinations(route: Ec2Route) -> Iterable[str]:
    if route.destination_cidr_block:
        return [route.destination_cidr_block]
    return [one for one in _listed_ranges(route.destination_prefix_list) if ":" not in one]


def _target(vpc_id: str, route: Ec2Route) -> tuple[Target, str]:
    if route.nat_gateway is not None:
        return Target.INTERFACE, route.nat_gateway._eni.id
    if route.interface is not None:
        return Target.INTERFACE, route.interface.id
    if route.instance is not None:
        nic = route.instance.nics.get(0)
        return (Target.INTERFACE, nic.id) if nic else (Target.NOWHERE, "")
    if route.vpc_pcx is not None:
        return Target.PEERING, route.vpc_pcx.id
    attached = getattr(route.gateway, "vpc", None)
    if str(route.gateway_id or "").startswith("igw-") and attached and attached.id == vpc_id:
        return Target.INTERNET, ""
    return Target.NOWHERE, ""


def _peerings(
    backend: EC2Backend, vpc_id: str, members: dict[str, dict[str, tuple[str, ...]]]
) -> Iterator[Peering]:
    """Active peerings with VPCs that have hosts too."""
    for peering in backend.vpc_pcxs.values():
        sides = {peering.vpc.id: peering.vpc, peering.peer_vpc.id: peering.peer_vpc}
        here = sides.pop(vpc_id, None)
        for there in sides.values():
            if here and peering.status["Code"] == "active" and there.id in members:
                yield Peering(peering.id, there.id, _ranges(there), members[there.id])
