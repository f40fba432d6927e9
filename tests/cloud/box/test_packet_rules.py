"""The rules of a VPC, computed from its state."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from asiaq_local.packet_rules import vpc_rules
from asiaq_local.topology import Group, Interface, Peering, Permission, Port, Vpc

MARKS = {"subnet-a": 1}


def interface(number: int, **more: Any) -> Interface:
    return Interface(
        **{
            "id": f"eni-{number}",
            "device_index": 0,
            "address": f"10.0.0.{number}",
            "mac": f"02:00:00:00:00:{number:02x}",
            "subnet_id": "subnet-a",
            "subnet_cidr": "10.0.0.0/24",
            "vpc_id": "vpc-1",
            **more,
        }
    )


def port(number: int, groups: Iterable[str] | None = ("sg-a",), **more: Any) -> Port:
    return Port(interface(number), None if groups is None else tuple(groups), **more)


def vpc(*ports: Port, **more: Any) -> Vpc:
    return Vpc(**{"id": "vpc-1", "ranges": ("10.0.0.0/16",), "ports": ports, **more})


def block(rules: str, name: str) -> list[str]:
    """The lines of a chain."""
    found = re.search(rf"^  chain {name} {{\n(.*?)^  }}$", rules, re.MULTILINE | re.DOTALL)
    assert found, f"no chain {name}"
    return [line.strip() for line in found.group(1).splitlines()]


def elements(rules: str, name: str) -> list[str]:
    """The elements of a set or map."""
    found = re.search(rf"^  (?:set|map) {name} {{ (.*) }}$", rules, re.MULTILINE)
    assert found, f"no set {name}"
    listed = re.search(r"elements = { (.*) };", found.group(1))
    return listed.group(1).split(", ") if listed else []


def incoming(*permissions: Permission, **more: Any) -> list[str]:
    """The rules that a group with these permissions becomes."""
    rules = vpc_rules(vpc(port(1), groups={"sg-a": Group(ingress=permissions)}, **more), MARKS)
    return block(rules, "in_sg_a")


def test_table_replaces_the_one_before_in_one_transaction() -> None:
    assert vpc_rules(vpc(), {}).startswith("table ip box\ndelete table ip box\ntable ip box {\n")


def test_same_state_is_the_same_text_whatever_the_order() -> None:
    one, other = port(1), port(2, ["sg-b", "sg-a"])
    groups = {"sg-a": Group((Permission("6", 22, 22, ("10.0.0.0/8", "1.2.3.4/32")),))}
    turned = {"sg-a": Group((Permission("6", 22, 22, ("1.2.3.4/32", "10.0.0.0/8")),))}
    swapped = Port(other.interface, ("sg-a", "sg-b"))
    assert vpc_rules(vpc(one, other, groups=groups), MARKS) == vpc_rules(
        vpc(swapped, one, groups=turned), MARKS
    )


def test_protocols_and_ports() -> None:
    anywhere = ("0.0.0.0/0",)
    for permission, rule in {
        Permission("6", 22, 22, anywhere): "tcp dport 22 accept",
        Permission("17", 8000, 8100, anywhere): "udp dport 8000-8100 accept",
        Permission("6", 0, 65535, anywhere): "meta l4proto 6 accept",
        Permission("6", 0, 1024, anywhere): "tcp dport 0-1024 accept",
        Permission("6", None, None, anywhere): "meta l4proto 6 accept",
        Permission("1", 8, -1, anywhere): "icmp type 8 accept",
        Permission("1", 3, 4, anywhere): "icmp type 3 icmp code 4 accept",
        Permission("1", -1, -1, anywhere): "meta l4proto 1 accept",
        Permission("50", None, None, anywhere): "meta l4proto 50 accept",
        Permission("-1", None, None, anywhere): "accept",
    }.items():
        assert incoming(permission) == [rule], permission


def test_permissions_that_no_packet_matches_become_no_rule() -> None:
    anywhere = ("0.0.0.0/0",)
    assert incoming(Permission("6", 90, 80, anywhere), Permission("xyz", 1, 2, anywhere)) == []


def test_ranges_of_one_port_are_one_rule_without_overlaps() -> None:
    assert incoming(
        Permission("6", 22, 22, ("10.0.0.0/8",)),
        Permission("6", 22, 22, ("10.1.0.0/16", "192.168.0.0/17")),
        Permission("6", 22, 22, ("192.168.128.0/17",)),
    ) == ["ip saddr { 10.0.0.0/8, 192.168.0.0/16 } tcp dport 22 accept"]


def test_everybody_includes_any_range_and_group() -> None:
    assert incoming(
        Permission("6", 22, 22, ("0.0.0.0/0", "10.0.0.0/8")),
        Permission("6", 22, 22, groups=("sg-b",)),
        members={"sg-b": ("10.0.0.9",)},
    ) == ["tcp dport 22 accept"]


def test_ipv6_ranges_allow_nothing() -> None:
    assert incoming(Permission("6", 22, 22, ("::/0",))) == []


def test_group_as_source_is_the_set_of_its_members() -> None:
    state = vpc(
        port(1),
        groups={"sg-a": Group((Permission("6", 2181, 2181, groups=("sg-b",)),))},
        members={"sg-b": ("10.0.0.9", "10.0.0.8", "10.0.0.9"), "sg-c": ("10.0.0.7",)},
    )
    rules = vpc_rules(state, MARKS)
    assert block(rules, "in_sg_a") == ["ip saddr @of_sg_b tcp dport 2181 accept"]
    assert elements(rules, "of_sg_b") == ["10.0.0.8", "10.0.0.9"]
    assert "of_sg_c" not in rules


def test_group_of_a_peer_counts_on_the_cable_to_it() -> None:
    peering = Peering("pcx-1", "vpc-2", ("10.9.0.0/16",), {"sg-z": ("10.9.0.5",)})
    state = vpc(
        port(1),
        groups={
            "sg-a": Group(
                ingress=(Permission("6", 80, 80, groups=("sg-z",)),),
                egress=(Permission("-1", groups=("sg-z",)),),
            )
        },
        peerings=(peering,),
    )
    rules = vpc_rules(state, MARKS)
    assert block(rules, "in_sg_a") == [
        'iifname "ppcx-1" ip saddr @of_sg_z_pcx_1 tcp dport 80 accept'
    ]
    assert block(rules, "out_sg_a") == ['oifname "ppcx-1" ip daddr @of_sg_z_pcx_1 goto arriving']
    assert elements(rules, "of_sg_z_pcx_1") == ["10.9.0.5"]
    assert 'iifname "ppcx-1" ip saddr != { 10.9.0.0/16 } drop' in block(rules, "classify")


def test_group_that_is_not_to_be_seen_allows_nothing() -> None:
    assert incoming(Permission("6", 80, 80, groups=("sg-gone",))) == []


def test_outgoing_packets_pass_a_group_of_their_own_first() -> None:
    state = vpc(
        port(1), groups={"sg-a": Group(egress=(Permission("6", 443, 443, ("0.0.0.0/0",)),))}
    )
    rules = vpc_rules(state, MARKS)
    assert block(rules, "out_sg_a") == ["tcp dport 443 goto arriving"]
    assert block(rules, "leaving_0") == ["jump out_sg_a"]
    assert 'iifname vmap { "veni-1" : goto leaving_0 }' in block(rules, "forward")


def test_interfaces_with_the_same_groups_share_a_chain() -> None:
    rules = vpc_rules(vpc(port(1, ["sg-a", "sg-b"]), port(2, ["sg-b", "sg-a"]), port(3)), MARKS)
    assert block(rules, "entering_1") == ["jump in_sg_a", "jump in_sg_b"]
    assert block(rules, "arriving")[1] == (
        'oifname vmap { "veni-1" : goto entering_1, "veni-2" : goto entering_1, "veni-3" : goto entering_0 }'
    )


def test_all_else_is_dropped() -> None:
    rules = vpc_rules(vpc(port(1)), MARKS)
    assert "policy drop;" in block(rules, "forward")[0]
    assert block(rules, "arriving")[-1] == "drop"
    assert block(rules, "in_sg_a") == []


def test_interface_without_groups_lets_all_pass() -> None:
    rules = vpc_rules(vpc(port(1, None, checked=False)), MARKS)
    assert 'oifname vmap { "veni-1" : accept }' in block(rules, "arriving")
    assert 'iifname vmap { "veni-1" : goto arriving }' in block(rules, "forward")


def test_only_checked_interfaces_are_bound_to_their_addresses() -> None:
    two = Port(interface(2, secondary=("10.0.0.22",)), ("sg-a",))
    rules = vpc_rules(vpc(port(1, checked=False), two), MARKS)
    assert elements(rules, "checked") == ['"veni-2"']
    assert elements(rules, "own") == ['"veni-2" . 10.0.0.2', '"veni-2" . 10.0.0.22']


def test_packets_get_the_mark_of_their_subnet() -> None:
    elsewhere = Port(interface(2, subnet_id="subnet-new"), ("sg-a",))
    assert elements(vpc_rules(vpc(port(1), elsewhere), MARKS), "subnets") == ['"veni-1" : 1']


def test_public_addresses_are_translated_both_ways() -> None:
    rules = vpc_rules(vpc(port(1, public_address="198.51.100.7"), port(2)), MARKS)
    assert elements(rules, "inward") == ["198.51.100.7 : 10.0.0.1"]
    assert elements(rules, "outward") == ["10.0.0.1 : 198.51.100.7"]
    assert elements(rules, "public_hosts") == ["10.0.0.1"]
