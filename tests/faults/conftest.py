"""Options of the fault tests, and the page that tells their last result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest
from reliability import FaultResult, Found, KillResult, Report
from scenarios import SCENARIOS

_KINDS = {one.__name__: one for one in (KillResult, FaultResult)}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-write", action="store_true", help="kill at every write, not at a sample")
    parser.addoption("--reliability", metavar="FILE", type=Path, help="write what was found to this page")
    parser.addoption("--found", metavar="FILE", type=Path, help="the page tells also what the runs before found that kept it here")


class Writer:
    """Takes what tests found out of their reports, from whatever process they come; writes it after each, for a run may be long."""

    def __init__(self, page: Path | None, found: Path | None) -> None:
        self._page = page
        self._found = found
        self._report = Report()
        if found is not None and found.exists():
            self._report.load(found)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        results = [_KINDS[name](**value) for name, value in report.user_properties if name in _KINDS]
        if report.when != "call" or not results:
            return
        for result in results:
            self._report.add(result)
        if self._found is not None:
            self._report.save(self._found)
        if self._page is not None:
            self._page.write_text(self._report.page([scenario.name for scenario in SCENARIOS]))


def pytest_configure(config: pytest.Config) -> None:
    # Where tests run in several processes, the one that started them gets all reports.
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Writer(config.getoption("--reliability"), config.getoption("--found")))


@pytest.fixture
def found(record_property: Callable[[str, object], None]) -> Found:
    """Notes what a test found."""
    return lambda result: record_property(type(result).__name__, asdict(result))
