"""Options of the fault tests, and the page that tells their last result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reliability import Report

_REPORT = pytest.StashKey[Report]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-write", action="store_true", help="kill at every write, not at a sample")
    parser.addoption("--reliability", metavar="FILE", type=Path, help="write what was found to this page")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REPORT] = Report()


@pytest.fixture
def report(pytestconfig: pytest.Config) -> Iterator[Report]:
    """What the tests of this run found; the page is written after each, for a run may be long."""
    found = pytestconfig.stash[_REPORT]
    yield found
    page = pytestconfig.getoption("--reliability")
    if page is not None:
        page.write_text(found.page())
