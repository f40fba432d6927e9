"""Networks as they are before a killed command. Two or three zones, so that there is no more of the same than needed."""

from __future__ import annotations

from cloud_under_test import CloudUnderTest
from network_scenes import allocate, fill, internet_gateway, make_central
from program_under_test import ProgramUnderTest
from sample_types import PEERINGS, PEERS, sandbox_with

CREATE = ("asiaq", "vpc", "create", "--name", "demo", "--type", "sandbox")
CREATE_BUILD = ("asiaq", "vpc", "create", "--name", "build", "--type", "build")
CREATE_CI = ("asiaq", "vpc", "create", "--name", "ci", "--type", "openvpn")
CONNECT = ("asiaq", "vpc", "peerings", "--create")

#: Rules, routes, DHCP options and NAT gateways of the other of the two states between which updates go.
OTHER = {
    "tunnel_sg_rules": "tcp 10.1.0.0/16 443, tcp maintenance 22",
    "dmz_sg_rules": "tcp tunnel 8080",
    "dmz_igw_routes": "6.6.6.6/32",
    "ntp_server": "10.101.16.9",
    "domain_name": "y.internal",
    "tunnel_nat_gateways": "auto",
    "nat_gateway_routes": "intranet/tunnel",
}
PEER_OF_DEMO = "[peerings]\nconnection_1=build/tunnel demo/intranet\n"


def _write(asiaq: ProgramUnderTest, more: str = "", **options: str) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(max_zones="2", **options) + more)


def to_be_changed(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """`demo` differs from its configuration in rules, routes, DHCP options, NAT gateways, and lacks a peering."""
    _write(asiaq, PEERS)
    asiaq.ok(*CREATE_BUILD)
    asiaq.ok(*CREATE)
    _write(asiaq, PEERS + PEER_OF_DEMO, **OTHER)


def to_be_changed_back(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """`demo` has what its configuration has no more."""
    _write(asiaq, **OTHER)
    asiaq.ok(*CREATE)
    _write(asiaq)


def to_have_automatic_addresses(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """The NAT gateways of `demo` have addresses of the configuration, and shall have their own."""
    _write(asiaq, **{**OTHER, "tunnel_nat_gateways": " ".join(allocate(cloud, 2))})
    asiaq.ok(*CREATE)
    _write(asiaq, **OTHER)


def to_have_configured_addresses(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """The other way round."""
    _write(asiaq, **OTHER)
    asiaq.ok(*CREATE)
    _write(asiaq, **{**OTHER, "tunnel_nat_gateways": " ".join(allocate(cloud, 2))})


def to_be_divided(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """One table serves all subnets of `intranet`, which need one each for their NAT gateways."""
    routed = {"max_zones": "3", "s3_endpoint": "no", "intranet_igw_routes": "7.7.7.7/32"}
    asiaq.write("disco_vpc.ini", sandbox_with(**{**routed, "intranet_igw_routes": "0.0.0.0/0 7.7.7.7/32"}))
    asiaq.ok(*CREATE)
    gateway = internet_gateway(cloud, cloud.vpc("demo")["VpcId"])
    central = make_central(cloud, "demo")
    for destination in ("0.0.0.0/0", "7.7.7.7/32"):
        cloud.ec2.create_route(RouteTableId=central, DestinationCidrBlock=destination, GatewayId=gateway)
    asiaq.write("disco_vpc.ini", sandbox_with(
        **routed, tunnel_nat_gateways="auto", nat_gateway_routes="intranet/tunnel"))  # fmt: skip


def to_be_emptied(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """`demo` has hosts, groups of hosts, NAT gateways and a peering."""
    _write(asiaq)
    asiaq.ok(*CREATE)
    fill(cloud)


def to_be_connected(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """Two VPCs whose peering is configured."""
    asiaq.write("disco_vpc.ini", PEERS)
    asiaq.ok(*CREATE_BUILD)
    asiaq.ok(*CREATE_CI)
    asiaq.write("disco_vpc.ini", PEERS + PEERINGS)


def to_be_created_connected(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """One of the two is to be made."""
    asiaq.write("disco_vpc.ini", PEERS + PEERINGS)
    asiaq.ok(*CREATE_BUILD)


def connected(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """Two VPCs and their peering."""
    to_be_connected(cloud, asiaq)
    asiaq.ok(*CONNECT)
