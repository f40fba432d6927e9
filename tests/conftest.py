"""What all tests of the real program share: a box without hosts, its account, the program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(_HERE / "support"), str(_HERE.parent / "local")]

from cloud_under_test import CloudUnderTest, endpoint_without_hosts  # noqa: E402
from program_under_test import ProgramUnderTest  # noqa: E402


@pytest.fixture(scope="session")
def endpoint() -> Iterator[dict[str, str]]:
    """The variables of a box without hosts, which refuses what is not signed as AWS wants it."""
    with endpoint_without_hosts("shared", "--check-signatures") as variables:
        yield variables


@pytest.fixture
def cloud(endpoint: dict[str, str]) -> Iterator[CloudUnderTest]:
    """Its account, empty."""
    keys = endpoint["AWS_ACCESS_KEY_ID"], endpoint["AWS_SECRET_ACCESS_KEY"]
    cloud = CloudUnderTest(endpoint["AWS_ENDPOINT_URL"], keys)
    cloud.reset()
    yield cloud
    cloud.heal()


@pytest.fixture
def asiaq(cloud: CloudUnderTest, tmp_path: Path) -> ProgramUnderTest:
    """The program, with an empty configuration."""
    folder = tmp_path / "config"
    folder.mkdir()
    return ProgramUnderTest(cloud, folder)
