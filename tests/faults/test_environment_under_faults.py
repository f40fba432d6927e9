"""An environment's life under faults: each command succeeds the first time, and leaves what it leaves without faults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cloud_under_test import CloudUnderTest
from picture import difference, picture
from program_under_test import ProgramUnderTest
from reliability import FaultResult, Found
from scenarios import DESTROY, MAIN, NATTED, STORM, Rule

BUILD = """
[envtype:build]
vpc_cidr=10.100.0.0/16
tunnel_cidr=10.100.16.0/20
max_zones=2
s3_endpoint=no
"""
PEERINGS = "[peerings]\nconnection_1=demo:natted/intranet build/tunnel\n"
BEFORE = NATTED + "tunnel_vgw_routes=10.123.0.0/16\nmax_zones=2\n" + BUILD + PEERINGS
#: Rules, routes, name servers and NAT gateways change, and the VPC is peered with another metanetwork too.
AFTER = (
    BEFORE.replace("tcp all 80 443, ", "tcp all 443, tcp dmz 8080, ")
    .replace("dmz_igw_routes=54.201.1.1/32", "dmz_igw_routes=54.201.2.2/32 54.201.3.0/24")
    .replace("ntp_server=10.101.16.5", "ntp_server=10.101.16.6")
    .replace("tunnel_nat_gateways=auto\nnat_gateway_routes=intranet/tunnel\n", "")
    + "connection_2=demo:natted/maintenance build/tunnel\n"
)


@dataclass(frozen=True)
class Step:
    """One command, with the configuration that it finds."""

    words: tuple[str, ...]
    configuration: str


LIFE = (
    Step(("asiaq", "vpc", "create", "--name", "demo", "--type", "natted"), BEFORE),
    Step(("asiaq", "vpc", "update", "--name", "demo"), AFTER),
    Step(("asiaq", "vpc", "peerings", "--delete", "--name", "demo"), AFTER),
    Step(("asiaq", "vpc", "peerings", "--create", "--name", "demo"), AFTER),
    Step(DESTROY, AFTER),
)


@dataclass(frozen=True)
class Undisturbed:
    """What one step leaves, and the writes that it makes."""

    picture: dict[str, list[str]]
    writes: tuple[str, ...]


_UNDISTURBED: list[Undisturbed] = []


def surroundings(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """A VPC to be peered with, and a VPN gateway that another VPC has."""
    cloud.reset()
    asiaq.write("disco_vpc.ini", BEFORE.replace(PEERINGS, ""))
    asiaq.write("disco_aws.ini", MAIN)
    asiaq.ok("asiaq", "vpc", "create", "--name", "build", "--type", "build")
    other = cloud.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    gateway = cloud.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    cloud.ec2.create_tags(Resources=[gateway], Tags=[{"Key": "Name", "Value": "demo"}])
    cloud.ec2.attach_vpn_gateway(VpcId=other, VpnGatewayId=gateway)


def steps(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> Iterator[tuple[Step, Undisturbed]]:
    """The life once more, after it was lived without faults for comparison."""
    if not _UNDISTURBED:
        surroundings(cloud, asiaq)
        for step in LIFE:
            cloud.forget_requests()
            asiaq.write("disco_vpc.ini", step.configuration)
            asiaq.ok(*step.words)
            writes = tuple(sorted({request.operation for request in cloud.writes()}))
            _UNDISTURBED.append(Undisturbed(picture(cloud), writes))
    surroundings(cloud, asiaq)
    for step, undisturbed in zip(LIFE, _UNDISTURBED, strict=True):
        asiaq.write("disco_vpc.ini", step.configuration)
        yield step, undisturbed


#: After each of these nobody knows whether the write was carried out; the AWS layer may repeat only some.
UNKNOWN: dict[str, Rule] = {
    "HTTP 500": {"error": "InternalError"},
    "HTTP 500 after the work": {"error": "InternalError", "carried_out": True},
    "a reset instead of an answer": {"drop": "before"},
    "a reset after the work": {"drop": "after"},
}


@pytest.mark.parametrize("fault", UNKNOWN)
def test_every_kind_of_write_may_lose_its_answer(
    fault: str, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    for step, undisturbed in steps(cloud, asiaq):
        cloud.fault(*({"operation": operation, "nth": "1", **UNKNOWN[fault]} for operation in undisturbed.writes))
        asiaq.ok(*step.words)
        assert cloud.struck() == [1] * len(undisturbed.writes)
        cloud.heal()
        assert difference(picture(cloud), undisturbed.picture) == [], step.words
        told = f"{fault}, at the first write of each of {len(undisturbed.writes)} kinds"
        found(FaultResult(" ".join(step.words), told, "same cloud"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_storm_leaves_the_same_cloud(
    seed: int, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    struck = [0] * len(STORM)
    for step, undisturbed in steps(cloud, asiaq):
        cloud.fault(*STORM, seed=seed)
        asiaq.ok(*step.words)
        struck = [before + now for before, now in zip(struck, cloud.struck(), strict=True)]
        cloud.heal()
        assert difference(picture(cloud), undisturbed.picture) == [], step.words
        told = f"30 % throttling, 5 % HTTP 500, 2 % dropped connections (seed {seed})"
        found(FaultResult(" ".join(step.words), told, "same cloud"))
    assert all(struck)
