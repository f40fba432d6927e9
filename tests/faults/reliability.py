"""The page docs/reliability.md: what the fault tests found when they were run last."""

from __future__ import annotations

from dataclasses import dataclass, field

_INTRODUCTION = """\
# Reliability

What the fault tests found when they last wrote this page (`pytest tests/faults --reliability docs/reliability.md`). `make test-faults`
does so too, and kills at every write; otherwise it is an even sample of them, the first and the last among them.

## Killed anywhere

Each command is killed (SIGKILL) at its n-th write: once with the write sent but not carried out, once with the write carried out and
its answer not read. Then the second command is run, and what there is in the account, ids and times apart, must be what an
undisturbed run leaves. Reads are not counted: a program that dies at a read leaves what the write before it left.

| command | then | writes | killed at | clouds that differ |
|---|---|---|---|---|
"""


@dataclass
class KillResult:
    """One command, killed at all points of one moment."""

    name: str
    command: tuple[str, ...]
    recovery: tuple[str, ...]
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


@dataclass
class Report:
    """What was found so far."""

    kills: list[KillResult] = field(default_factory=list)
    faults: list[FaultResult] = field(default_factory=list)

    def page(self) -> str:
        """The page in Markdown."""
        text = _INTRODUCTION + "".join(self._kill_row(name) for name in dict.fromkeys(one.name for one in self.kills))
        notes = {one.name: one.leaves for one in self.kills if one.leaves}
        if notes:
            text += "\n" + "".join(f"\\* `{name}` leaves {leaves}.\n" for name, leaves in notes.items())
        if self.faults:
            text += (
                "\n## Under faults\n\nThe faults are those of `asiaq local faults`. *Same cloud*: it is what a run without faults leaves.\n\n"
                "| command | fault | outcome |\n|---|---|---|\n"
            )
            text += "".join(f"| `{one.command}` | {one.fault} | {one.outcome} |\n" for one in self.faults)
        return text

    def _kill_row(self, name: str) -> str:
        both = [one for one in self.kills if one.name == name]
        first = both[0]
        words = "the same" if first.recovery == first.command else f"`{' '.join(first.recovery)}`"
        differing = sum(len(one.differences) for one in both)
        shown = f"{differing}\\*" if first.leaves else str(differing)
        return (
            f"| `{' '.join(first.command)}` | {words} | {first.writes} | {first.points} of them, before and after"
            f" | {shown} |\n"
        )
