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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Says which tests go to one process when there are several (`-n 2 --dist loadgroup`).

    Those of the box with hosts share it and what was booted there; of all others, a file shares what it computed once.
    """
    for item in items:
        if item.get_closest_marker("xdist_group") is not None:
            continue
        with_hosts = "box" in getattr(item, "fixturenames", ())
        item.add_marker(pytest.mark.xdist_group("hosts" if with_hosts else str(item.path)))


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
