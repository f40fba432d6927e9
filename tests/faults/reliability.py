"""The page docs/reliability.md: what the fault tests found when they were run last."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_INTRODUCTION = """\
# Reliability

What the fault tests found when they last wrote this page (`pytest tests/faults --reliability docs/reliability.md`). `make test-faults`
does so too, and kills at every write; otherwise it is an even sample of them, the first and the last among them.

## Killed anywhere

Each command is killed (SIGKILL) at its n-th write: once with the write sent but not carried out, once with the write carried out and
its answer not read. Then the second command is run, and what there is in the account, ids and times apart, must be what an
undisturbed run leaves. Reads are not counted: a program that dies at a read leaves what the write before it left.

| case | command | then | writes | killed at | clouds that differ |
|---|---|---|---|---|---|
"""


@dataclass
class KillResult:
    """One command, killed at all points of one moment."""

    name: str
    moment: str
    command: list[str]
    recovery: list[str]
    leaves: str
    writes: int
    points: int = 0
    differences: list[str] = field(default_factory=list)


@dataclass
class FaultResult:
    """One command under one kind of fault."""

    command: str
    fault: str
    outcome: str


#: How a test notes what it found.
Found = Callable[[KillResult | FaultResult], None]


@dataclass
class Report:
    """What was found so far; what is found again takes the place of what was found before."""

    kills: dict[tuple[str, str], KillResult] = field(default_factory=dict)
    faults: dict[tuple[str, str], FaultResult] = field(default_factory=dict)

    def add(self, result: KillResult | FaultResult) -> None:
        if isinstance(result, KillResult):
            self.kills[result.name, result.moment] = result
        else:
            self.faults[result.command, result.fault] = result

    def load(self, file: Path) -> None:
        """Goes on from what other runs found."""
        found = json.loads(file.read_text())
        for kill in found["kills"]:
            self.add(KillResult(**kill))
        for fault in found["faults"]:
            self.add(FaultResult(**fault))

    def save(self, file: Path) -> None:
        found = {"kills": [*self.kills.values()], "faults": [*self.faults.values()]}
        file.write_text(json.dumps(found, default=dataclasses.asdict, indent=1))

    def page(self, order: list[str]) -> str:
        """The page in Markdown, killed commands in the order of these names."""
        text = _INTRODUCTION + "".join(self._kill_row(name) for name in order if any(name == one for one, _ in self.kills))
        notes = {one.name: one.leaves for one in self.kills.values() if one.leaves}
        if notes:
            text += "\n" + "".join(f"\\* `{name}` leaves {leaves}.\n" for name, leaves in notes.items())
        if self.faults:
            text += (
                "\n## Under faults\n\nThe faults are those of `asiaq local faults`. *Same cloud*: it is what a run without faults leaves.\n\n"
                "| command | fault | outcome |\n|---|---|---|\n"
            )
            text += "".join(f"| `{one.command}` | {one.fault} | {one.outcome} |\n" for _, one in sorted(self.faults.items()))
        return text

    def _kill_row(self, name: str) -> str:
        found = sorted((one for one in self.kills.values() if one.name == name), key=lambda one: one.moment, reverse=True)
        first = found[0]
        words = "the same" if first.recovery == first.command else f"`{' '.join(first.recovery)}`"
        differing = sum(len(one.differences) for one in found)
        shown = f"{differing}\\*" if first.leaves else str(differing)
        moments = " and ".join(f"{one.points} {one.moment}" for one in found)
        return f"| {name} | `{' '.join(first.command)}` | {words} | {first.writes} | {moments} | {shown} |\n"
