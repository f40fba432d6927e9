"""What is read from moto's models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.ec2.models import ec2_backends

from asiaq_local.ec2_topology import is_settled, read_topology
from asiaq_local.topology import Peering, Permission, Route, Target, Vpc

ANYWHERE = "0.0.0.0/0"


class Account:
    """A VPC with a subnet, in an account that lives in this process."""

    def __init__(self) -> None:
        keys = {"aws_access_key_id": "AKIATEST", "aws_secret_access_key": "test"}
        self.ec2 = boto3.client("ec2", region_name="us-west-2", **keys)
        self.vpc = self.new_vpc("10.0.0.0/16")
        self.subnet = self.new_subnet("10.0.1.0/24")
        [main] = self.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])[
            "RouteTables"
        ]
        self.main_table = main["RouteTableId"]
        self.group = self.ec2.create_security_group(GroupName="g", Description="g", VpcId=self.vpc)[
            "GroupId"
        ]

    def new_vpc(self, cidr: str) -> str:
        return str(self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])

    def new_subnet(self, cidr: str) -> str:
        return str(self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr)["Subnet"]["SubnetId"])

    def new_gateway(self) -> str:
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        return str(gateway)

    def route(self, table: str, cidr: str = ANYWHERE, **target: str) -> None:
        self.ec2.create_route(RouteTableId=table, DestinationCidrBlock=cidr, **target)

    def read(self, *others: str) -> Vpc:
        return read_topology({self.vpc, *others})[self.vpc]

    def routes(self, *others: str) -> tuple[Route, ...]:
        """The routes of the first subnet."""
        return next(one.routes for one in self.read(*others).subnets if one.id == self.subnet)


@pytest.fixture(scope="module")
def moto() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def account(moto: None) -> Account:
    return Account()


def test_main_table_applies_until_another_is_associated(account: Account) -> None:
    gateway = account.new_gateway()
    account.route(account.main_table, GatewayId=gateway)
    assert account.routes() == (Route(ANYWHERE, Target.INTERNET),)
    own = account.ec2.create_route_table(VpcId=account.vpc)["RouteTable"]["RouteTableId"]
    account.ec2.associate_route_table(RouteTableId=own, SubnetId=account.subnet)
    assert account.routes() == ()


def test_gateway_that_was_detached_leads_nowhere(account: Account) -> None:
    gateway = account.new_gateway()
    account.route(account.main_table, GatewayId=gateway)
    assert account.read().has_internet_gateway
    account.ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=account.vpc)
    assert not account.read().has_internet_gateway
    assert account.routes() == (Route(ANYWHERE, Target.NOWHERE),)


def test_nat_gateway_is_an_interface_that_no_group_applies_to(account: Account) -> None:
    elastic = account.ec2.allocate_address(Domain="vpc")
    gateway = account.ec2.create_nat_gateway(
        SubnetId=account.subnet, AllocationId=elastic["AllocationId"]
    )["NatGateway"]["NatGatewayId"]
    account.route(account.main_table, NatGatewayId=gateway)
    vpc = account.read()
    [port] = vpc.ports
    assert (port.groups, port.checked, port.public_address) == (None, False, elastic["PublicIp"])
    assert vpc.nat_gateways == {gateway: port.interface}
    assert account.routes() == (Route(ANYWHERE, Target.INTERFACE, port.interface.id),)
    account.ec2.delete_nat_gateway(NatGatewayId=gateway)
    assert account.read().nat_gateways == {} and account.read().ports == ()


def test_peering_counts_when_it_is_active_and_both_sides_are_there(account: Account) -> None:
    there = account.new_vpc("10.9.0.0/16")
    group = account.ec2.create_security_group(GroupName="t", Description="t", VpcId=there)
    peering = account.ec2.create_vpc_peering_connection(VpcId=account.vpc, PeerVpcId=there)[
        "VpcPeeringConnection"
    ]["VpcPeeringConnectionId"]
    assert account.read(there).peerings == ()
    account.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
    [seen] = account.read(there).peerings
    assert (seen.id, seen.peer_vpc, seen.peer_ranges) == (peering, there, ("10.9.0.0/16",))
    assert seen.peer_members[group["GroupId"]] == ()
    assert read_topology({account.vpc, there})[there].peerings == (
        Peering(peering, account.vpc, ("10.0.0.0/16",), account.read().members),
    )
    assert account.read().peerings == ()
    account.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
    assert account.read(there).peerings == ()


def _permissions(account: Account, *permissions: dict[str, Any]) -> tuple[Permission, ...]:
    account.ec2.authorize_security_group_ingress(
        GroupId=account.group, IpPermissions=list(permissions)
    )
    return account.read().groups[account.group].ingress


def test_permissions_of_all_kinds(account: Account) -> None:
    assert _permissions(
        account,
        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": account.group}]},
        {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "IpRanges": [{"CidrIp": ANYWHERE}]},
    ) == (
        Permission("6", 22, 22, ("10.0.0.0/8",)),
        Permission("-1", groups=(account.group,)),
        Permission("1", -1, -1, (ANYWHERE,)),
    )
    assert account.read().groups[account.group].egress == (Permission("-1", ranges=(ANYWHERE,)),)


def test_prefix_lists_stand_for_their_ranges(account: Account) -> None:
    prefix_list = account.ec2.create_managed_prefix_list(
        PrefixListName="offices", MaxEntries=5, AddressFamily="IPv4",
        Entries=[{"Cidr": "203.0.113.0/28"}, {"Cidr": "203.0.113.64/28"}],
    )["PrefixList"]["PrefixListId"]  # fmt: skip
    assert _permissions(
        account,
        {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
         "PrefixListIds": [{"PrefixListId": prefix_list}]},
    ) == (Permission("6", 443, 443, ("203.0.113.0/28", "203.0.113.64/28")),)  # fmt: skip
    gateway = account.new_gateway()
    account.ec2.create_route(
        RouteTableId=account.main_table, DestinationPrefixListId=prefix_list, GatewayId=gateway
    )
    assert account.routes() == (
        Route("203.0.113.0/28", Target.INTERNET),
        Route("203.0.113.64/28", Target.INTERNET),
    )


def test_members_are_the_interfaces_with_all_their_addresses(account: Account) -> None:
    account.ec2.create_network_interface(
        SubnetId=account.subnet, Groups=[account.group],
        PrivateIpAddresses=[{"Primary": True, "PrivateIpAddress": "10.0.1.10"},
                            {"Primary": False, "PrivateIpAddress": "10.0.1.11"}],
    )  # fmt: skip
    assert account.read().members[account.group] == ("10.0.1.10", "10.0.1.11")


def test_ranges_that_were_added_are_local_too(account: Account) -> None:
    account.ec2.associate_vpc_cidr_block(VpcId=account.vpc, CidrBlock="10.5.0.0/16")
    assert account.read().ranges == ("10.0.0.0/16", "10.5.0.0/16")


def test_state_that_will_pass_is_not_settled(account: Account) -> None:
    gateway = account.ec2.create_nat_gateway(SubnetId=account.subnet, ConnectivityType="private")
    assert is_settled()
    backend = ec2_backends["123456789012"]["us-west-2"]
    backend.nat_gateways[gateway["NatGateway"]["NatGatewayId"]].state = "pending"
    assert not is_settled()
