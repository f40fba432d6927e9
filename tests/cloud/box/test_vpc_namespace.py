"""What is done to the namespace of a VPC when its state changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from asiaq_local import namespaces
from asiaq_local.settings import BoxError
from asiaq_local.topology import Interface, Port, Route, Subnet, Target, Vpc
from asiaq_local.vpc_namespace import VpcNamespace

HOST = Interface("eni-1", 0, "10.0.1.10", "02:00:00:00:00:01", "subnet-a", "10.0.1.0/24", "vpc-1")
SUBNET = Subnet("subnet-a", "10.0.1.0/24", (Route("0.0.0.0/0", Target.INTERNET),))
VPC = Vpc("vpc-1", ("10.0.0.0/16",), (SUBNET,), (Port(HOST, ("sg-a",)),), has_internet_gateway=True)


class Machine:
    """Takes down what would be done."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.loads = 0
        self.fails = False

    def ip(self, namespace: str, lines: Iterable[str], go_on: bool = False) -> None:
        self.commands += lines
        if self.fails:
            raise BoxError("no such device")

    def nft(self, namespace: str, rules: str) -> None:
        self.loads += 1

    def done(self) -> tuple[list[str], int]:
        """Commands and loads since the last time."""
        result = (self.commands, self.loads)
        self.commands, self.loads = [], 0
        return result


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    fake = Machine()
    monkeypatch.setattr(namespaces, "ip", fake.ip)
    monkeypatch.setattr(namespaces, "nft", fake.nft)
    return fake


@pytest.fixture
def vpc(machine: Machine) -> VpcNamespace:
    """A namespace in which the state above is in force."""
    made = VpcNamespace("ns", "100.64.0.1")
    made.plug(HOST, "host")
    made.apply(VPC, {})
    return made


def test_plug_lays_the_cable_and_leads_there(machine: Machine) -> None:
    VpcNamespace("ns", "").plug(HOST, "host")
    assert machine.done()[0] == [
        "link add veni-1 type veth peer name eth0 address 02:00:00:00:00:01 netns host",
        "addr replace 10.0.1.1/32 dev lo",
        "link set veni-1 up",
        "ntable change name arp_cache dev veni-1 proxy_delay 0",
        "neigh replace 10.0.1.10 lladdr 02:00:00:00:00:01 dev veni-1 nud permanent",
        "route replace 10.0.1.10/32 dev veni-1 src 10.0.1.1 table main",
    ]


def test_first_state_makes_the_table_of_each_subnet(machine: Machine, vpc: VpcNamespace) -> None:
    commands, loads = machine.done()
    assert commands[-3:] == [
        "rule add fwmark 1 lookup 1001 priority 1001",
        "route replace throw 10.0.0.0/16 table 1001",
        "route replace 0.0.0.0/0 via 100.64.0.1 dev uplink table 1001",
    ]
    assert loads == 1


def test_same_state_does_nothing(machine: Machine, vpc: VpcNamespace) -> None:
    machine.done()
    vpc.apply(replace(VPC), {})
    assert machine.done() == ([], 0)


def test_new_route_does_not_touch_the_rules(machine: Machine, vpc: VpcNamespace) -> None:
    machine.done()
    more = replace(SUBNET, routes=(*SUBNET.routes, Route("10.9.0.0/16", Target.NOWHERE)))
    vpc.apply(replace(VPC, subnets=(more,)), {})
    assert machine.done() == (["route replace prohibit 10.9.0.0/16 table 1001"], 0)


def test_new_group_does_not_touch_the_routes(machine: Machine, vpc: VpcNamespace) -> None:
    machine.done()
    vpc.apply(replace(VPC, ports=(Port(HOST, ("sg-b",)),)), {})
    assert machine.done() == ([], 1)


def test_second_address_is_led_to_the_same_cable(machine: Machine, vpc: VpcNamespace) -> None:
    machine.done()
    two = replace(HOST, secondary=("10.0.1.11",))
    vpc.apply(replace(VPC, ports=(Port(two, ("sg-a",)),)), {})
    assert machine.done()[0] == [
        "neigh replace 10.0.1.11 lladdr 02:00:00:00:00:01 dev veni-1 nud permanent",
        "route replace 10.0.1.11/32 dev veni-1 src 10.0.1.1 table main",
    ]


def test_unplugged_interface_takes_its_routes_along(machine: Machine, vpc: VpcNamespace) -> None:
    machine.done()
    vpc.unplug("eni-1")
    vpc.apply(replace(VPC, ports=()), {})
    assert machine.done()[0] == ["link del veni-1", "addr del 10.0.1.1/32 dev lo"]


def test_subnet_that_goes_takes_its_table_along(machine: Machine, vpc: VpcNamespace) -> None:
    vpc.unplug("eni-1")
    machine.done()
    vpc.apply(replace(VPC, subnets=(), ports=()), {})
    assert machine.done()[0] == [
        "rule del priority 1001",
        "route flush table 1001",
        "addr del 10.0.1.1/32 dev lo",
    ]


def test_after_a_failure_all_routes_are_set_again(machine: Machine, vpc: VpcNamespace) -> None:
    gone = replace(SUBNET, routes=(Route("10.9.0.0/16", Target.NOWHERE),))
    machine.fails = True
    with pytest.raises(BoxError):
        vpc.apply(replace(VPC, subnets=(gone,)), {})
    machine.fails = False
    machine.done()
    vpc.apply(VPC, {})
    assert set(machine.done()[0]) == {
        "neigh replace 10.0.1.10 lladdr 02:00:00:00:00:01 dev veni-1 nud permanent",
        "route replace 10.0.1.10/32 dev veni-1 src 10.0.1.1 table main",
        "route replace throw 10.0.0.0/16 table 1001",
        "route replace 0.0.0.0/0 via 100.64.0.1 dev uplink table 1001",
        "route replace prohibit 10.9.0.0/16 table 1001",
        "route del 10.9.0.0/16 table 1001",
    }
    vpc.apply(VPC, {})
    assert machine.done()[0] == []
