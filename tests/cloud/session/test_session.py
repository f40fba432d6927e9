"""Region, profile and patience of a run. Numbers in names are those of the core's acceptance scenarios."""

from __future__ import annotations

import shutil

import pytest
from cloud_under_test import ROOT, CloudUnderTest, counts
from program_under_test import ProgramUnderTest

MAIN = "[disco_aws]\nproject_name=acme\ndefault_environment=ci\n"
LIST = ("disco_vpc_ui.py", "list")


@pytest.fixture
def region_of_profile(asiaq: ProgramUnderTest) -> ProgramUnderTest:
    """The manual's ~/.aws/config with one more profile, and nothing else that names a region."""
    folder = asiaq.folder / ".aws"
    folder.mkdir()
    shutil.copy(ROOT / "jenkins" / "base_boto.cfg", folder / "config")
    with (folder / "config").open("a") as config:
        config.write("\n[profile prod]\nregion = eu-west-1\n")
    del asiaq.environment["AWS_REGION"]
    return asiaq


def default_vpc(cloud: CloudUnderTest, region: str) -> str:
    return cloud.client("ec2", region).describe_vpcs()["Vpcs"][0]["VpcId"]


def test_scenario_13_all_calls_go_to_the_region_of_the_profile(region_of_profile: ProgramUnderTest, cloud: CloudUnderTest) -> None:
    for environment, region in (({}, "us-west-2"), ({"AWS_PROFILE": "prod"}, "eu-west-1")):
        assert region_of_profile.ok(*LIST, **environment).split()[0] == default_vpc(cloud, region)
        address = region_of_profile.ok("disco_eip.py", "allocate", **environment).strip()
        found = cloud.client("ec2", region).describe_addresses()["Addresses"]
        assert [each["PublicIp"] for each in found] == [address]


def test_scenario_13_an_unknown_profile_is_named(region_of_profile: ProgramUnderTest, cloud: CloudUnderTest) -> None:
    done = region_of_profile(*LIST, AWS_PROFILE="zz", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")
    assert (done.returncode, done.stdout) == (1, "")
    assert "zz" in done.stderr and done.stderr.count("ERROR") == 1
    assert cloud.requests() == []


def test_scenario_13_no_region_anywhere_is_said(asiaq: ProgramUnderTest, cloud: CloudUnderTest) -> None:
    done = asiaq(*LIST, AWS_REGION="")
    assert (done.returncode, done.stdout) == (1, "")
    assert "region" in done.stderr and "AWS_REGION" in done.stderr
    assert cloud.requests() == []


def test_scenario_14_throttling_is_waited_out(asiaq: ProgramUnderTest, cloud: CloudUnderTest) -> None:
    cloud.fault({"operation": "DescribeVpcs", "nth": "1-3", "error": "RequestLimitExceeded"})
    done = asiaq(*LIST)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert len(cloud.requests()) == 4


@pytest.mark.parametrize("command", [
    LIST, ("disco_aws.py", "listhosts"), ("disco_eip.py", "list"), ("disco_bake.py", "listamis"),
    ("disco_vpc_ui.py", "create", "--name", "x", "--type", "sandbox"), ("disco_eip.py", "allocate"),
])
def test_scenario_14_a_refusal_is_final(asiaq: ProgramUnderTest, cloud: CloudUnderTest, command: tuple[str, ...]) -> None:
    asiaq.write("disco_aws.ini", MAIN)
    asiaq.write("disco_vpc.ini", "[envtype:sandbox]\nvpc_cidr=10.9.0.0/16\nintranet_cidr=auto\ntunnel_cidr=auto\n"
                "dmz_cidr=auto\nmaintenance_cidr=auto\n")
    cloud.fault({"error": "UnauthorizedOperation", "message": "Said the test."})
    done = asiaq(*command)
    assert (done.returncode, done.stdout) == (1, "")
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR ")]
    assert len(errors) == 1 and "UnauthorizedOperation" in errors[0] and "Said the test" in errors[0]
    assert done.stderr.count("Said the test") == 1, "each failure is said once"
    assert max(counts(cloud.requests()).values()) == 1, "nothing is asked again"
