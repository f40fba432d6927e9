"""Which routes the namespace of a VPC has to have. Nothing here touches the machine.

The main table knows where every address of the VPC is plugged in and nothing else. Each subnet has a
table of its own, which its packets go through first: a local route hands them on to the main table.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from .topology import UPLINK_NAME, Interface, Route, Subnet, Target, Vpc, peering_name, port_name

# Destination -> the route, as `ip route replace` takes it.
Routes = dict[str, str]

# "prohibit" and not "unreachable": newer kernels ignore host-unreachable while connecting.
NO_WAY_OUT = "prohibit default metric 4278198272"


def gateway_address(cidr: str) -> str:
    """The address of a subnet's router."""
    return str(ipaddress.ip_network(cidr).network_address + 1)


def main_routes(plugged: Iterable[Interface]) -> Routes:
    """Where the addresses of interfaces that are plugged in are found."""
    return {
        f"{address}/32": (
            f"{address}/32 dev {port_name(interface.id)} src {gateway_address(interface.subnet_cidr)}"
        )
        for interface in plugged
        for address in interface.addresses
    }


def subnet_routes(
    vpc: Vpc,
    subnet: Subnet,
    plugged: dict[str, Interface],
    uplink: str,
    peerings: dict[str, str],
) -> Routes:
    """The table of a subnet.

    `plugged` are interfaces by id, `uplink` is the address of the internet's end of the VPC's cable,
    `peerings` are the addresses at the other ends of peering cables that are there. What leads to
    something that is not there is refused at once.
    """
    routes = {cidr: f"throw {cidr}" for cidr in vpc.ranges}
    for route in subnet.routes:
        routes[route.destination] = _route(vpc, route, plugged, uplink, peerings)
    return routes


def _route(
    vpc: Vpc,
    route: Route,
    plugged: dict[str, Interface],
    uplink: str,
    peerings: dict[str, str],
) -> str:
    destination = route.destination
    if route.target is Target.INTERNET and vpc.has_internet_gateway:
        return f"{destination} via {uplink} dev {UPLINK_NAME}"
    if route.target is Target.INTERFACE and route.id in plugged:
        address = plugged[route.id].address
        return f"{destination} via {address} dev {port_name(route.id)} onlink"
    if route.target is Target.PEERING and route.id in peerings:
        return f"{destination} via {peerings[route.id]} dev {peering_name(route.id)}"
    return f"prohibit {destination}"


def changes(before: Routes, after: Routes, table: str = "main") -> list[str]:
    """The `ip` commands that make one table out of the other; what both have never goes missing.

    A route in `before` that is empty may be there or not.
    """
    commands = [
        f"route replace {route} table {table}"
        for destination, route in after.items()
        if before.get(destination) != route
    ]
    for destination, route in before.items():
        if destination not in after:
            if not route:  # so that there is something to delete
                commands.append(f"route replace prohibit {destination} table {table}")
            commands.append(f"route del {destination} table {table}")
    return commands
