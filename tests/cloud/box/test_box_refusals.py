"""What AWS refuses, pages or remembers in an account's network and users, and moto does not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from box_under_test import BoxUnderTest


def _fails(code: str) -> Any:
    return pytest.raises(ClientError, match=f"\\({code}\\)")


class Network:
    """A VPC with a table."""

    def __init__(self, ec2: Any) -> None:
        self.ec2 = ec2
        self.vpc = self.another("10.6.0.0/16")
        self.table = ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]

    def another(self, cidr: str) -> str:
        return str(self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])

    def gateway(self) -> str:
        return str(self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"])

    def route(self, cidr: str, **target: str) -> None:
        self.ec2.create_route(RouteTableId=self.table, DestinationCidrBlock=cidr, **target)

    def states(self) -> dict[str, str]:
        (table,) = self.ec2.describe_route_tables(RouteTableIds=[self.table])["RouteTables"]
        return {route["DestinationCidrBlock"]: route["State"] for route in table["Routes"]}


@pytest.fixture
def network(api: BoxUnderTest) -> Network:
    return Network(api.client("ec2"))


def test_a_vpc_has_one_internet_gateway(network: Network) -> None:
    first, second = network.gateway(), network.gateway()
    network.ec2.attach_internet_gateway(InternetGatewayId=first, VpcId=network.vpc)
    with _fails("InvalidParameterValue"):
        network.ec2.attach_internet_gateway(InternetGatewayId=second, VpcId=network.vpc)
    with _fails("Resource.AlreadyAssociated"):
        network.ec2.attach_internet_gateway(InternetGatewayId=first, VpcId=network.vpc)


def test_routes_lead_to_the_gateway_of_their_own_vpc_only(network: Network) -> None:
    gateway = network.gateway()
    with _fails("InvalidParameterValue"):
        network.route("0.0.0.0/0", GatewayId=gateway)
    network.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    network.route("0.0.0.0/0", GatewayId=gateway)
    assert network.states()["0.0.0.0/0"] == "active"


def test_routes_whose_target_has_gone_are_black_holes(network: Network) -> None:
    ec2 = network.ec2
    gateway = network.gateway()
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    network.route("0.0.0.0/0", GatewayId=gateway)
    subnet = ec2.create_subnet(VpcId=network.vpc, CidrBlock="10.6.0.0/24")["Subnet"]["SubnetId"]
    allocation = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=allocation)["NatGateway"]["NatGatewayId"]
    network.route("192.0.2.0/24", NatGatewayId=nat)
    peer = network.another("10.7.0.0/16")
    peering = ec2.create_vpc_peering_connection(VpcId=network.vpc, PeerVpcId=peer)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    network.route("10.7.0.0/16", VpcPeeringConnectionId=peering)
    assert set(network.states().values()) == {"active"}

    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert network.states() == {
        "10.6.0.0/16": "active", "0.0.0.0/0": "blackhole", "192.0.2.0/24": "blackhole", "10.7.0.0/16": "blackhole",
    }  # fmt: skip
    found = ec2.describe_route_tables(Filters=[{"Name": "route.state", "Values": ["blackhole"]}])["RouteTables"]
    assert network.table in [table["RouteTableId"] for table in found]


def test_a_subnet_has_one_table_and_the_main_table_stays(network: Network) -> None:
    ec2 = network.ec2
    subnet = ec2.create_subnet(VpcId=network.vpc, CidrBlock="10.6.0.0/24")["Subnet"]["SubnetId"]
    made = ec2.associate_route_table(RouteTableId=network.table, SubnetId=subnet)["AssociationId"]
    assert ec2.associate_route_table(RouteTableId=network.table, SubnetId=subnet)["AssociationId"] == made
    other = ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"]
    with _fails("Resource.AlreadyAssociated"):
        ec2.associate_route_table(RouteTableId=other, SubnetId=subnet)
    (main,) = ec2.describe_route_tables(Filters=[
        {"Name": "vpc-id", "Values": [network.vpc]}, {"Name": "association.main", "Values": ["true"]}])["RouteTables"]
    with _fails("DependencyViolation"):
        ec2.delete_route_table(RouteTableId=main["RouteTableId"])


def test_peerings_of_ranges_that_overlap_fail_and_a_second_request_is_the_first(network: Network) -> None:
    ec2 = network.ec2

    def request(peer: str) -> tuple[str, str]:
        ec2.create_vpc_peering_connection(VpcId=network.vpc, PeerVpcId=peer)
        found = ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
        (made,) = [one for one in found if one["AccepterVpcInfo"]["VpcId"] == peer and one["RequesterVpcInfo"]["VpcId"] == network.vpc]
        return made["VpcPeeringConnectionId"], made["Status"]["Code"]

    assert request(network.another("10.6.128.0/20"))[1] == "failed"
    good = network.another("10.7.0.0/16")
    first = request(good)
    assert first[1] == "pending-acceptance" and request(good) == first


def test_an_endpoint_serves_a_table_once_and_only_services_that_exist(network: Network) -> None:
    def make(service: str) -> None:
        network.ec2.create_vpc_endpoint(
            VpcId=network.vpc, ServiceName=f"com.amazonaws.us-west-2.{service}", RouteTableIds=[network.table])

    make("s3")
    with _fails("RouteAlreadyExists"):
        make("s3")
    with _fails("InvalidServiceName"):
        make("nothing")


def test_a_vpc_with_a_vpn_gateway_is_not_deleted(network: Network) -> None:
    ec2 = network.ec2
    gateway = ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=network.vpc)
    with _fails("DependencyViolation"):
        ec2.delete_vpc(VpcId=network.vpc)
    ec2.detach_vpn_gateway(VpnGatewayId=gateway, VpcId=network.vpc)
    ec2.delete_route_table(RouteTableId=network.table)
    ec2.delete_vpc(VpcId=network.vpc)


def test_reserved_names_are_refused(network: Network) -> None:
    with _fails("InvalidParameterValue"):
        network.ec2.create_security_group(GroupName="sg-x", Description="x", VpcId=network.vpc)
    with _fails("InvalidParameterValue"):
        network.ec2.create_tags(Resources=[network.vpc], Tags=[{"Key": "aws:x", "Value": "1"}])


def pages(client: Any, operation: str, key: str, **request: Any) -> Iterator[list[Any]]:
    for page in client.get_paginator(operation).paginate(**request):
        yield page[key]


@pytest.mark.parametrize(
    "operation, items",
    [("describe_vpcs", "Vpcs"), ("describe_subnets", "Subnets"), ("describe_security_groups", "SecurityGroups"),
     ("describe_route_tables", "RouteTables"), ("describe_network_interfaces", "NetworkInterfaces"),
     ("describe_volumes", "Volumes")],
)  # fmt: skip
def test_lists_come_in_pages_of_the_size_that_is_asked_for(network: Network, operation: str, items: str) -> None:
    for number in range(12):
        vpc = network.another(f"10.{20 + number}.0.0/16")
        subnet = network.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.{20 + number}.0.0/24")["Subnet"]["SubnetId"]
        network.ec2.create_network_interface(SubnetId=subnet)
        network.ec2.create_volume(AvailabilityZone="us-west-2a", Size=1)
    whole = getattr(network.ec2, operation)()[items]
    found = list(pages(network.ec2, operation, items, PaginationConfig={"PageSize": 5}))
    assert [item for page in found for item in page] == whole and len(whole) >= 12
    assert all(len(page) == 5 for page in found[:-1]) and 0 < len(found[-1]) <= 5


def test_a_page_that_is_too_large_is_refused(network: Network) -> None:
    with _fails("InvalidParameterValue"):
        network.ec2.describe_vpcs(MaxResults=1001)


def test_lists_of_iam_come_in_pages(api: BoxUnderTest) -> None:
    iam = api.client("iam")
    for number in range(5):
        iam.create_user(UserName=f"paged{number}")
    found = list(pages(iam, "list_users", "Users", PaginationConfig={"PageSize": 2}))
    assert all(len(page) <= 2 for page in found)
    assert {f"paged{number}" for number in range(5)} <= {user["UserName"] for page in found for user in page}


def test_a_user_with_keys_is_not_deleted(api: BoxUnderTest) -> None:
    iam = api.client("iam")
    iam.create_user(UserName="keyholder")
    key = iam.create_access_key(UserName="keyholder")["AccessKey"]["AccessKeyId"]
    with _fails("DeleteConflict"):
        iam.delete_user(UserName="keyholder")
    iam.delete_access_key(UserName="keyholder", AccessKeyId=key)
    iam.delete_user(UserName="keyholder")


def test_snapshots_of_others_are_not_ones_own(api: BoxUnderTest) -> None:
    ec2 = api.client("ec2")
    volume = ec2.create_volume(AvailabilityZone="us-west-2a", Size=1)["VolumeId"]
    made = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    own = ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]
    assert made in [one["SnapshotId"] for one in own] and {one["OwnerId"] for one in own} == {"123456789012"}
    assert len(ec2.describe_snapshots()["Snapshots"]) > len(own)
