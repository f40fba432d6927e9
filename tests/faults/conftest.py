"""Options of the fault tests, and the page that tells their last result."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from reliability import Report
from scenarios import SCENARIOS

_REPORT = pytest.StashKey[Report]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-write", action="store_true", help="kill at every write, not at a sample")
    parser.addoption("--reliability", metavar="FILE", type=Path, help="write what was found to this page")
    parser.addoption("--found", metavar="FILE", type=Path, help="the page tells also what the runs before found that kept it here")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_REPORT] = Report()
    found = config.getoption("--found")
    if found is not None and found.exists():
        config.stash[_REPORT].load(found)


@pytest.fixture
def report(pytestconfig: pytest.Config) -> Iterator[Report]:
    """What the tests of this run found; the page is written after each, for a run may be long."""
    report = pytestconfig.stash[_REPORT]
    yield report
    page, found = pytestconfig.getoption("--reliability"), pytestconfig.getoption("--found")
    if found is not None:
        report.save(found)
    if page is not None:
        page.write_text(report.page([scenario.name for scenario in SCENARIOS]))
