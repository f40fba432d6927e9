"""The routes of a VPC, computed from its state."""

from __future__ import annotations

from asiaq_local.routing import changes, gateway_address, main_routes, subnet_routes
from asiaq_local.topology import Interface, Route, Subnet, Target, Vpc

HOST = Interface("eni-1", 0, "10.0.1.10", "02:00:00:00:00:01", "subnet-a", "10.0.1.0/24", "vpc-1")


def table(*routes: Route, has_internet_gateway: bool = True) -> dict[str, str]:
    vpc = Vpc("vpc-1", ("10.0.0.0/16", "10.5.0.0/16"), has_internet_gateway=has_internet_gateway)
    subnet = Subnet("subnet-a", "10.0.1.0/24", routes)
    made = subnet_routes(vpc, subnet, {"eni-1": HOST}, "100.64.0.1", {"pcx-1": "100.65.0.1"})
    return {destination: route for destination, route in made.items() if "throw" not in route}


def test_gateway_is_the_first_address() -> None:
    assert gateway_address("10.0.1.0/24") == "10.0.1.1"


def test_every_address_of_an_interface_is_found_at_its_cable() -> None:
    two = Interface(
        "eni-2", 0, "10.0.1.11", HOST.mac, "subnet-a", "10.0.1.0/24", "vpc-1", ("10.0.1.12",)
    )
    assert main_routes([two]) == {
        "10.0.1.11/32": "10.0.1.11/32 dev veni-2 src 10.0.1.1",
        "10.0.1.12/32": "10.0.1.12/32 dev veni-2 src 10.0.1.1",
    }


def test_local_routes_hand_on_to_the_main_table() -> None:
    made = subnet_routes(
        Vpc("vpc-1", ("10.0.0.0/16", "10.5.0.0/16")), Subnet("s", "10.0.1.0/24"), {}, "", {}
    )
    assert made == {"10.0.0.0/16": "throw 10.0.0.0/16", "10.5.0.0/16": "throw 10.5.0.0/16"}


def test_internet_gateway() -> None:
    route = Route("0.0.0.0/0", Target.INTERNET)
    assert table(route) == {"0.0.0.0/0": "0.0.0.0/0 via 100.64.0.1 dev uplink"}
    assert table(route, has_internet_gateway=False) == {"0.0.0.0/0": "prohibit 0.0.0.0/0"}


def test_interface_and_peering() -> None:
    assert table(
        Route("192.168.0.0/16", Target.INTERFACE, "eni-1"),
        Route("10.9.0.0/16", Target.PEERING, "pcx-1"),
    ) == {
        "192.168.0.0/16": "192.168.0.0/16 via 10.0.1.10 dev veni-1 onlink",
        "10.9.0.0/16": "10.9.0.0/16 via 100.65.0.1 dev ppcx-1",
    }


def test_what_leads_nowhere_is_refused() -> None:
    assert table(
        Route("10.1.0.0/16", Target.NOWHERE),
        Route("10.2.0.0/16", Target.INTERFACE, "eni-gone"),
        Route("10.3.0.0/16", Target.PEERING, "pcx-gone"),
    ) == {f"10.{n}.0.0/16": f"prohibit 10.{n}.0.0/16" for n in (1, 2, 3)}


def test_route_may_be_narrower_than_the_local_one() -> None:
    assert table(Route("10.0.7.0/24", Target.INTERFACE, "eni-1")) == {
        "10.0.7.0/24": "10.0.7.0/24 via 10.0.1.10 dev veni-1 onlink"
    }


def test_changes_touch_only_what_differs() -> None:
    before = {"a": "a dev x", "b": "b dev x", "c": "c dev x"}
    after = {"a": "a dev x", "b": "b dev y", "d": "d dev x"}
    assert changes(before, after, "1001") == [
        "route replace b dev y table 1001",
        "route replace d dev x table 1001",
        "route del c table 1001",
    ]
    assert changes(after, after) == []
