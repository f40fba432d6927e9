"""asiaq vpc update. Numbers are those of the acceptance scenarios of environments."""

from __future__ import annotations

import json
from typing import Any

import pytest
from network_scenes import internet_gateway, make_central
from sample_types import sandbox_with

from .conftest import Asiaq, Cloud, counts, name_of, tags_of

VPC = "disco_vpc_ui.py"
CREATE = [VPC, "create", "--name", "demo", "--type", "sandbox"]
UPDATE = [VPC, "update", "--name", "demo"]


def configure(asiaq: Asiaq, more: str = "", **options: str) -> None:
    """The type `sandbox` with some options replaced, and more sections."""
    asiaq.write("disco_vpc.ini", sandbox_with(**options) + more)


def routes(cloud: Cloud, vpc_id: str, metanetwork: str) -> dict[str, dict[str, str]]:
    """Destination and target of the routes of each table of a metanetwork, without those inside the VPC."""
    found = {}
    for table in cloud.of_vpc("describe_route_tables", "RouteTables", vpc_id):
        if tags_of(table).get("meta_network") != metanetwork:
            continue
        targets = {}
        for route in table["Routes"]:
            target = next((route[key] for key in ("GatewayId", "NatGatewayId", "VpcPeeringConnectionId") if route.get(key)), "")
            if "DestinationCidrBlock" in route and target != "local":
                targets[route["DestinationCidrBlock"]] = target
        found[name_of(table)] = targets
    return found


def assert_settled(cloud: Cloud, asiaq: Asiaq) -> None:
    """Another update changes nothing and asks little."""
    before = cloud.everything()
    cloud.forget_requests()
    asiaq.ok(*UPDATE)
    assert not cloud.writes() and cloud.everything() == before
    assert len(cloud.reads()) <= 12, cloud.reads()
    assert asiaq.ok(*UPDATE, "--dry-run") == "nothing to change\n"


def test_an_update_right_after_create_changes_nothing(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    assert_settled(cloud, sandbox)


def test_scenario_7_dry_run_prints_and_update_applies(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    configure(asiaq, tunnel_sg_rules="tcp 10.1.0.22/16 443")
    before = cloud.everything()
    cloud.forget_requests()
    text = asiaq.ok(*UPDATE, "--dry-run")
    assert "      add tcp 443 from 10.1.0.0/16\n" in text
    assert text.count("      revoke ") == 13 and text.endswith("2 changes: 1 to create, 1 to delete\n")
    assert not cloud.writes() and cloud.everything() == before
    asiaq.ok(*UPDATE)
    implicit = {("icmp", -1, -1, "10.101.0.0/16"), ("udp", 53, 53, "10.101.0.0/16")}
    assert cloud.rules(vpc_id, "tunnel") == {("tcp", 443, 443, "10.1.0.0/16")} | implicit
    assert_settled(cloud, asiaq)


def test_scenario_7_dry_run_without_an_internet_gateway(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    gateway = internet_gateway(cloud, vpc_id)
    cloud.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc_id)
    cloud.ec2.delete_internet_gateway(InternetGatewayId=gateway)
    before = cloud.everything()
    cloud.forget_requests()
    text = sandbox.ok(*UPDATE, "--dry-run")
    assert "would create    internet gateway demo\n" in text
    assert "would replace   route demo_tunnel_us-west-2a 0.0.0.0/0\n" in text
    assert not cloud.writes() and cloud.everything() == before
    sandbox.ok(*UPDATE)
    made = internet_gateway(cloud, vpc_id)
    assert all(t["0.0.0.0/0"] == made for t in routes(cloud, vpc_id, "tunnel").values())
    assert_settled(cloud, sandbox)


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"dmz_sg_rules": "tcp all"}, "'tcp all' of metanetwork dmz"),
        ({"dmz_sg_rules": "tcp all 80,"}, "of metanetwork dmz"),
        ({"dmz_sg_rules": "tcp foo 80"}, "'tcp foo 80' of metanetwork dmz"),
        ({"dmz_sg_rules": "tcp all eighty"}, "'tcp all eighty' of metanetwork dmz"),
        ({"dmz_sg_rules": "smoke all 80"}, "unknown protocol 'smoke'"),
        ({"dmz_sg_rules": "tcp 10.0.0.0/33 80"}, "'10.0.0.0/33' is no IPv4 range"),
        ({"tunnel_igw_routes": "everywhere"}, "tunnel_igw_routes=everywhere"),
        ({"tunnel_vgw_routes": "0.0.0.0/0"}, "0.0.0.0/0 is in both"),
        ({"customer_ports": "http"}, "'http'"),
        ({"nat_gateway_routes": "intranet-tunnel"}, "'intranet-tunnel' is not of the form source/destination"),
        ({"nat_gateway_routes": "intranet/moon"}, "there is no metanetwork 'moon'"),
        ({"nat_gateway_routes": "intranet/tunnel"}, "tunnel_nat_gateways is not configured"),
        ({"tunnel_nat_gateways": "auto", "nat_gateway_routes": "tunnel/tunnel"}, "tunnel has a route for 0.0.0.0/0"),
        ({"tunnel_nat_gateways": "auto", "dmz_nat_gateways": "auto",
          "nat_gateway_routes": "intranet/tunnel intranet/dmz"}, "two destinations for intranet"),
        ({"tunnel_nat_gateways": "1.2.3.4"}, "1 addresses for 4 subnets"),
        ({"tunnel_nat_gateways": "1.2.3.4 1.2.3.4 1.2.3.5 1.2.3.6"}, "names 1.2.3.4 twice"),
        ({"tunnel_nat_gateways": "1.2.3.4 1.2.3.5 1.2.3.6 1.2.3.7"}, "1.2.3.4 is no elastic IP"),
        ({"tunnel_nat_gateways": "somewhere"}, "'somewhere' is no address"),
    ],
)  # fmt: skip
def test_scenarios_8_and_12_errors_come_before_any_write(cloud: Cloud, asiaq: Asiaq, options: dict[str, str], named: str) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    configure(asiaq, **options)
    cloud.forget_requests()
    assert named in asiaq.fails(1, *UPDATE)
    assert not cloud.writes()


