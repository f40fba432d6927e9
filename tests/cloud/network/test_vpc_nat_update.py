"""NAT gateways of an environment that is there (scenario 12)."""

from __future__ import annotations

from network_scenes import allocate

from .conftest import Asiaq, Cloud, tags_of
from .test_vpc_nat import assert_routed, gateways
from .test_vpc_update import CREATE, UPDATE, assert_settled, configure, routes


def addresses_of(cloud: Cloud, vpc_id: str) -> dict[str, str]:
    return {zone: g["NatGatewayAddresses"][0]["PublicIp"] for zone, g in gateways(cloud, vpc_id).items()}


def present(cloud: Cloud) -> set[str]:
    return {address["PublicIp"] for address in cloud.ec2.describe_addresses()["Addresses"]}


def marked(cloud: Cloud, vpc_id: str) -> set[str]:
    return {name for name, subnet in cloud.subnets(vpc_id).items() if "dynonat" in tags_of(subnet)}


def with_nat(asiaq: Asiaq, addresses: list[str] | str) -> None:
    text = addresses if isinstance(addresses, str) else ",".join(addresses)
    configure(asiaq, tunnel_nat_gateways=text, nat_gateway_routes="intranet/tunnel")


def test_scenario_12_gateways_come_stay_and_go(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    addresses = allocate(cloud, 4)
    with_nat(asiaq, addresses)
    asiaq.ok(*UPDATE)
    assert_routed(cloud, vpc_id)
    assert_settled(cloud, asiaq)
    with_nat(asiaq, addresses[::-1])
    assert_settled(cloud, asiaq)
    configure(asiaq)
    cloud.forget_requests()
    asiaq.ok(*UPDATE)
    names = [request.operation for request in cloud.writes()]
    assert names == ["DeleteRoute"] * 4 + ["DeleteNatGateway"] * 4
    assert gateways(cloud, vpc_id) == {} and present(cloud) == set(addresses)
    assert all(not table for table in routes(cloud, vpc_id, "intranet").values())
    assert_settled(cloud, asiaq)


def test_an_address_is_exchanged_without_a_gap(cloud: Cloud, asiaq: Asiaq) -> None:
    addresses = allocate(cloud, 5)
    with_nat(asiaq, addresses[:4])
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    with_nat(asiaq, addresses[1:])
    cloud.forget_requests()
    asiaq.ok(*UPDATE)
    names = [request.operation for request in cloud.writes()]
    assert names == ["CreateNatGateway", "ReplaceRoute", "DeleteNatGateway"]
    assert_routed(cloud, vpc_id)
    assert set(addresses_of(cloud, vpc_id).values()) == set(addresses[1:]) and present(cloud) == set(addresses)
    assert_settled(cloud, asiaq)


def test_own_addresses_and_automatic_ones_change_places(cloud: Cloud, asiaq: Asiaq) -> None:
    addresses = allocate(cloud, 4)
    with_nat(asiaq, addresses)
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    with_nat(asiaq, "auto")
    asiaq.ok(*UPDATE)
    assert_routed(cloud, vpc_id)
    assert len(present(cloud)) == 8 and not set(addresses_of(cloud, vpc_id).values()) & set(addresses)
    assert len(marked(cloud, vpc_id)) == 4
    assert_settled(cloud, asiaq)
    with_nat(asiaq, addresses)
    asiaq.ok(*UPDATE)
    assert_routed(cloud, vpc_id)
    assert present(cloud) == set(addresses) and marked(cloud, vpc_id) == set()
    assert_settled(cloud, asiaq)


def test_automatic_addresses_of_the_original_are_released_too(cloud: Cloud, asiaq: Asiaq) -> None:
    with_nat(asiaq, "auto")
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    ids = [address["AllocationId"] for address in cloud.ec2.describe_addresses()["Addresses"]]
    cloud.ec2.delete_tags(Resources=ids, Tags=[{"Key": "Name"}, {"Key": "asiaq:vpc"}])
    assert_settled(cloud, asiaq)
    configure(asiaq)
    asiaq.ok(*UPDATE)
    assert present(cloud) == set() and marked(cloud, vpc_id) == set()
    assert_settled(cloud, asiaq)
