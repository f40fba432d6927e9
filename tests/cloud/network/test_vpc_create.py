"""asiaq vpc create and list. Numbers are those of the acceptance scenarios of environments."""

from __future__ import annotations

import ipaddress
import json

import pytest
from asiaq_local.faults.call import Call
from asiaq_local.faults.proxy import Proxy, Upstream
from asiaq_local.http_server import Reply
from sample_types import SANDBOX, sandbox_with

from .conftest import REGION, Asiaq, Cloud, counts, tags_of

VPC = "disco_vpc_ui.py"
METANETWORKS = ["intranet", "tunnel", "dmz", "maintenance"]


def create(asiaq: Asiaq, name: str = "demo", type_: str = "sandbox") -> str:
    return asiaq.ok(VPC, "create", "--name", name, "--type", type_)


def test_scenario_1_create_makes_the_whole_network(cloud: Cloud, sandbox: Asiaq) -> None:
    output = create(sandbox)
    vpc = cloud.vpc("demo")
    vpc_id = vpc["VpcId"]
    assert output == f"VPC demo({vpc_id}) has been created\n"
    tags = tags_of(vpc)
    assert (tags["Name"], tags["type"]) == ("demo", "sandbox") and "asiaq:creating" not in tags

    subnets = cloud.subnets(vpc_id)
    assert len(subnets) == 16 and all(subnet["CidrBlock"].endswith("/22") for subnet in subnets.values())
    subnet = subnets["demo_tunnel_us-west-2b"]
    assert subnet["CidrBlock"] == "10.101.20.0/22" and subnet["AvailabilityZone"] == "us-west-2b"
    assert tags_of(subnet)["meta_network"] == "tunnel" and tags_of(subnet)["subnet"] == "us-west-2b"

    tables = cloud.tables(vpc_id)
    assert set(tables) == set(subnets)
    for name, table in tables.items():
        assert [a["SubnetId"] for a in table["Associations"]] == [subnets[name]["SubnetId"]]
        assert tags_of(table)["meta_network"] == tags_of(subnets[name])["meta_network"]
        assert tags_of(table)["subnet"] == tags_of(subnets[name])["subnet"]
        to_gateway = {r["DestinationCidrBlock"] for r in table["Routes"] if r.get("GatewayId", "").startswith("igw-")}
        expected = {"tunnel": {"0.0.0.0/0"}, "dmz": {"54.201.1.1/32"}}.get(name.split("_")[1], set())
        assert to_gateway == expected, name

    groups = cloud.groups(vpc_id)
    assert set(groups) == {"default", *(f"demo_{name}" for name in METANETWORKS)}
    assert groups["demo_dmz"]["Description"] == "Client facing"
    assert tags_of(groups["demo_dmz"]) == {"Name": "demo_dmz", "meta_network": "dmz"}

    dump = cloud.dump("demo")
    assert dump["dhcp"] == [
        ("domain-name", ["x.internal"]),
        ("domain-name-servers", ["AmazonProvidedDNS"]),
        ("ntp-servers", ["10.101.16.5"]),
    ]
    (dhcp,) = cloud.ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
    assert tags_of(dhcp)["Name"] == "demo"
    assert dump["attributes"] == [True, True]
    assert dump["endpoints"] == [17]  # the main table has it too


@pytest.mark.parametrize("options", [{"max_zones": "3"}])
def test_scenario_1_max_zones_leaves_the_fourth_block_unused(cloud: Cloud, asiaq: Asiaq, options: dict[str, str]) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(**options))
    create(asiaq)
    subnets = cloud.subnets(cloud.vpc("demo")["VpcId"])
    assert len(subnets) == 12
    assert {s["CidrBlock"] for n, s in subnets.items() if "_intranet_" in n} == {
        "10.101.0.0/22", "10.101.4.0/22", "10.101.8.0/22"}  # fmt: skip