def test_scenario_6_a_blanked_option_removes_its_routes(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    configure(asiaq, "[env:demo]\ndmz_igw_routes=\n")
    asiaq.ok(*UPDATE)
    assert set(map(len, routes(cloud, vpc_id, "dmz").values())) == {0}
    assert_settled(cloud, asiaq)


def test_scenario_9_customer_ports(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq, intranet_sg_rules="")
    asiaq.ok(*CREATE)
    configure(asiaq, intranet_sg_rules="", customer_ports="443,80", customer_cidr="0.0.0.0/0")
    asiaq.ok(*UPDATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    both = {("tcp", port, port, "dmz") for port in (443, 80)}
    assert cloud.rules(vpc_id, "dmz") == both | {("tcp", port, port, "0.0.0.0/0") for port in (443, 80)}
    assert cloud.rules(vpc_id, "intranet") == both
    assert_settled(cloud, asiaq)


def test_scenario_10_routes_change_by_destination(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq, dmz_igw_routes="54.201.1.1/32 5.5.5.5/32")
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    other = cloud.ec2.create_vpc(CidrBlock="10.200.0.0/16")["Vpc"]["VpcId"]
    peering = cloud.ec2.create_vpc_peering_connection(VpcId=vpc_id, PeerVpcId=other)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    cloud.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    for table in cloud.tables(vpc_id).values():
        cloud.ec2.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="10.200.0.0/16", VpcPeeringConnectionId=peering)
    configure(asiaq, dmz_igw_routes="5.5.5.5/32 6.6.6.6/32")
    cloud.forget_requests()
    asiaq.ok(*UPDATE)
    assert counts(cloud.writes()) == {"CreateRoute": 4, "DeleteRoute": 4}
    for table in routes(cloud, vpc_id, "dmz").values():
        assert set(table) == {"5.5.5.5/32", "6.6.6.6/32", "10.200.0.0/16"} and table["10.200.0.0/16"] == peering
    assert cloud.dump("demo")["endpoints"] == [17]
    assert_settled(cloud, asiaq)


def test_routes_are_added_before_others_are_removed(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    configure(asiaq, dmz_igw_routes="6.6.6.6/32", tunnel_sg_rules="tcp dmz 444")
    cloud.forget_requests()
    asiaq.ok(*UPDATE)
    names = [request.operation for request in cloud.writes()]
    assert names.index("AuthorizeSecurityGroupIngress") < names.index("RevokeSecurityGroupIngress")
    assert names.index("CreateRoute") < names.index("DeleteRoute")


def test_scenario_11_a_vpn_gateway_is_attached_by_an_update(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    gateway = cloud.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    cloud.ec2.create_tags(Resources=[gateway], Tags=[{"Key": "Name", "Value": "demo"}])
    configure(asiaq, tunnel_vgw_routes="10.123.0.0/16")
    asiaq.ok(*UPDATE)
    assert all(t["10.123.0.0/16"] == gateway for t in routes(cloud, vpc_id, "tunnel").values())
    assert_settled(cloud, asiaq)


def test_dhcp_options_are_replaced_and_the_old_set_goes(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    sets = len(cloud.ec2.describe_dhcp_options()["DhcpOptions"])
    configure(asiaq, ntp_server="10.101.16.5 10.101.16.6", domain_name="y.internal")
    asiaq.ok(*UPDATE)
    dhcp = dict(cloud.dump("demo")["dhcp"])
    assert dhcp["domain-name"] == ["y.internal"] and sorted(dhcp["ntp-servers"]) == ["10.101.16.5", "10.101.16.6"]
    assert len(cloud.ec2.describe_dhcp_options()["DhcpOptions"]) == sets
    # The order of servers means nothing.
    configure(asiaq, ntp_server="10.101.16.6 10.101.16.5", domain_name="y.internal")
    assert_settled(cloud, asiaq)


def test_an_s3_endpoint_is_made_only_when_it_is_asked_for(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq, s3_endpoint="no")
    asiaq.ok(*CREATE)
    configure(asiaq)
    assert_settled(cloud, asiaq)
    configure(asiaq, s3_endpoint="yes")
    asiaq.ok(*UPDATE)
    assert cloud.dump("demo")["endpoints"] == [17]
    assert_settled(cloud, asiaq)


def test_an_s3_endpoint_that_is_there_gets_new_tables(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    cloud.ec2.create_route_table(VpcId=vpc_id)
    sandbox.ok(*UPDATE)
    assert cloud.dump("demo")["endpoints"] == [18]
    assert_settled(cloud, sandbox)


def test_a_table_that_somebody_deleted_comes_back(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    undisturbed = cloud.dump("demo")
    table = cloud.tables(vpc_id)["demo_dmz_us-west-2b"]
    cloud.ec2.disassociate_route_table(AssociationId=table["Associations"][0]["RouteTableAssociationId"])
    cloud.ec2.delete_route_table(RouteTableId=table["RouteTableId"])
    sandbox.ok(*UPDATE)
    assert cloud.dump("demo") == undisturbed
    assert_settled(cloud, sandbox)


def test_scenario_20_a_region_that_gained_a_zone(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq, max_zones="3")
    asiaq.ok(*CREATE)
    configure(asiaq, dmz_igw_routes="6.6.6.6/32")
    asiaq.ok(*UPDATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    assert len(cloud.subnets(vpc_id)) == 12
    assert all(set(t) == {"6.6.6.6/32"} for t in routes(cloud, vpc_id, "dmz").values())
    assert_settled(cloud, asiaq)


def test_scenario_20_a_central_table_is_edited_where_it_is(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq, max_zones="3", s3_endpoint="no")
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    make_central(cloud, "demo")
    configure(asiaq, intranet_igw_routes="7.7.7.7/32")
    cloud.forget_requests()
    asiaq.ok(*UPDATE)
    assert counts(cloud.writes()) == {"CreateRoute": 1}
    assert {name: set(table) for name, table in routes(cloud, vpc_id, "intranet").items()} == {"demo_intranet": {"7.7.7.7/32"}}
    assert_settled(cloud, asiaq)


def test_scenario_20_a_nat_route_divides_a_central_table(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq, max_zones="3", s3_endpoint="no", intranet_igw_routes="0.0.0.0/0 7.7.7.7/32")
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    central, gateway = make_central(cloud, "demo"), internet_gateway(cloud, vpc_id)
    for destination in ("0.0.0.0/0", "7.7.7.7/32"):
        cloud.ec2.create_route(RouteTableId=central, DestinationCidrBlock=destination, GatewayId=gateway)
    configure(asiaq, max_zones="3", s3_endpoint="no", intranet_igw_routes="7.7.7.7/32", tunnel_nat_gateways="auto",
              nat_gateway_routes="intranet/tunnel")  # fmt: skip
    asiaq.ok(*UPDATE)
    assert set(routes(cloud, vpc_id, "intranet")) == {f"demo_intranet_us-west-2{zone}" for zone in "abc"}
    for table in routes(cloud, vpc_id, "intranet").values():
        assert table["0.0.0.0/0"].startswith("nat-") and table["7.7.7.7/32"].startswith("igw-") and len(table) == 2
    assert central not in [t["RouteTableId"] for t in cloud.of_vpc("describe_route_tables", "RouteTables", vpc_id)]
    assert_settled(cloud, asiaq)


def test_a_configured_metanetwork_that_is_not_there(cloud: Cloud, asiaq: Asiaq) -> None:
    rules = "tcp all 80 443"
    configure(asiaq, maintenance_cidr="", tunnel_sg_rules=rules)
    asiaq.ok(*CREATE)
    configure(asiaq, dmz_igw_routes="6.6.6.6/32")
    cloud.forget_requests()
    assert "metanetwork maintenance is configured" in asiaq.fails(1, *UPDATE)
    assert not cloud.writes()
    configure(asiaq, dmz_igw_routes="6.6.6.6/32", maintenance_cidr="", tunnel_sg_rules=rules)
    asiaq.ok(*UPDATE)


def test_what_is_no_environment_is_refused(cloud: Cloud, sandbox: Asiaq) -> None:
    default = next(v["VpcId"] for v in cloud.ec2.describe_vpcs()["Vpcs"] if v["IsDefault"])
    foreign = cloud.ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    cloud.ec2.create_tags(Resources=[foreign], Tags=[{"Key": "Name", "Value": "hand"}, {"Key": "type", "Value": "unknown"}])
    assert "default VPC" in sandbox.fails(1, VPC, "update", "--vpc-id", default)
    assert "[envtype:unknown]" in sandbox.fails(1, VPC, "update", "--name", "hand")
    assert "no VPC has the name demo" in sandbox.fails(2, *UPDATE)
    sandbox.fails(2, VPC, "update", "--name", "h*")
    sandbox.fails(2, VPC, "update", "--vpc-id", "vpc-12345678")
    sandbox.fails(2, VPC, "update")
    sandbox.fails(2, VPC, "update", "--name", "hand", "--vpc-id", foreign)
    assert not cloud.writes()


def test_two_vpcs_of_one_name_are_both_named(cloud: Cloud, sandbox: Asiaq) -> None:
    ids = []
    for cidr in ("10.1.0.0/16", "10.2.0.0/16"):
        vpc = cloud.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        cloud.ec2.create_tags(Resources=[vpc], Tags=[{"Key": k, "Value": v} for k, v in (("Name", "demo"), ("type", "x"))])
        ids.append(vpc)
    error = sandbox.fails(1, *UPDATE)
    assert all(vpc in error for vpc in ids)


def test_detailed_exit_code(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq)
    asiaq.ok(*CREATE)
    assert asiaq(*UPDATE, "--dry-run", "--detailed-exitcode").returncode == 0
    configure(asiaq, dmz_igw_routes="6.6.6.6/32")
    done = asiaq(*UPDATE, "--dry-run", "--detailed-exitcode", "--output", "json")
    assert done.returncode == 3
    changes: list[dict[str, Any]] = json.loads(done.stdout)
    assert [change["verb"] for change in changes] == ["create", "delete"] * 4
    assert changes[1]["after"] == [0] and changes[0]["name"] == "demo_dmz_us-west-2a 6.6.6.6/32"
    assert asiaq(*UPDATE, "--dry-run").returncode == 0
    assert asiaq(*UPDATE, "--detailed-exitcode").returncode == 0
