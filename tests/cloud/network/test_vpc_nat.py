"""NAT gateways of a new environment (scenario 12, as far as create and destroy go)."""

from __future__ import annotations

from network_scenes import allocate
from sample_types import sandbox_with

from .conftest import Asiaq, Cloud, counts, tags_of

VPC = "disco_vpc_ui.py"
CREATE = [VPC, "create", "--name", "demo", "--type", "sandbox"]


def configure(asiaq: Asiaq, gateways: str) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(tunnel_nat_gateways=gateways, nat_gateway_routes="intranet/tunnel"))


def gateways(cloud: Cloud, vpc_id: str) -> dict[str, dict]:
    """Live gateways by zone."""
    zones = {subnet["SubnetId"]: subnet["AvailabilityZone"] for subnet in cloud.subnets(vpc_id).values()}
    found = cloud.ec2.describe_nat_gateways(Filter=[{"Name": "vpc-id", "Values": [vpc_id]}])["NatGateways"]
    return {zones[g["SubnetId"]]: g for g in found if g["State"] == "available"}


def assert_routed(cloud: Cloud, vpc_id: str) -> None:
    """Each intranet table's default route leads to the gateway of the same zone."""
    found = gateways(cloud, vpc_id)
    assert len(found) == 4
    for table in cloud.tables(vpc_id).values():
        if tags_of(table)["meta_network"] != "intranet":
            continue
        (route,) = [r for r in table["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"]
        assert route["NatGatewayId"] == found[tags_of(table)["subnet"]]["NatGatewayId"]


def test_scenario_12_static_addresses(cloud: Cloud, asiaq: Asiaq) -> None:
    addresses = allocate(cloud, 4)
    configure(asiaq, ",".join(addresses))
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    assert_routed(cloud, vpc_id)
    found = gateways(cloud, vpc_id)
    assert [found[f"us-west-2{z}"]["NatGatewayAddresses"][0]["PublicIp"] for z in "abcd"] == addresses
    assert max(counts(cloud.reads()).values()) <= 3, counts(cloud.reads())
    asiaq.ok(VPC, "destroy", "--name", "demo")
    assert cloud.left_of(vpc_id) == []
    assert sorted(a["PublicIp"] for a in cloud.ec2.describe_addresses()["Addresses"]) == sorted(addresses)


def test_scenario_12_wrong_addresses_are_found_before_any_change(cloud: Cloud, asiaq: Asiaq) -> None:
    addresses = allocate(cloud, 3)
    configure(asiaq, " ".join(addresses))
    error = asiaq.fails(1, *CREATE)
    assert "3 addresses for 4 subnets" in error and "max_zones" in error
    configure(asiaq, " ".join([*addresses, "198.51.100.7"]))
    assert "198.51.100.7" in asiaq.fails(1, *CREATE)
    assert not cloud.writes()


def test_scenario_12_automatic_addresses_go_with_the_environment(cloud: Cloud, asiaq: Asiaq) -> None:
    own = allocate(cloud, 1)
    configure(asiaq, "auto")
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    assert_routed(cloud, vpc_id)
    made = [a for a in cloud.ec2.describe_addresses()["Addresses"] if a["PublicIp"] not in own]
    assert len(made) == 4 and all(tags_of(a)["dynamic"] == "true" for a in made)
    marked = {n for n, s in cloud.subnets(vpc_id).items() if "dynonat" in tags_of(s)}
    assert marked == {f"demo_tunnel_us-west-2{zone}" for zone in "abcd"}
    asiaq.ok(VPC, "destroy", "--name", "demo")
    assert [a["PublicIp"] for a in cloud.ec2.describe_addresses()["Addresses"]] == own
    assert cloud.left_of(vpc_id) == []