def test_scenario_1_a_region_with_three_zones(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(VPC, "create", "--name", "demo", "--type", "sandbox", AWS_REGION="eu-central-1")
    subnets = cloud.client("ec2", "eu-central-1").describe_subnets(
        Filters=[{"Name": "tag-key", "Values": ["meta_network"]}])["Subnets"]  # fmt: skip
    assert len(subnets) == 12 and cloud.vpcs_named("demo") == []


def test_scenario_2_rules(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    vpc_id = cloud.vpc("demo")["VpcId"]
    tunnel = {("tcp", port, port, net) for port in (80, 443) for net in METANETWORKS}
    tunnel |= {("udp", 123, 123, net) for net in METANETWORKS} | {("tcp", 22, 22, "maintenance")}
    implicit = {("icmp", -1, -1, "10.101.0.0/16"), ("udp", 53, 53, "10.101.0.0/16")}
    assert cloud.rules(vpc_id, "tunnel") == tunnel | implicit
    intranet = {("tcp", 0, 65535, net) for net in METANETWORKS}
    intranet |= {("udp", 0, 65535, "intranet"), ("tcp", 2181, 2181, "dmz")}
    assert cloud.rules(vpc_id, "intranet") == intranet | implicit
    assert cloud.rules(vpc_id, "dmz") == cloud.rules(vpc_id, "maintenance") == set()


def test_scenario_3_a_finished_name_is_taken(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    before = cloud.everything()
    cloud.forget_requests()
    error = sandbox.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    assert "demo exists already" in error and cloud.vpc("demo")["VpcId"] in error
    assert not cloud.writes() and cloud.everything() == before


def test_scenario_3_bad_names_types_and_usage(cloud: Cloud, sandbox: Asiaq) -> None:
    for name in ("a_b", "a b", "a*", "a/b", ""):
        assert "name" in sandbox.fails(1, VPC, "create", f"--name={name}", "--type", "sandbox"), name
    assert "nope" in sandbox.fails(1, VPC, "create", "--name", "demo", "--type", "nope")
    assert "--type" in sandbox.fails(2, VPC, "create", "--name", "demo")
    assert not cloud.requests()


def test_an_unknown_type_is_answered_with_those_there_are(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_vpc.ini", SANDBOX + "[envtype:build]\n[env:demo2]\n[peerings]\n")
    error = sandbox.error(VPC, "create", "--name", "demo", "--type", "sandbx")
    assert "[envtype:sandbx]" in error
    assert error.endswith("(the types are sandbox, build; did you mean sandbox?)")
    assert sandbox.error(VPC, "create", "--name", "demo", "--type", "zzzzzzzz").endswith("(the types are sandbox, build)")
    sandbox.write("disco_vpc.ini", "[peerings]\n")
    assert sandbox.error(VPC, "create", "--name", "demo", "--type", "sandbox").endswith("(the file defines no type)")
    assert not cloud.requests()


def test_a_missing_configuration_is_named(cloud: Cloud, asiaq: Asiaq) -> None:
    error = asiaq.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    assert str(asiaq.folder / "disco_vpc.ini") in error and not cloud.requests()


DYNAMIC = """
[envtype:sandbox]
ip_space=10.0.0.0/16
vpc_cidr_size=20
intranet_cidr=auto
tunnel_cidr=auto
dmz_cidr=auto
maintenance_cidr=auto
"""


def test_scenario_4_dynamic_ranges_avoid_other_vpcs(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", DYNAMIC)
    taken = [ipaddress.ip_network(cidr) for cidr in ("10.0.0.0/20", "10.0.32.0/19")]
    for network in taken:
        cloud.ec2.create_vpc(CidrBlock=str(network))
    create(asiaq)
    vpc = cloud.vpc("demo")
    own = ipaddress.ip_network(vpc["CidrBlock"])
    assert own.prefixlen == 20 and own.subnet_of(ipaddress.ip_network("10.0.0.0/16"))
    assert not any(own.overlaps(network) for network in taken)
    subnets = cloud.subnets(vpc["VpcId"]).values()
    assert {s["CidrBlock"] for s in subnets} == {str(block) for block in own.subnets(new_prefix=24)}
    for metanetwork in METANETWORKS:
        blocks = [ipaddress.ip_network(s["CidrBlock"]) for s in subnets if tags_of(s)["meta_network"] == metanetwork]
        assert [str(n) for n in ipaddress.collapse_addresses(blocks)] == [str(min(blocks).supernet(new_prefix=22))]


def test_scenario_4_a_full_pool_and_half_a_configuration(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", DYNAMIC)
    cloud.ec2.create_vpc(CidrBlock="10.0.0.0/16")
    assert "no range available" in asiaq.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    for option in ("ip_space=10.0.0.0/16\n", "vpc_cidr_size=20\n"):
        asiaq.write("disco_vpc.ini", DYNAMIC.replace(option, ""))
        assert option.split("=")[0] + " is missing" in asiaq.fails(
            1, VPC, "create", "--name", "demo", "--type", "sandbox")  # fmt: skip
    assert not cloud.writes()


MIXED = """
[envtype:sandbox]
vpc_cidr=10.0.0.0/20
intranet_cidr=auto
tunnel_cidr=auto
dmz_cidr={dmz}
maintenance_cidr=auto
"""


def test_scenario_5_auto_ranges_beside_a_static_one(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", MIXED.format(dmz="10.0.1.0/24"))
    create(asiaq)
    subnets = cloud.subnets(cloud.vpc("demo")["VpcId"])
    lowest = {}
    for name, subnet in subnets.items():
        network = ipaddress.ip_network(subnet["CidrBlock"])
        metanetwork = name.split("_")[1]
        assert network.prefixlen == (26 if metanetwork == "dmz" else 24)
        lowest[metanetwork] = min(lowest.get(metanetwork, network), network)
    assert str(lowest["dmz"]) == "10.0.1.0/26"
    assert {str(n.network_address) for m, n in lowest.items() if m != "dmz"} == {"10.0.4.0", "10.0.8.0", "10.0.12.0"}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"dmz_cidr": "10.9.0.0/24"}, "dmz_cidr=10.9.0.0/24"),
        ({"dmz_cidr": "10.101.0.0/24"}, "dmz_cidr=10.101.0.0/24"),
        ({"dmz_cidr": "10.101.32.0/27"}, "dmz_cidr=10.101.32.0/27"),
        ({"vpc_cidr": "10.101.0.0/15"}, "10.100.0.0/15"),
        ({"vpc_cidr": "10.101"}, "vpc_cidr=10.101"),
        ({"tunnel_igw_routes": "internet"}, "tunnel_igw_routes=internet"),
        ({"tunnel_vgw_routes": "0.0.0.0/0"}, "0.0.0.0/0 is in both"),
        ({"customer_ports": "http"}, "'http'"),
        ({"max_zones": "many"}, "max_zones=many"),
        ({"ntp_server": "", "ntp_server_metanetwork": "tunnel", "ntp_server_offset": "+5000"}, "+5000"),
        # Scenario 8: every kind of bad rule is quoted with its metanetwork.
        ({"dmz_sg_rules": "tcp all"}, "'tcp all' of metanetwork dmz"),
        ({"dmz_sg_rules": "tcp all 80,"}, "of metanetwork dmz"),
        ({"dmz_sg_rules": "tcp foo 80"}, "'tcp foo 80' of metanetwork dmz"),
        ({"dmz_sg_rules": "tcp all eighty"}, "'tcp all eighty' of metanetwork dmz"),
    ],
)
def test_scenarios_5_and_8_errors_come_before_any_write(
    cloud: Cloud, asiaq: Asiaq, options: dict[str, str], named: str
) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(**options))
    assert named in asiaq.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox")
    assert not cloud.writes() and cloud.vpcs_named("demo") == []


def test_scenario_6_an_empty_option_blanks_that_of_the_type(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", SANDBOX + "[env:demo]\ndmz_igw_routes=\n")
    for name, expected in (("demo", False), ("other", True)):
        create(asiaq, name)
        routes = cloud.tables(cloud.vpc(name)["VpcId"])[f"{name}_dmz_us-west-2a"]["Routes"]
        assert any(r.get("DestinationCidrBlock") == "54.201.1.1/32" for r in routes) is expected


@pytest.mark.parametrize("ports", ["443,80", "443 80"])
def test_scenario_9_customer_ports(cloud: Cloud, asiaq: Asiaq, ports: str) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(customer_ports=ports, customer_cidr="0.0.0.0/0", intranet_sg_rules=""))
    create(asiaq)
    vpc_id = cloud.vpc("demo")["VpcId"]
    both = {("tcp", port, port, "dmz") for port in (443, 80)}
    assert cloud.rules(vpc_id, "dmz") == both | {("tcp", port, port, "0.0.0.0/0") for port in (443, 80)}
    assert cloud.rules(vpc_id, "intranet") == both


def test_scenario_11_a_vpn_gateway_moves_here_and_outlives_the_environment(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(tunnel_vgw_routes="10.123.0.0/16"))
    gateway = cloud.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    cloud.ec2.create_tags(Resources=[gateway], Tags=[{"Key": "Name", "Value": "demo"}])
    other = cloud.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    cloud.ec2.attach_vpn_gateway(VpcId=other, VpnGatewayId=gateway)
    create(asiaq)
    vpc_id = cloud.vpc("demo")["VpcId"]

    def attached() -> list[str]:
        (found,) = cloud.ec2.describe_vpn_gateways(VpnGatewayIds=[gateway])["VpnGateways"]
        return [a["VpcId"] for a in found["VpcAttachments"] if a["State"] == "attached"]

    assert attached() == [vpc_id]
    for name, table in cloud.tables(vpc_id).items():
        targets = [r.get("GatewayId") for r in table["Routes"] if r.get("DestinationCidrBlock") == "10.123.0.0/16"]
        assert targets == ([gateway] if "_tunnel_" in name else []), name
    asiaq.ok(VPC, "destroy", "--name", "demo")
    assert attached() == [] and cloud.left_of(vpc_id) == []


def test_scenario_11_without_a_vpn_gateway_its_routes_are_left_out(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(tunnel_vgw_routes="10.123.0.0/16"))
    done = asiaq(VPC, "create", "--name", "demo", "--type", "sandbox")
    assert done.returncode == 0 and "WARNING Route 10.123.0.0/16 of tunnel is left out" in done.stderr
    routes = cloud.tables(cloud.vpc("demo")["VpcId"])["demo_tunnel_us-west-2a"]["Routes"]
    assert "10.123.0.0/16" not in [r.get("DestinationCidrBlock") for r in routes]


def test_scenario_15_static_addresses_are_reserved(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_aws.ini", "[disco_aws]\ndefault_meta_network=tunnel\n[mhcproxy]\nip_address=+5\n"
                  "[mhcalias]\nprivate_ip=+5\n[mhclast]\nip_address=-2\n[mhcfar]\nip_address=+5000\n"
                  "[mhcother]\nip_address=10.9.9.9\n[mhcodd]\nip_address=+6\nmeta_network=backyard\n"
                  "[mhcelsewhere]\nip_address=+7\nip_address@demo=\n[other]\nip_address=+8\n")  # fmt: skip
    done = sandbox(VPC, "create", "--name", "demo", "--type", "sandbox")
    assert done.returncode == 0
    interfaces = cloud.of_vpc("describe_network_interfaces", "NetworkInterfaces", cloud.vpc("demo")["VpcId"])
    assert {(i["PrivateIpAddress"], i["AvailabilityZone"], i["Description"], i["Groups"][0]["GroupName"])
            for i in interfaces} == {
        ("10.101.16.5", "us-west-2a", "floating interface", "demo_tunnel"),
        ("10.101.31.253", "us-west-2d", "floating interface", "demo_tunnel"),
    }  # fmt: skip
    assert len(interfaces) == 2
    for word in ("mhcfar", "mhcother", "mhcodd"):
        assert f"No address is reserved for hostclass {word}" in done.stderr
    cloud.forget_requests()
    assert sandbox(VPC, "update", "--name", "demo").returncode == 0
    assert not cloud.writes()


def test_skip_enis_reserves_nothing(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_aws.ini", "[disco_aws]\n[mhcproxy]\nip_address=+5\nmeta_network=tunnel\n")
    sandbox.ok(VPC, "create", "--name", "demo", "--type", "sandbox", "--skip-enis")
    assert cloud.dump("demo")["interfaces"] == []


def test_more_tags_reach_subnets_and_tables(cloud: Cloud, sandbox: Asiaq) -> None:
    arguments = [VPC, "create", "--name", "demo", "--type", "sandbox", "--tag", "owner:me:too", "--tag", "a:b"]
    sandbox.ok(*arguments)
    vpc = cloud.vpc("demo")
    some = [vpc, *cloud.subnets(vpc["VpcId"]).values(), *cloud.tables(vpc["VpcId"]).values()]
    assert len(some) == 33
    for item in some:
        assert tags_of(item)["owner"] == "me:too" and tags_of(item)["a"] == "b" and tags_of(item)["type"] == "sandbox"
    assert "key:value" in sandbox.fails(2, VPC, "create", "--name", "x", "--type", "sandbox", "--tag", "plain")


def test_ntp_server_by_offset(cloud: Cloud, asiaq: Asiaq) -> None:
    options = {"ntp_server": "", "ntp_server_metanetwork": "tunnel", "ntp_server_offset": "+5"}
    asiaq.write("disco_vpc.ini", sandbox_with(**options))
    create(asiaq)
    assert ("ntp-servers", ["10.101.16.5"]) in cloud.dump("demo")["dhcp"]


def test_s3_endpoint_can_be_left_out(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(s3_endpoint="no"))
    create(asiaq)
    assert cloud.dump("demo")["endpoints"] == []


def test_dry_run_prints_the_plan_and_writes_nothing(cloud: Cloud, sandbox: Asiaq) -> None:
    before = cloud.everything()
    text = sandbox.ok(VPC, "create", "--name", "demo", "--type", "sandbox", "--dry-run")
    assert "would create    subnet demo_tunnel_us-west-2b\n      10.101.20.0/22\n" in text
    assert "add tcp 2181 from dmz" in text
    changes = json.loads(sandbox.ok(
        "asiaq", "vpc", "create", "--name", "demo", "--type", "sandbox", "--dry-run", "--output", "json"))  # fmt: skip
    assert sum(change["kind"] == "subnet" for change in changes) == 16
    assert not cloud.writes() and cloud.everything() == before


def test_create_makes_few_calls(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    reads, writes = counts(cloud.reads()), counts(cloud.writes())
    assert sum(reads.values()) <= 6 and max(reads.values()) <= 2, reads
    assert writes == {
        "CreateVpc": 1, "ModifyVpcAttribute": 2, "CreateSecurityGroup": 4, "CreateSubnet": 16, "CreateRouteTable": 16,
        "AssociateRouteTable": 16, "CreateDhcpOptions": 1, "AssociateDhcpOptions": 1, "CreateInternetGateway": 1,
        "AttachInternetGateway": 1, "AuthorizeSecurityGroupIngress": 2, "CreateRoute": 8, "CreateVpcEndpoint": 1,
        "DeleteTags": 1,
    }  # fmt: skip


def test_a_rival_of_the_same_name_makes_create_step_back(cloud: Cloud, sandbox: Asiaq) -> None:
    upstream = Upstream(cloud.endpoint)

    def with_rival(call: Call) -> Reply:
        # It appears between the program's first look and the second.
        if call.operation == "CreateVpc":
            cloud.ec2.create_vpc(CidrBlock="10.55.0.0/16", TagSpecifications=[
                {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "demo"}]}])  # fmt: skip
        return upstream(call)

    proxy = Proxy(with_rival)
    error = sandbox.fails(1, VPC, "create", "--name", "demo", "--type", "sandbox", AWS_ENDPOINT_URL=proxy.endpoint)
    proxy.close()
    assert "made at the same time" in error
    assert [vpc["CidrBlock"] for vpc in cloud.vpcs_named("demo")] == ["10.55.0.0/16"]


def test_scenario_14_list_shows_every_vpc_of_the_region(cloud: Cloud, asiaq: Asiaq) -> None:
    default = cloud.ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    specification = {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "demo"}, {"Key": "type", "Value": "sandbox"}]}
    own = cloud.ec2.create_vpc(CidrBlock="10.1.0.0/16", TagSpecifications=[specification])["Vpc"]["VpcId"]
    assert asiaq.ok(VPC, "list") == f"{default}\t{'-':<15}\n{own}\t{'demo':<15}\n"
    assert asiaq.ok(VPC, "list", "--type") == f"{default}\t{'-':<15}\t-\n{own}\t{'demo':<15}\tsandbox\n"
    cloud.forget_requests()
    found = json.loads(asiaq.ok("asiaq", "vpc", "list", "--output", "json"))
    assert found[1] == {"id": own, "name": "demo", "type": "sandbox", "cidr": "10.1.0.0/16", "is_default": False,
                        "is_unfinished": False}  # fmt: skip
    assert found[0]["name"] is None and found[0]["is_default"] is True
    assert counts(cloud.reads()) == {"DescribeVpcs": 1} and not cloud.writes()


def test_the_region_of_the_session_counts(asiaq: Asiaq) -> None:
    assert REGION == "us-west-2" and len(asiaq.ok(VPC, "list", AWS_REGION="eu-west-1").splitlines()) == 1
