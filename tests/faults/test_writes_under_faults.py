"""Commands that write: what can be done again is, what cannot is not, and the cloud is as if nothing had happened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from cloud_under_test import CloudUnderTest, counts
from picture import difference, picture
from program_under_test import ProgramUnderTest
from reliability import FaultResult, Found
from scenarios import BUCKET, CREATE, CREATE_NATTED, STORM, Rule, configure, credentials, images

ALLOCATE = ("asiaq", "eip", "allocate")
SET = ("asiaq", "creds", "--env", "demo", "set", "--key", "old", "--value", "-")
SPINUP = ("asiaq", "aws", "--env", "demo", "spinup", "--pipeline", "p.csv")

#: Refused before anything was done: to be tried again.
REFUSED: dict[str, Rule] = {
    "throttled twice": {"error": "RequestLimitExceeded", "nth": "1-2"},
    "throttled with a hint": {"error": "Throttling", "nth": "1", "retry_after_ms": 20},
    "the service's clock an hour ahead": {"skew": 3600.0},
}
#: Nobody knows whether it was done.
UNKNOWN: dict[str, Rule] = {
    "HTTP 500": {"error": "InternalError"},
    "HTTP 500 after the work": {"error": "InternalError", "carried_out": True},
    "a page of HTML, status 502, after the work": {"html": 502, "carried_out": True},
    "a reset instead of an answer": {"drop": "before"},
    "a reset after the work": {"drop": "after"},
    "a connection closed after the work": {"drop": "after", "close": True},
    "a truncated answer": {"truncate": 10},
    "a Content-Length that is too large": {"length": 7},
}


def was_done(rule: Rule) -> bool:
    """Whether the service did what it was asked in spite of the fault."""
    return rule.get("carried_out", False) or rule.get("drop") == "after" or "truncate" in rule or "length" in rule


@pytest.mark.parametrize("name", REFUSED)
def test_an_allocation_that_was_refused_is_tried_again(
    cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found, name: str
) -> None:
    cloud.fault({"operation": "AllocateAddress", **REFUSED[name]})
    address = asiaq.ok(*ALLOCATE).strip()
    assert cloud.struck()[0] > 0
    assert counts(cloud.carried_out()) == {"AllocateAddress": 1}
    assert [one["PublicIp"] for one in cloud.ec2.describe_addresses()["Addresses"]] == [address]
    found(FaultResult(" ".join(ALLOCATE), name, "same cloud"))


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_allocation_that_may_have_been_done_is_looked_for(
    cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found, name: str
) -> None:
    rule = UNKNOWN[name]
    cloud.fault({"operation": "AllocateAddress", "nth": "1", **rule})
    address = asiaq.ok(*ALLOCATE).strip()
    assert cloud.struck() == [1]
    assert counts(cloud.requests())["AllocateAddress"] == (1 if was_done(rule) else 2)
    assert [one["PublicIp"] for one in cloud.ec2.describe_addresses()["Addresses"]] == [address]
    outcome = "found, not allocated again" if was_done(rule) else "looked for, then allocated"
    found(FaultResult(" ".join(ALLOCATE), name, outcome))


def test_an_allocation_that_never_gets_an_answer_ends_in_an_error(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    cloud.fault({"operation": "AllocateAddress", "error": "InternalError"})
    error = asiaq.error(*ALLOCATE, ASIAQ_WAIT_SCALE="0.001")
    assert "AllocateAddress" in error and "look" in error
    assert cloud.struck() == [10]
    assert cloud.ec2.describe_addresses()["Addresses"] == []


# The answer to a stored object has no body that could be cut.
@pytest.mark.parametrize("name", [name for name, rule in {**REFUSED, **UNKNOWN}.items() if "truncate" not in rule])
def test_a_credential_is_stored_again_until_it_is_stored(
    cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found, name: str
) -> None:
    credentials(cloud, asiaq)
    cloud.fault({"operation": "PutObject", "nth": "1", **{**REFUSED, **UNKNOWN}[name]})
    assert asiaq(*SET, stdin=b"new\0").returncode == 0
    (struck,) = cloud.struck()
    assert struck > 0 and counts(cloud.requests())["PutObject"] == struck + 1
    assert cloud.client("s3").get_object(Bucket=BUCKET, Key="old")["Body"].read() == b"new\0"
    found(FaultResult(" ".join(SET), name, "stored again; same cloud"))


def test_a_large_upload_that_nobody_reads_is_sent_again(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    credentials(cloud, asiaq)
    large = bytes(range(256)) * 80_000
    cloud.fault({"operation": "PutObject", "nth": "1-2", "drop": "headers"})
    assert asiaq(*SET, stdin=large).returncode == 0 and cloud.struck() == [2]
    assert cloud.client("s3").get_object(Bucket=BUCKET, Key="old")["Body"].read() == large


@dataclass(frozen=True)
class Command:
    """A command that does many things."""

    words: tuple[str, ...]
    prepare: Any = configure


COMMANDS = {
    "vpc create": Command(CREATE),
    "vpc create with NAT gateways": Command(CREATE_NATTED),
    "aws spinup": Command(SPINUP, images),
}
_EXPECTED: dict[str, dict[str, list[str]]] = {}


def expected(name: str, cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> dict[str, list[str]]:
    """The cloud that a command leaves when nothing goes wrong."""
    if name not in _EXPECTED:
        COMMANDS[name].prepare(cloud, asiaq)
        asiaq.ok(*COMMANDS[name].words)
        _EXPECTED[name] = picture(cloud)
        cloud.reset()
    COMMANDS[name].prepare(cloud, asiaq)
    return _EXPECTED[name]


def must_succeed(cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found, name: str, fault: str, *rules: Rule) -> None:
    """The command succeeds the first time, faults strike, and the cloud is the same."""
    wanted = expected(name, cloud, asiaq)
    cloud.fault(*rules)
    asiaq.ok(*COMMANDS[name].words)
    struck = cloud.struck()
    cloud.heal()
    assert any(struck), "no fault struck"
    assert difference(picture(cloud), wanted) == []
    found(FaultResult(" ".join(COMMANDS[name].words), fault, "same cloud"))


@pytest.mark.parametrize("name", COMMANDS)
def test_what_was_made_may_take_its_time_to_be_seen(
    name: str, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    must_succeed(cloud, asiaq, found, name, "not visible to the next two calls",
                 {"operation": "Create*", "invisible": 2}, {"operation": "Allocate*", "invisible": 2})  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_states_take_their_time(
    name: str, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    must_succeed(cloud, asiaq, found, name, "pending three times",
                 *({"operation": f"Describe{kind}", "states": "pending,pending,pending"}
                   for kind in ("Vpcs", "Subnets", "NatGateways", "Instances")))  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_throttling_of_every_operation_is_waited_for(
    name: str, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    must_succeed(cloud, asiaq, found, name, "a bucket of 2 calls per operation, 10 a second more",
                 {"bucket": 2.0, "refill": 10.0})  # fmt: skip


@pytest.mark.parametrize("name", COMMANDS)
def test_a_clock_that_is_wrong_is_learnt_once(
    name: str, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    must_succeed(cloud, asiaq, found, name, "the service's clock an hour ahead", {"skew": 3600.0})


#: Each strikes some writes in the middle of the work.
INTERRUPTING: dict[str, Rule] = {
    "HTTP 500 at every seventh write": {"error": "InternalError"},
    "HTTP 500 after the work": {"error": "InternalError", "carried_out": True},
    "resets after the work": {"drop": "after"},
    "no permission at first": {"error": "UnauthorizedOperation", "message": "You are not authorized."},
}


@pytest.mark.parametrize("fault", INTERRUPTING)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_failed_goes_on_when_it_is_run_again(
    name: str, fault: str, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    wanted = expected(name, cloud, asiaq)
    cloud.fault({"kind": "write", "nth": "2,7,14", **INTERRUPTING[fault]})
    runs = run_until_done(asiaq, COMMANDS[name].words, limit=5)
    assert sum(cloud.struck()) >= 2
    cloud.heal()
    assert difference(picture(cloud), wanted) == []
    outcome = "same cloud" if runs == 1 else f"same cloud after {runs} runs; one line of error each time before"
    found(FaultResult(" ".join(COMMANDS[name].words), fault, outcome))


def run_until_done(asiaq: ProgramUnderTest, words: tuple[str, ...], limit: int, **environment: str) -> int:
    """Runs a command again as long as it fails, which each time it must tell in one line; how often it was run."""
    for number in range(1, limit + 1):
        done = asiaq(*words, **environment)
        if done.returncode == 0:
            return number
        summary = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        assert (done.returncode, len(summary)) == (1, 1), done.stderr
        # The last write may be one of those whose outcome nobody knows.
        if re.search("exists already|no VPC has the name", summary[0]):
            return number
    raise AssertionError(f"{words} still fails after {limit} runs: {done.stderr}")


def test_a_storm_of_allocations_loses_no_address(
    cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    cloud.fault(*STORM, seed=3)
    told = [asiaq.ok(*ALLOCATE, AWS_RETRY_MODE="standard").strip() for _ in range(15)]
    assert sum(cloud.struck()[1:]) > 0
    assert sorted(one["PublicIp"] for one in cloud.ec2.describe_addresses()["Addresses"]) == sorted(told)
    for address in told:
        asiaq.ok("asiaq", "eip", "release", "--eip", address, AWS_RETRY_MODE="standard")
    cloud.heal()
    assert cloud.ec2.describe_addresses()["Addresses"] == []
    found(FaultResult(
        " ".join(ALLOCATE), "30 % throttling, 5 % HTTP 500, 2 % dropped connections (seed 3), 15 times",
        "15 told, and as many there"))  # fmt: skip
