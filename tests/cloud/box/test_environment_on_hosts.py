"""Environments that the program makes and changes, proved with packets between hosts."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from box_under_test import ROOT, BoxUnderTest, needs_root, wait_for
from wires import Wires

BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))
pytestmark = needs_root

TYPES = """
[envtype:walled]
vpc_cidr=10.120.0.0/16
max_zones=1
intranet_cidr=10.120.0.0/20
tunnel_cidr=10.120.16.0/20
dmz_cidr=10.120.32.0/20
intranet_sg_rules=tcp dmz 2181
tunnel_sg_rules=tcp all 3128
dmz_sg_rules=tcp intranet 8080
tunnel_igw_routes=0.0.0.0/0
tunnel_nat_gateways=auto
nat_gateway_routes=intranet/tunnel
ntp_server=169.254.169.123
internal_dns=AmazonProvidedDNS
external_dns=AmazonProvidedDNS
domain_name=walled.internal
{options}
[envtype:outpost]
vpc_cidr=10.121.0.0/16
max_zones=1
intranet_cidr=10.121.0.0/20
intranet_sg_rules=tcp 10.120.0.0/16 2181
{peerings}
"""
#: The operator's machine on the box's internet.
OPERATOR = "192.0.2.1/32"
CHECKIP = "curl -s -m 5 http://checkip.amazonaws.com"
DOWNLOAD = (
    "cd $(mktemp -d) && sudo apt-get -o Acquire::Retries=0 update -qq"
    " && apt-get download -qq hello && ls *.deb"
)
LISTENING = {"intranet": (2181, 2182, 8080), "dmz": (2181, 8080), "outpost": (2181,)}


class Environments(Wires):
    """`walled` with a host in the intranet and one in the dmz, and `outpost` with one host."""

    def __init__(self, box: BoxUnderTest, folder: Path):
        super().__init__(box)
        self.ec2 = box.client("ec2")
        self.folder = folder
        self.variables = {**os.environ, **box.variables, "ASIAQ_CONFIG": str(folder)}
        (folder / "disco_aws.ini").write_text("[disco_aws]\nproject_name=trial\n")
        self.configure()

    def configure(self, peerings: str = "", **options: str) -> None:
        """Types with some options of `walled` replaced (the last one of a name counts)."""
        lines = "".join(f"{key}={value}\n" for key, value in options.items())
        section = f"[peerings]\nconnection_1={peerings}\n" if peerings else ""
        (self.folder / "disco_vpc.ini").write_text(TYPES.format(options=lines, peerings=section))

    def vpc(self, *words: str) -> None:
        """Runs `disco_vpc_ui.py`."""
        done = subprocess.run(
            [BIN / "disco_vpc_ui.py", *words],
            env=self.variables, cwd=self.folder, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    @contextlib.contextmanager
    def updated(self, **options: str) -> Iterator[None]:
        """`walled` with other options; an update takes them back."""
        self.configure(**options)
        self.vpc("update", "--name", "walled")
        try:
            yield
        finally:
            self.configure()
            self.vpc("update", "--name", "walled")

    def launch_in(self, environment: str, metanetwork: str, host: str, public: bool = False) -> None:
        named = [{"Name": "tag:Name", "Values": [environment]}]
        [vpc] = self.ec2.describe_vpcs(Filters=named)["Vpcs"]
        mine = [{"Name": "tag:meta_network", "Values": [metanetwork]}, {"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        [subnet] = self.ec2.describe_subnets(Filters=mine)["Subnets"]
        [group] = self.ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
        self.launch(host, subnet["SubnetId"], group["GroupId"], public)

    def says(self, host: str, command: str) -> str:
        """What a command on a host prints, whatever its status is."""
        return self.box.ssh(self.address(host), command, check=False)

    def is_seen_as(self, host: str, address: str) -> None:
        """Within seconds the world outside sees a host by this address; by none if it is empty."""
        expected = f"{address}\n" if address else ""
        wait_for(lambda: self.says(host, CHECKIP) == expected, f"{host} to be seen as {address or 'nobody'}")


@pytest.fixture(scope="module")
def environments(
    box: BoxUnderTest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Environments]:
    made = Environments(box, tmp_path_factory.mktemp("walled"))
    try:
        made.vpc("create", "--type", "walled", "--name", "walled")
        made.vpc("create", "--type", "outpost", "--name", "outpost")
        made.launch_in("walled", "intranet", "intranet")
        made.launch_in("walled", "dmz", "dmz", public=True)
        made.launch_in("outpost", "intranet", "outpost")
        made.wait_running()
        for host, ports in LISTENING.items():
            for port in ports:
                made.listen(host, port)
        yield made
    finally:
        made.end()
        for name in ("walled", "outpost"):
            made.vpc("destroy", "--name", name)


def test_rules_of_metanetworks_are_all_that_passes(environments: Environments) -> None:
    environments.soon(True, "dmz", "intranet", 2181)
    environments.soon(True, "intranet", "dmz", 8080)
    for host, other, port in (("dmz", "intranet", 2182), ("dmz", "intranet", 8080), ("dmz", "intranet", 22),
                              ("intranet", "dmz", 2181), ("dmz", "outpost", 2181)):  # fmt: skip
        assert not environments.reaches(host, other, port), (host, other, port)


def test_an_update_puts_rules_in_force_and_out_of_it(environments: Environments) -> None:
    assert not environments.reaches("dmz", "intranet", 2182)
    with environments.updated(intranet_sg_rules="tcp dmz 2182"):
        environments.soon(True, "dmz", "intranet", 2182)
        environments.soon(False, "dmz", "intranet", 2181)
        environments.soon(True, "intranet", "dmz", 8080)
    environments.soon(True, "dmz", "intranet", 2181)
    environments.soon(False, "dmz", "intranet", 2182)


def test_an_update_puts_routes_in_force_and_out_of_it(environments: Environments) -> None:
    public = environments.hosts["dmz"]["PublicIpAddress"]
    with environments.updated(dmz_sg_rules=f"tcp {OPERATOR} 8080"):
        # The rule lets the operator in, but nothing leads back.
        environments.is_seen_as("dmz", "")
        assert not environments.reaches("internet", "dmz", 8080, address=public)
    with environments.updated(dmz_sg_rules=f"tcp {OPERATOR} 8080", dmz_igw_routes=OPERATOR):
        environments.soon(True, "internet", "dmz", 8080, address=public)
        environments.is_seen_as("dmz", "")
    with environments.updated(dmz_igw_routes="0.0.0.0/0"):
        environments.is_seen_as("dmz", public)
        environments.soon(False, "internet", "dmz", 8080, address=public)
    environments.is_seen_as("dmz", "")


def test_packages_come_by_the_nat_route_and_by_no_other_way(environments: Environments) -> None:
    [vpc] = environments.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["walled"]}])["Vpcs"]
    [gateway] = environments.ec2.describe_nat_gateways(
        Filter=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}, {"Name": "state", "Values": ["available"]}]
    )["NatGateways"]
    environments.is_seen_as("intranet", gateway["NatGatewayAddresses"][0]["PublicIp"])
    assert "hello" in environments.says("intranet", DOWNLOAD)
    assert "hello" not in environments.says("dmz", f"{DOWNLOAD} 2>/dev/null")
    with environments.updated(nat_gateway_routes=""):
        environments.is_seen_as("intranet", "")
        assert "hello" not in environments.says("intranet", f"{DOWNLOAD} 2>/dev/null")
    environments.is_seen_as("intranet", gateway["NatGatewayAddresses"][0]["PublicIp"])
    assert "hello" in environments.says("intranet", DOWNLOAD)


def test_a_peering_carries_what_its_line_names(environments: Environments) -> None:
    assert not environments.reaches("intranet", "outpost", 2181)
    environments.configure(peerings="walled/intranet outpost/intranet")
    for connect, disconnect in (
        (("peerings", "--create"), ("peerings", "--delete")),
        (("update", "--name", "walled"), ("peerings", "--delete", "--name", "outpost")),
        (("update", "--name", "outpost"), ("peerings", "--delete", "--name", "walled")),
    ):
        environments.vpc(*connect)
        environments.soon(True, "intranet", "outpost", 2181)
        # The line names one metanetwork of each side, and the way back has its own rules.
        assert not environments.reaches("dmz", "outpost", 2181)
        assert not environments.reaches("outpost", "intranet", 2181)
        environments.vpc(*disconnect)
        environments.soon(False, "intranet", "outpost", 2181)
