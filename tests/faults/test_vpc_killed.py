"""What a killed `vpc create` leaves belongs to its type and its ranges (scenario 18; see test_kill_anywhere.py)."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Callable

import pytest
from asiaq_local.faults.call import Call
from cloud_under_test import CloudUnderTest, name_of, tags_of
from kill_switch import Moment, run_and_interrupt, run_and_kill
from picture import difference, picture
from program_under_test import ProgramUnderTest
from sample_types import SANDBOX
from scenarios import CREATE, DESTROY, configure


@pytest.fixture
def sandbox(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> ProgramUnderTest:
    """The program with the type `sandbox` in its configuration."""
    configure(cloud, asiaq)
    return asiaq


def test_an_unfinished_vpc_of_another_type_is_left_alone(cloud: CloudUnderTest, sandbox: ProgramUnderTest) -> None:
    assert run_and_kill(cloud, sandbox, CREATE, 10, Moment.AFTER)
    assert "asiaq:creating" in tags_of(cloud.vpc("demo"))
    sandbox.write("disco_vpc.ini", SANDBOX.replace("sandbox", "other"))
    cloud.forget_requests()
    error = sandbox.fails(1, "asiaq", "vpc", "create", "--name", "demo", "--type", "other")
    assert "unfinished" in error and not cloud.writes()


def test_dynamic_ranges_are_read_back(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    asiaq.write("disco_vpc.ini", "[envtype:sandbox]\nip_space=10.0.0.0/8\nvpc_cidr_size=20\n"
                "intranet_cidr=auto\ntunnel_cidr=auto\ndmz_cidr=auto\nmaintenance_cidr=auto\n")

    def ranges(vpc: dict) -> dict[str, str]:
        found = cloud.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
        return {name_of(subnet): subnet["CidrBlock"] for subnet in found}

    for at in (2, 20, 30, 50):
        cloud.reset()
        assert run_and_kill(cloud, asiaq, CREATE, at, Moment.AFTER)
        before = cloud.vpc("demo")
        half = ranges(before)
        asiaq.ok(*CREATE)
        after = cloud.vpc("demo")
        assert (after["VpcId"], after["CidrBlock"]) == (before["VpcId"], before["CidrBlock"])
        whole = ranges(after)
        assert len(whole) == 16 and half.items() <= whole.items()


def at_write(number: int) -> Callable[[Call], bool]:
    """True for the n-th write and those after it."""
    writes = itertools.count(1)
    return lambda call: call.kind == "write" and next(writes) >= number


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_create_says_how_to_go_on(cloud: CloudUnderTest, sandbox: ProgramUnderTest, number: int) -> None:
    done = run_and_interrupt(cloud, sandbox, CREATE, at_write(8), number)
    assert (done.returncode, done.stdout) == (1, "") and "the same command goes on from here" in done.stderr
    assert "has been created" in sandbox.ok(*CREATE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_destroy_says_how_to_go_on(cloud: CloudUnderTest, sandbox: ProgramUnderTest, number: int) -> None:
    clean = picture(cloud)
    sandbox.ok(*CREATE)
    done = run_and_interrupt(cloud, sandbox, DESTROY, at_write(8), number)
    assert (done.returncode, done.stdout) == (1, "") and "the same command goes on from here" in done.stderr
    sandbox.ok(*DESTROY)
    assert difference(picture(cloud), clean) == []
