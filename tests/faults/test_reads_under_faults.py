"""Commands that only read say the same whatever goes wrong, unless AWS means what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from cloud_under_test import CloudUnderTest, counts
from program_under_test import ProgramUnderTest
from reliability import FaultResult, Found
from scenarios import credentials, environment, images

Rule = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """A command, the operation that carries it, and what it reads."""

    words: tuple[str, ...]
    service: str
    operation: str
    prepare: Callable[[CloudUnderTest, ProgramUnderTest], None]

    @property
    def name(self) -> str:
        return " ".join(self.words)


def hosts(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """With an environment in which hosts run."""
    images(cloud, asiaq)
    asiaq.ok("asiaq", "aws", "--env", "demo", "spinup", "--pipeline", "p.csv")
    cloud.settle()


READINGS = (
    Reading(("asiaq", "vpc", "list"), "ec2", "DescribeVpcs", environment),
    Reading(("asiaq", "aws", "--env", "demo", "listhosts"), "ec2", "DescribeInstances", hosts),
    Reading(("asiaq", "eip", "list"), "ec2", "DescribeAddresses", lambda cloud, _: cloud.ec2.allocate_address(Domain="vpc")),
    Reading(("asiaq", "creds", "--env", "demo", "get", "--key", "old"), "s3", "GetObject", credentials),
)  # fmt: skip

#: What a command gets over without a word.
SURVIVED: dict[str, Rule] = {
    "throttled twice": {"error": "RequestLimitExceeded", "nth": "1-2"},
    "throttled with a hint": {"error": "Throttling", "nth": "1", "retry_after": 1, "retry_after_ms": 50},
    "SlowDown": {"error": "SlowDown", "nth": "1"},
    "HTTP 500 twice": {"error": "InternalError", "nth": "1-2"},
    "HTTP 503": {"error": "ServiceUnavailable", "nth": "1"},
    "a page of HTML, status 502": {"html": 502, "nth": "1"},
    "a slow answer": {"delay": 0.5, "nth": "1"},
    "a reset before the body was read": {"drop": "headers", "nth": "1"},
    "a reset instead of an answer": {"drop": "before", "nth": "1-2"},
    "a reset after the work": {"drop": "after", "nth": "1"},
    "a connection closed in order": {"drop": "after", "close": True, "nth": "1"},
    "a truncated body": {"truncate": 10, "nth": "1"},
    "a Content-Length that is too large": {"length": 7, "nth": "1"},
    "the service's clock an hour ahead": {"skew": 3600.0},
    "the service's clock a day behind": {"skew": -86400.0},
    "a bucket of one call, two a second more": {"bucket": 1.0, "refill": 2.0},
}
#: What means something: status 1 and one line that names the code.
REFUSED: dict[str, Rule] = {
    "no permission": {"error": "UnauthorizedOperation", "message": "You are not authorized to perform this operation."},
    "wrong keys": {"error": "InvalidClientTokenId", "status": 403},
    "an unknown code": {"error": "SomethingNew", "status": 400},
}


@pytest.fixture(params=READINGS, ids=lambda reading: " ".join(reading.words[1:3]))
def reading(request: pytest.FixtureRequest, cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> Reading:
    chosen: Reading = request.param
    chosen.prepare(cloud, asiaq)
    return chosen


def about(reading: Reading, rule: Rule) -> Rule:
    """The rule for the operation that carries the command."""
    return {"service": reading.service, "operation": reading.operation, **rule}


def test_faults_that_pass_change_nothing(
    reading: Reading, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    expected = asiaq.ok(*reading.words)
    assert expected
    for name, rule in SURVIVED.items():
        cloud.heal()
        cloud.fault(about(reading, rule))
        cloud.forget_requests()
        assert asiaq.ok(*reading.words) == expected, name
        if "bucket" in rule:
            assert asiaq.ok(*reading.words) == expected, name
        assert cloud.struck()[0] > 0, f"{name} never struck"
        assert not cloud.writes()
        found(FaultResult(reading.name, name, "same output"))


def test_what_aws_means_is_told_in_one_line(
    reading: Reading, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found
) -> None:
    for name, rule in REFUSED.items():
        cloud.heal()
        cloud.fault(about(reading, rule))
        cloud.forget_requests()
        error = asiaq.error(*reading.words)
        assert str(rule["error"]) in error and reading.operation in error, name
        assert counts(cloud.requests())[reading.operation] == 1, f"{name} was tried again"
        found(FaultResult(reading.name, name, "one line of error, not tried again"))


def test_what_never_passes_ends_in_one_line(reading: Reading, cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    for rule in ({"error": "InternalError"}, {"drop": "before"}, {"html": 502}):
        cloud.heal()
        cloud.fault(about(reading, rule))
        cloud.forget_requests()
        error = asiaq.error(*reading.words, AWS_MAX_ATTEMPTS="3")
        assert reading.operation in error and "3 attempts" in error
        # A read on a connection that turns out to be dead is sent once more by the HTTP library itself.
        assert counts(cloud.requests())[reading.operation] in ((3, 4) if "drop" in rule else (3,))


@pytest.mark.parametrize("reading", [READINGS[0], READINGS[1]], indirect=True, ids=["vpc list", "listhosts"])
def test_pages_are_followed_past_an_empty_one(reading: Reading, cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    expected = asiaq.ok(*reading.words)
    cloud.fault(about(reading, {"empty_page": True}))
    assert asiaq.ok(*reading.words) == expected and cloud.struck()[0] >= 2


@pytest.mark.parametrize("reading", [READINGS[0], READINGS[1]], indirect=True, ids=["vpc list", "listhosts"])
def test_pages_without_end_are_an_error(reading: Reading, cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    cloud.fault(about(reading, {"repeat_token": True}))
    cloud.forget_requests()
    assert "token" in asiaq.error(*reading.words)
    assert counts(cloud.requests())[reading.operation] <= 3
