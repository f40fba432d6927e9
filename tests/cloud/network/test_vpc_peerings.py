"""asiaq vpc peerings, and the peerings that create, update and destroy make. Numbers are those of the scenarios."""

from __future__ import annotations

import json

import pytest
from sample_types import PEERINGS, PEERS

from .conftest import Asiaq, Cloud, counts, name_of
from .test_vpc_update import routes

VPC = "disco_vpc_ui.py"

#: A type for dynamic ranges, whose VPCs fit beside those of PEERS.
TYPES = PEERS + """
[envtype:sandbox]
ip_space=10.0.0.0/16
vpc_cidr_size=20
intranet_cidr=auto
tunnel_cidr=auto
max_zones=2
s3_endpoint=no
"""


def create(asiaq: Asiaq, name: str, type_: str) -> None:
    asiaq.ok(VPC, "create", "--name", name, "--type", type_)


@pytest.fixture
def both(cloud: Cloud, asiaq: Asiaq) -> Asiaq:
    """VPCs `build` and, of type openvpn, `ci`, that nothing connects yet."""
    asiaq.write("disco_vpc.ini", TYPES)
    create(asiaq, "build", "build")
    create(asiaq, "ci", "openvpn")
    asiaq.write("disco_vpc.ini", TYPES + PEERINGS)
    cloud.forget_requests()
    return asiaq


def connections(cloud: Cloud, *statuses: str) -> list[dict]:
    found = cloud.ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    return [c for c in found if c["Status"]["Code"] in (statuses or ("active",))]


def assert_connected(cloud: Cloud) -> str:
    (connection,) = connections(cloud, "active", "pending-acceptance", "initiating-request", "provisioning")
    assert connection["Status"]["Code"] == "active"
    peering = connection["VpcPeeringConnectionId"]
    build, ci = cloud.vpc("build")["VpcId"], cloud.vpc("ci")["VpcId"]
    for table in routes(cloud, build, "tunnel").values():
        assert table == {"10.101.0.0/20": peering, "10.101.48.0/20": peering} | {
            destination: target for destination, target in table.items() if not target.startswith("pcx-")}  # fmt: skip
    for metanetwork in ("intranet", "maintenance"):
        assert len(routes(cloud, ci, metanetwork)) == 2
        for table in routes(cloud, ci, metanetwork).values():
            assert table == {"10.100.16.0/20": peering}
    return peering


def test_scenario_13_lines_of_one_pair_share_a_connection(cloud: Cloud, both: Asiaq) -> None:
    both.ok(VPC, "peerings", "--create")
    assert_connected(cloud)
    assert counts(cloud.writes()) == {"CreateVpcPeeringConnection": 1, "AcceptVpcPeeringConnection": 1, "CreateRoute": 8}
    cloud.forget_requests()
    both.ok(VPC, "peerings", "--create")
    for name in ("build", "ci"):
        both.ok(VPC, "peerings", "--create", "--name", name)
        both.ok(VPC, "update", "--name", name)
    assert not cloud.writes()


@pytest.mark.parametrize("name", ["build", "ci"])
def test_scenario_13_an_update_of_either_side_connects(cloud: Cloud, both: Asiaq, name: str) -> None:
    both.ok(VPC, "update", "--name", name)
    assert_connected(cloud)


def test_scenario_13_create_connects_with_what_is_up(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", TYPES + PEERINGS)
    create(asiaq, "build", "build")
    assert connections(cloud) == []
    create(asiaq, "ci", "openvpn")
    assert_connected(cloud)


def test_scenario_13_nothing_is_done_for_what_is_not_up(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", TYPES + PEERINGS)
    create(asiaq, "build", "build")
    cloud.forget_requests()
    asiaq.ok(VPC, "peerings", "--create")
    asiaq.ok(VPC, "peerings", "--create", "--name", "build")
    assert not cloud.writes()


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("connection_3=a/x", "connection_3=a/x"),
        ("connection_3=a/x b/tunnel", "no metanetwork 'x'"),
        ("connection_3=build/tunnel", "two endpoints"),
        ("connection_3=build/tunnel ci/intranet x/dmz", "two endpoints"),
        ("connection_3=build ci/intranet", "'build'"),
        ("connection_3=*/tunnel ci/intranet", "needs a type"),
        ("connection_3=a:*/tunnel ci/intranet", "not for types"),
        ("connection_3=build/tunnel ci/dmz", "VPC ci of type openvpn has no metanetwork dmz"),
    ],
)
def test_scenario_13_wrong_lines_are_quoted_before_any_write(cloud: Cloud, both: Asiaq, line: str, named: str) -> None:
    both.write("disco_vpc.ini", TYPES + "[peerings]\n" + line + "\n")
    for arguments in (["peerings", "--create"], ["update", "--name", "ci"], ["update", "--name", "build"]):
        assert named in both.fails(1, VPC, *arguments)
    assert not cloud.writes()


def test_scenario_13_a_written_type_must_be_that_of_the_vpc(cloud: Cloud, both: Asiaq) -> None:
    both.write("disco_vpc.ini", TYPES + "[peerings]\nconnection_1=build/tunnel ci:ci/intranet\n")
    done = both(VPC, "peerings", "--create")
    assert done.returncode == 0 and "VPC ci is of type openvpn, not ci" in done.stderr
    assert not cloud.writes()


