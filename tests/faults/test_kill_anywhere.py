"""Every command can be killed at any moment, and the next run makes good what it left (scenario 18 for environments)."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from cloud_under_test import CloudUnderTest
from kill_switch import Moment, count_writes, run_and_kill
from picture import difference, picture
from program_under_test import ProgramUnderTest
from reliability import Found, KillResult
from scenarios import SCENARIOS, Scenario

#: So many points of each command are tried by default: the first, the last, and others evenly between.
SAMPLE = 4


def points(first: int, last: int, every: bool) -> list[int]:
    """The writes at which a command is killed."""
    if every or last - first < SAMPLE:
        return list(range(first, last + 1))
    return sorted({first + round(step * (last - first) / (SAMPLE - 1)) for step in range(SAMPLE)})


def test_a_sample_has_the_first_and_the_last_write() -> None:
    assert points(1, 72, every=False) == [1, 25, 48, 72] and points(2, 72, every=False) == [2, 25, 49, 72]
    assert points(1, 3, every=False) == [1, 2, 3] and len(points(2, 72, every=True)) == 71


@dataclass
class Undisturbed:
    """What a scenario leaves when nobody interferes."""

    writes: int = 0
    picture: dict[str, list[str]] = field(default_factory=dict)


_UNDISTURBED: dict[str, Undisturbed] = {}


def undisturbed(scenario: Scenario, cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> Undisturbed:
    """Runs the scenario to its end, once for all tests of it."""
    if scenario.name not in _UNDISTURBED:
        scenario.prepare(cloud, asiaq)
        writes = count_writes(cloud, asiaq, scenario.command)
        if scenario.finish:
            asiaq.ok(*scenario.finish)
        _UNDISTURBED[scenario.name] = Undisturbed(writes, picture(cloud))
    return _UNDISTURBED[scenario.name]


@pytest.mark.parametrize("moment", list(Moment), ids=lambda moment: moment.value)
@pytest.mark.parametrize(
    "scenario", [pytest.param(one, id=one.name, marks=pytest.mark.xdist_group(one.name)) for one in SCENARIOS]
)
def test_killed_anywhere(
    scenario: Scenario, moment: Moment, cloud: CloudUnderTest, asiaq: ProgramUnderTest, found: Found,
    pytestconfig: pytest.Config,
) -> None:  # fmt: skip
    expected = undisturbed(scenario, cloud, asiaq)
    assert expected.writes > 0
    result = KillResult(scenario.name, moment.value, [*scenario.command], [*scenario.recovery], scenario.leaves, expected.writes)
    try:
        for at in points(scenario.first, expected.writes, pytestconfig.getoption("--every-write")):
            cloud.reset()
            scenario.prepare(cloud, asiaq)
            # Threads may have less to do than in the run that was counted: some writes depend on their order.
            assert run_and_kill(cloud, asiaq, scenario.command, at, moment), f"it makes less than {at} writes"
            result.points += 1
            recover(scenario, asiaq, at)
            lines = difference(picture(cloud), expected.picture, scenario.left_out)
            if lines:
                result.differences.append(f"killed {moment.value} write {at}:\n" + "\n".join(lines))
    finally:
        found(result)
    if scenario.leaves and moment is Moment.AFTER:
        assert all(text.count("\n") == 1 and "\n+ " in text for text in result.differences), result.differences
    else:
        assert result.differences == [], "\n".join(result.differences)


def recover(scenario: Scenario, asiaq: ProgramUnderTest, at: int) -> None:
    """Runs what makes good, which may find that all is done."""
    done = asiaq(*scenario.recovery)
    if done.returncode == 0:
        return
    assert scenario.done_already and scenario.done_already in done.stderr, f"killed at write {at}: {done.stderr}"
