"""Which packets pass in the namespace of a VPC, as a set of nftables rules. Nothing here touches the machine.

A packet is looked at where it enters (does it carry an address of its interface? which subnet's routes
apply?) and where it is forwarded: an answer to what was allowed passes; all else has to be allowed by a
group of the interface that it comes from and by a group of the one that it goes to.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from .topology import UPLINK_NAME, Group, Permission, Port, Vpc, peering_name, port_name

_ICMP, _TCP, _UDP = "1", "6", "17"
_EVERYTHING = ipaddress.ip_network("0.0.0.0/0")
_ALL_PORTS = (0, 65535)


def vpc_rules(vpc: Vpc, marks: dict[str, int]) -> str:
    """The table of a VPC, replacing the one before in one transaction.

    `marks` are numbers of subnets: a packet gets that of the subnet it comes from.
    """
    return "\n".join(
        [
            "table ip box",
            "delete table ip box",
            "table ip box {",
            *_interfaces(vpc, marks),
            *_classification(vpc),
            *_translation(vpc),
            *_members(vpc),
            *_groups(vpc),
            *_forwarding(vpc),
            "}",
            "",
        ]
    )


def _interfaces(vpc: Vpc, marks: dict[str, int]) -> list[str]:
    ports = sorted(vpc.ports, key=lambda port: port.interface.id)
    checked = [port for port in ports if port.checked]
    return [
        _set(
            "subnets",
            "type ifname : mark",
            (
                f'"{_name(port)}" : {marks[port.interface.subnet_id]}'
                for port in ports
                if port.interface.subnet_id in marks
            ),
            kind="map",
        ),
        _set("checked", "type ifname", (f'"{_name(port)}"' for port in checked)),
        _set(
            "own",
            "type ifname . ipv4_addr",
            (
                f'"{_name(port)}" . {address}'
                for port in checked
                for address in port.interface.addresses
            ),
        ),
    ]


def _classification(vpc: Vpc) -> list[str]:
    strangers = [
        f'    iifname "{peering_name(peering.id)}" ip saddr != {_any_of(_collapsed(peering.peer_ranges))} drop'
        for peering in vpc.peerings
    ]
    return [
        "  chain classify {",
        "    type filter hook prerouting priority mangle;",
        "    iifname @checked iifname . ip saddr != @own drop",
        *strangers,
        "    meta mark set iifname map @subnets",
        "  }",
    ]


def _translation(vpc: Vpc) -> list[str]:
    """What an internet gateway does: public addresses are only names for private ones."""
    public = sorted(
        (port.public_address, port.interface.address) for port in vpc.ports if port.public_address
    )
    mapped = "type ipv4_addr : ipv4_addr"
    return [
        _set("inward", mapped, (f"{public} : {private}" for public, private in public), kind="map"),
        _set(
            "outward", mapped, (f"{private} : {public}" for public, private in public), kind="map"
        ),
        _set("public_hosts", "type ipv4_addr", (private for _, private in public)),
        "  chain from_internet {",
        "    type nat hook prerouting priority dstnat;",
        f'    iifname "{UPLINK_NAME}" dnat to ip daddr map @inward',
        "  }",
        "  chain to_internet {",
        "    type nat hook postrouting priority srcnat;",
        f'    oifname "{UPLINK_NAME}" snat to ip saddr map @outward',
        "  }",
    ]


def _members(vpc: Vpc) -> list[str]:
    """Addresses of the groups that rules name, of this VPC and of peered ones."""
    members = vpc.members
    own = [
        _set(_set_of(group), "type ipv4_addr", sorted(set(members[group])))
        for group in _named(vpc)
        if group in members
    ]
    peers = [
        _set(_set_of(group, peering.id), "type ipv4_addr", sorted(set(peering.peer_members[group])))
        for peering in vpc.peerings
        for group in _named(vpc)
        if group in peering.peer_members
    ]
    return own + peers


def _named(vpc: Vpc) -> list[str]:
    """The groups that are a source or a destination in rules that apply to anybody."""
    groups = vpc.groups
    return sorted(
        {
            named
            for group_id in _applied(vpc)
            for permission in (
                *groups.get(group_id, Group()).ingress,
                *groups.get(group_id, Group()).egress,
            )
            for named in permission.groups
        }
    )


def _applied(vpc: Vpc) -> list[str]:
    """The groups that some interface has."""
    return sorted({group for port in vpc.ports for group in port.groups or ()})


def _combinations(vpc: Vpc) -> list[tuple[str, ...]]:
    """The different sets of groups that interfaces have."""
    return sorted({_sorted_groups(port) for port in vpc.ports if port.groups is not None})


def _sorted_groups(port: Port) -> tuple[str, ...]:
    return tuple(sorted(set(port.groups or ())))


def _groups(vpc: Vpc) -> list[str]:
    """A chain per group and direction, and one per set of groups that interfaces have."""
    groups = vpc.groups
    lines: list[str] = []
    for group_id in _applied(vpc):
        group = groups.get(group_id, Group())
        lines += _chain(f"in_{_word(group_id)}", _permissions(vpc, group.ingress, inward=True))
        lines += _chain(f"out_{_word(group_id)}", _permissions(vpc, group.egress, inward=False))
    for number, combination in enumerate(_combinations(vpc)):
        for chain, prefix in ((f"entering_{number}", "in_"), (f"leaving_{number}", "out_")):
            lines += _chain(chain, [f"jump {prefix}{_word(group)}" for group in combination])
    return lines


def _permissions(vpc: Vpc, permissions: Iterable[Permission], inward: bool) -> list[str]:
    """Rules of one group and direction: permissions for the same protocol and ports are put together."""
    ranges: dict[str, set[str]] = {}
    groups: dict[str, set[str]] = {}
    for permission in permissions:
        what = _what(permission)
        if what is None:
            continue
        ranges.setdefault(what, set()).update(permission.ranges)
        groups.setdefault(what, set()).update(permission.groups)
    verdict = "accept" if inward else "goto arriving"
    rules = []
    for what in sorted(ranges):
        for who in _whom(vpc, ranges[what], groups[what], inward):
            rules.append(" ".join(part for part in (who, what, verdict) if part))
    return rules


def _what(permission: Permission) -> str | None:
    """The protocol and ports of a permission; None for one that no packet can match."""
    low = -1 if permission.low is None else permission.low
    high = -1 if permission.high is None else permission.high
    if permission.protocol == "-1":
        return ""
    if not permission.protocol.isdecimal() or int(permission.protocol) > 255:
        return None
    if permission.protocol == _ICMP and 0 <= low <= 255:
        return f"icmp type {low}" + (f" icmp code {high}" if 0 <= high <= 255 else "")
    if permission.protocol in (_TCP, _UDP) and low >= 0 and (low, high) != _ALL_PORTS:
        if not low <= high <= _ALL_PORTS[1]:
            return None
        name = "tcp" if permission.protocol == _TCP else "udp"
        return f"{name} dport {low}" + (f"-{high}" if high > low else "")
    return f"meta l4proto {permission.protocol}"


def _whom(vpc: Vpc, ranges: set[str], groups: set[str], inward: bool) -> list[str]:
    """The other sides that a permission allows, as conditions; one that is always true is empty."""
    address, interface = ("ip saddr", "iifname") if inward else ("ip daddr", "oifname")
    conditions = []
    collapsed = _collapsed(ranges)
    if _EVERYTHING in collapsed:
        return [""]
    if collapsed:
        conditions.append(f"{address} {_any_of(collapsed)}")
    for group in sorted(groups):
        if group in vpc.members:
            conditions.append(f"{address} @{_set_of(group)}")
        # The same address may mean a host of another peered VPC: the cable counts as well.
        conditions += [
            f'{interface} "{peering_name(peering.id)}" {address} @{_set_of(group, peering.id)}'
            for peering in vpc.peerings
            if group in peering.peer_members
        ]
    return conditions


def _forwarding(vpc: Vpc) -> list[str]:
    number_of = {groups: number for number, groups in enumerate(_combinations(vpc))}
    ports = sorted(vpc.ports, key=lambda port: port.interface.id)
    filtered = [port for port in ports if port.groups is not None]
    free = [port for port in ports if port.groups is None]
    entering = [
        f'"{_name(port)}" : goto entering_{number_of[_sorted_groups(port)]}' for port in filtered
    ] + [f'"{_name(port)}" : accept' for port in free]
    leaving = [
        f'"{_name(port)}" : goto leaving_{number_of[_sorted_groups(port)]}' for port in filtered
    ] + [f'"{_name(port)}" : goto arriving' for port in free]
    links = [UPLINK_NAME, *(peering_name(peering.id) for peering in vpc.peerings)]
    return [
        "  chain arriving {",
        "    oifname @checked oifname . ip daddr != @own drop",
        *([f"    oifname vmap {{ {', '.join(entering)} }}"] if entering else []),
        f"    oifname {_any_of(_quoted(links))} accept",
        "    drop",
        "  }",
        "  chain forward {",
        "    type filter hook forward priority filter; policy drop;",
        "    ct state established,related accept",
        f'    oifname "{UPLINK_NAME}" ip saddr != @public_hosts reject with icmp type admin-prohibited',
        *([f"    iifname vmap {{ {', '.join(leaving)} }}"] if leaving else []),
        f"    iifname {_any_of(_quoted(links))} goto arriving",
        "  }",
    ]


def _chain(name: str, rules: list[str]) -> list[str]:
    return [f"  chain {name} {{", *(f"    {rule}" for rule in rules), "  }"]


def _set(name: str, kind_of_elements: str, elements: Iterable[str], kind: str = "set") -> str:
    listed = ", ".join(elements)
    filled = f" elements = {{ {listed} }};" if listed else ""
    return f"  {kind} {name} {{ {kind_of_elements};{filled} }}"


def _any_of(values: Iterable[object]) -> str:
    return f"{{ {', '.join(map(str, values))} }}"


def _quoted(names: Iterable[str]) -> list[str]:
    return [f'"{name}"' for name in names]


def _collapsed(ranges: Iterable[str]) -> list[ipaddress.IPv4Network]:
    """The IPv4 ranges without overlaps, which a set cannot have."""
    networks = (ipaddress.ip_network(one, strict=False) for one in ranges)
    return list(
        ipaddress.collapse_addresses(
            sorted(network for network in networks if isinstance(network, ipaddress.IPv4Network))
        )
    )


def _name(port: Port) -> str:
    return port_name(port.interface.id)


def _word(identifier: str) -> str:
    return identifier.replace("-", "_")


def _set_of(group: str, peering: str = "") -> str:
    return f"of_{_word(group)}" + (f"_{_word(peering)}" if peering else "")
