"""The network namespace of one VPC: cables, routes and rules, changed only where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import namespaces
from .packet_rules import vpc_rules
from .routing import (
    NO_WAY_OUT,
    Routes,
    changes,
    gateway_address,
    main_routes,
    subnet_routes,
)
from .settings import LINK_LOCAL_ADDRESSES, BoxError
from .topology import UPLINK_NAME, Interface, Vpc, port_name

# Tables of subnets, and the rules that lead to them, are numbered from here.
_FIRST_TABLE = 1000


class VpcNamespace:
    """What was made in the namespace of a VPC. Not thread-safe: its owner takes care."""

    def __init__(self, name: str, uplink: str):
        """`uplink` is the address of the internet's end of the VPC's cable."""
        self.name = name
        self.plugged: dict[str, Interface] = {}
        self._uplink = uplink
        self._gateways: set[str] = set()
        # Subnet -> the number of its table, and the mark of its packets.
        self._marks: dict[str, int] = {}
        self._next_mark = 1
        self._tables: dict[str, Routes] = {}
        self._rules = ""

    def make(self, here: str, internet: str, internet_end: str) -> None:
        """Makes the namespace and its cable to the internet, whose end there is named `internet_end`."""
        namespaces.run("ip", "netns", "add", self.name)
        namespaces.make_router(self.name)
        # There is no wire between hosts: the namespace answers for all of them.
        namespaces.sysctl(self.name, ipv4__conf__all__proxy_arp=1)
        namespaces.ip(
            self.name,
            [
                "link set lo up",
                *(f"addr add {address}/32 dev lo" for address in LINK_LOCAL_ADDRESSES),
                f"route add {NO_WAY_OUT}",
                f"link add {UPLINK_NAME} type veth peer name {internet_end} netns {internet}",
                f"addr add {here}/31 dev {UPLINK_NAME}",
                f"link set {UPLINK_NAME} up",
            ],
        )
        self._load(vpc_rules(Vpc(id="", ranges=()), {}))

    def plug(self, interface: Interface, namespace: str) -> None:
        """Lays the cable of an interface into the namespace of its host."""
        port = port_name(interface.id)
        gateway = gateway_address(interface.subnet_cidr)
        routes = main_routes([interface])
        namespaces.ip(
            self.name,
            [
                f"link add {port} type veth peer name eth{interface.device_index}"
                f" address {interface.mac} netns {namespace}",
                f"addr replace {gateway}/32 dev lo",
                f"link set {port} up",
                f"ntable change name arp_cache dev {port} proxy_delay 0",
                *_neighbours([interface], routes),
                *changes({}, routes),
            ],
        )
        self._gateways.add(gateway)
        self._tables.setdefault("main", {}).update(routes)
        self.plugged[interface.id] = interface

    def unplug(self, interface_id: str) -> None:
        """Pulls the cable of an interface, if there is one."""
        if self.plugged.pop(interface_id, None):
            self.remove_link(port_name(interface_id))

    def remove_link(self, device: str) -> None:
        """Removes one end of a cable, and so the whole cable with all routes that lead there."""
        try:
            namespaces.ip(self.name, [f"link del {device}"])
        finally:
            for routes in self._tables.values():
                for destination, route in list(routes.items()):
                    if f" dev {device}" in route:
                        del routes[destination]

    def apply(self, vpc: Vpc, peerings: Mapping[str, str]) -> None:
        """Makes rules and routes what the VPC's state says. Raises BoxError; may be repeated.

        `peerings` are the addresses at the other ends of peering cables, by peering.
        """
        now = {port.interface.id: port.interface for port in vpc.ports}
        self.plugged = {key: now.get(key, old) for key, old in self.plugged.items()}
        for subnet in vpc.subnets:
            if subnet.id not in self._marks:
                self._marks[subnet.id] = self._next_mark
                self._next_mark += 1
        self._load(vpc_rules(vpc, self._marks))
        gateways = {gateway_address(one.subnet_cidr) for one in self.plugged.values()}
        commands = [f"addr replace {address}/32 dev lo" for address in gateways - self._gateways]
        wanted = {"main": main_routes(self.plugged.values())}
        for subnet in vpc.subnets:
            table = str(_FIRST_TABLE + self._marks[subnet.id])
            wanted[table] = subnet_routes(vpc, subnet, self.plugged, self._uplink, peerings)
        commands += self._route_commands(wanted)
        commands += self._forget_subnets({subnet.id for subnet in vpc.subnets})
        commands += [f"addr del {address}/32 dev lo" for address in self._gateways - gateways]
        self._gateways = gateways
        self._run(commands, wanted)

    def _route_commands(self, wanted: dict[str, Routes]) -> list[str]:
        commands = []
        for table, routes in wanted.items():
            before = self._tables.get(table)
            if before is None:
                mark = int(table) - _FIRST_TABLE if table != "main" else 0
                if mark:
                    commands.append(f"rule add fwmark {mark} lookup {table} priority {table}")
                before = {}
            if table == "main":
                new = {key: one for key, one in routes.items() if before.get(key) != one}
                commands += _neighbours(self.plugged.values(), new)
            commands += changes(before, routes, table)
        return commands

    def _forget_subnets(self, there: set[str]) -> list[str]:
        commands = []
        for subnet_id in self._marks.keys() - there:
            table = _FIRST_TABLE + self._marks.pop(subnet_id)
            if self._tables.pop(str(table), None) is not None:
                commands += [f"rule del priority {table}", f"route flush table {table}"]
        return commands

    def _run(self, commands: list[str], wanted: dict[str, Routes]) -> None:
        try:
            if commands:
                namespaces.ip(self.name, commands, go_on=True)
        except BoxError:
            # What of it was done is not known: next time all of it is set again.
            for table, routes in wanted.items():
                known = self._tables.get(table, {}).keys() | routes.keys()
                self._tables[table] = dict.fromkeys(known, "")
            raise
        self._tables.update(wanted)

    def _load(self, rules: str) -> None:
        if rules != self._rules:
            namespaces.nft(self.name, rules)
            self._rules = rules


def _neighbours(interfaces: Iterable[Interface], routes: Routes) -> list[str]:
    """Hosts need not be asked for their hardware addresses, and cannot answer for others."""
    return [
        f"neigh replace {address} lladdr {interface.mac} dev {port_name(interface.id)} nud permanent"
        for interface in interfaces
        for address in interface.addresses
        if f"{address}/32" in routes
    ]
