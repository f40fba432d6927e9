"""Environments that the program makes, proved with packets between hosts."""

from __future__ import annotations

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
"""


class Environment(Wires):
    """An environment with a host in the intranet and one in the dmz."""

    def __init__(self, box: BoxUnderTest, folder: Path):
        super().__init__(box)
        self.ec2 = box.client("ec2")
        self.folder = folder
        self.variables = {**os.environ, **box.variables, "ASIAQ_CONFIG": str(folder)}
        (folder / "disco_aws.ini").write_text("[disco_aws]\nproject_name=trial\n")
        (folder / "disco_vpc.ini").write_text(TYPES)

    def vpc(self, *words: str) -> None:
        """Runs `disco_vpc_ui.py`."""
        done = subprocess.run(
            [BIN / "disco_vpc_ui.py", *words],
            env=self.variables, cwd=self.folder, capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def launch_in(self, metanetwork: str) -> None:
        mine = [{"Name": "tag:meta_network", "Values": [metanetwork]}]
        [subnet] = self.ec2.describe_subnets(Filters=mine)["Subnets"]
        [group] = self.ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
        self.launch(metanetwork, subnet["SubnetId"], group["GroupId"])


@pytest.fixture(scope="module")
def environment(
    box: BoxUnderTest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Environment]:
    made = Environment(box, tmp_path_factory.mktemp("walled"))
    made.vpc("create", "--type", "walled", "--name", "walled")
    try:
        for metanetwork in ("intranet", "dmz"):
            made.launch_in(metanetwork)
        made.wait_running()
        yield made
    finally:
        made.end()
        made.vpc("destroy", "--name", "walled")


def test_rules_of_metanetworks_are_all_that_passes(environment: Environment) -> None:
    for host, port in (("intranet", 2181), ("intranet", 2182), ("dmz", 8080), ("dmz", 2181)):
        environment.listen(host, port)
    environment.soon(True, "dmz", "intranet", 2181)
    assert not environment.reaches("dmz", "intranet", 2182)
    environment.soon(True, "intranet", "dmz", 8080)
    assert not environment.reaches("intranet", "dmz", 2181)


def test_intranet_has_the_address_of_the_nat_gateway_outside(environment: Environment) -> None:
    checkip = "curl -s -m 5 http://checkip.amazonaws.com"
    [gateway] = environment.ec2.describe_nat_gateways(
        Filter=[{"Name": "vpc-id", "Values": [environment.hosts["intranet"]["VpcId"]]}]
    )["NatGateways"]
    address = gateway["NatGatewayAddresses"][0]["PublicIp"]
    intranet, dmz = (environment.address(host) for host in ("intranet", "dmz"))
    wait_for(
        lambda: environment.box.ssh(intranet, checkip, check=False) == f"{address}\n",
        "the address of the NAT gateway",
    )
    # Nothing leads there from the dmz.
    assert environment.box.ssh(dmz, checkip, check=False) == ""