def test_scenario_13_wildcards_never_pair_a_vpc_with_itself(cloud: Cloud, asiaq: Asiaq) -> None:
    asiaq.write("disco_vpc.ini", TYPES + "[peerings]\nconnection_1=*:sandbox/intranet *:sandbox/tunnel\n")
    create(asiaq, "one", "sandbox")
    create(asiaq, "two", "sandbox")
    (connection,) = connections(cloud)
    ends = {connection["RequesterVpcInfo"]["VpcId"], connection["AccepterVpcInfo"]["VpcId"]}
    assert ends == {cloud.vpc("one")["VpcId"], cloud.vpc("two")["VpcId"]}
    cloud.forget_requests()
    asiaq.ok(VPC, "peerings", "--create")
    assert not cloud.writes()


def test_a_connection_of_the_other_direction_is_used_and_half_a_pair_completed(cloud: Cloud, both: Asiaq) -> None:
    build, ci = cloud.vpc("build")["VpcId"], cloud.vpc("ci")["VpcId"]
    peering = cloud.ec2.create_vpc_peering_connection(VpcId=ci, PeerVpcId=build)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    first = next(t for t in cloud.tables(ci).values() if "intranet" in name_of(t))
    cloud.ec2.create_route(RouteTableId=first["RouteTableId"], DestinationCidrBlock="10.100.16.0/20", VpcPeeringConnectionId=peering)
    both.ok(VPC, "peerings", "--create")
    assert assert_connected(cloud) == peering


def test_dry_run_says_what_would_be_connected(cloud: Cloud, both: Asiaq) -> None:
    before = cloud.everything()
    text = both.ok(VPC, "peerings", "--create", "--dry-run")
    assert "would create    peering connection build-ci\n" in text
    assert text.endswith("10 changes: 9 to create, 1 to update\n")
    assert not cloud.writes() and cloud.everything() == before


def test_scenario_14_list(cloud: Cloud, both: Asiaq) -> None:
    both.ok(VPC, "peerings", "--create")
    peering = assert_connected(cloud)
    expected = f"{peering:14} {'active':8} {'ci<->build':20} {'10.101.0.0/16<->10.100.0.0/16':21}\n"
    cloud.forget_requests()
    assert both.ok(VPC, "peerings", "--list") == expected
    assert counts(cloud.reads()) == {"DescribeVpcs": 1, "DescribeVpcPeeringConnections": 1}
    assert both.ok(VPC, "peerings", "--list", "--name", "ci") == expected
    create(both, "lone", "sandbox")
    assert both.ok(VPC, "peerings", "--list", "--name", "lone") == ""
    (found,) = json.loads(both.ok("asiaq", "vpc", "peerings", "--list", "--output", "json"))
    assert found["id"] == peering and found["accepter"] == "ci" and found["requester_cidr"] == "10.100.0.0/16"
    assert both.ok(VPC, "peerings") == ""


def test_scenario_14_list_hides_what_is_gone_and_shows_foreign_vpcs(cloud: Cloud, both: Asiaq) -> None:
    both.ok(VPC, "peerings", "--create")
    both.ok(VPC, "peerings", "--delete")
    assert both.ok(VPC, "peerings", "--list") == ""


def test_scenario_14_delete_takes_routes_of_both_sides(cloud: Cloud, both: Asiaq) -> None:
    both.ok(VPC, "peerings", "--create")
    assert_connected(cloud)
    cloud.forget_requests()
    error = both.fails(1, VPC, "peerings", "--delete", "--name", "typo")
    assert "no VPC has the name typo" in error
    both.fails(1, VPC, "peerings", "--delete", "--vpc-id", "vpc-12345678")
    both.fails(2, VPC, "peerings", "--delete", "--name", "ci", "--vpc-id", "vpc-1")
    both.fails(2, VPC, "peerings", "--delete", "--create", "--name", "ci")
    assert not cloud.writes()
    assert_connected(cloud)
    both.ok(VPC, "peerings", "--delete", "--name", "ci")
    assert connections(cloud) == []
    for name, metanetwork in (("build", "tunnel"), ("ci", "intranet"), ("ci", "maintenance")):
        for table in routes(cloud, cloud.vpc(name)["VpcId"], metanetwork).values():
            assert not [target for target in table.values() if target.startswith("pcx-")]
    cloud.forget_requests()
    both.ok(VPC, "peerings", "--delete", "--name", "ci")
    assert not cloud.writes()


def test_an_ambiguous_name_is_refused(cloud: Cloud, both: Asiaq) -> None:
    extra = cloud.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    cloud.ec2.create_tags(Resources=[extra], Tags=[{"Key": "Name", "Value": "ci"}])
    assert extra in both.fails(1, VPC, "peerings", "--delete", "--name", "ci")
    assert not cloud.writes()


def test_an_update_reports_what_is_not_configured_after_everything_else(cloud: Cloud, both: Asiaq) -> None:
    both.ok(VPC, "peerings", "--create")
    both.write("disco_vpc.ini", TYPES.replace("maintenance_cidr", "maintenance_igw_routes=9.9.9.9/32\nmaintenance_cidr")
               + "[peerings]\nconnection_1=build/tunnel ci/intranet\n")  # fmt: skip
    done = both(VPC, "update", "--name", "ci", "--dry-run")
    assert done.returncode == 0 and "ci/maintenance build/tunnel over pcx-" in done.stderr
    error = both.fails(1, VPC, "update", "--name", "ci")
    assert "ci/maintenance build/tunnel over pcx-" in error and "ci/intranet" not in error
    for table in routes(cloud, cloud.vpc("ci")["VpcId"], "maintenance").values():
        assert set(table) == {"10.100.16.0/20", "9.9.9.9/32"}
    cloud.forget_requests()
    both.fails(1, VPC, "update", "--name", "ci")
    assert not cloud.writes() and len(connections(cloud)) == 1
