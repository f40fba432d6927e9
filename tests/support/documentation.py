"""Example command lines of the manual in docs/manual, and whether what a command printed is what the manual shows.

An example stands in an indented block. With a `$` before it, the lines that follow are what it prints; without one, nothing is
said of that. A line that names what is to be filled in (`NAME`, `[--dry-run]`, `a|b`) is no example but a synopsis.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cloud_under_test import ROOT

_INDENT = "    "
_COMMAND = re.compile(r"(?:[A-Z_]+=\S+ )*(?:asiaq|disco_\w+\.(?:py|sh)|acfg1\.py) ")
_TO_FILL_IN = re.compile(r"[\[\](|]|(?<![\w=$/.-])[A-Z]{2,}\b(?!=)")
#: What differs from run to run.
_VARIABLE = re.compile(
    r"(?P<id>\b(?P<kind>[a-z]+)-[0-9a-f]{17}\b)"
    r"|(?P<address>\b198\.51\.100\.\d+\b)"
    r"|(?P<time>\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
    r'|(?P<measure>(?<=_sent":|conds":|eived":|aited":)[0-9.]+)'
    r"|(?P<rest>…)"
)


@dataclass
class Example:
    """A command line and, if the manual shows it, what it prints."""

    line: str
    place: str
    output: list[str] | None = None


def examples(page: str) -> list[Example]:
    """The examples of `docs/manual/PAGE.md`, in order."""
    path = ROOT / "docs" / "manual" / f"{page}.md"
    found: list[Example] = []
    shown: Example | None = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        text = line.removeprefix(_INDENT)
        if text == line:
            shown = None
        elif text.startswith("$ "):
            shown = Example(text.removeprefix("$ "), f"{path.name}:{number}", [])
            found.append(shown)
        elif shown is not None:
            assert shown.output is not None
            shown.output.append(text)
        elif _COMMAND.match(text + " ") and not _TO_FILL_IN.search(text):
            found.append(Example(text, f"{path.name}:{number}"))
    return found


def block_after(page: str, beginning: str) -> str:
    """The indented block of `docs/manual/PAGE.md` whose first line is BEGINNING."""
    lines = (ROOT / "docs" / "manual" / f"{page}.md").read_text().splitlines()
    first = lines.index(_INDENT + beginning)
    return "\n".join(_block(lines[first:])) + "\n"


def _block(lines: list[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        if not line.startswith(_INDENT) and not (line == "" and lines[at + 1: at + 2] and lines[at + 1].startswith(_INDENT)):
            return
        yield line.removeprefix(_INDENT)


@dataclass
class Reader:
    """Compares outputs of one page. An id or address of the manual stands for what was printed in its place first."""

    given: dict[str, str] = field(default_factory=dict)

    def filled_in(self, text: str) -> str:
        """The manual's text with what this cloud gave."""
        return _VARIABLE.sub(lambda found: self.given.get(found[0], found[0]), text)

    def check(self, example: Example, printed: str) -> None:
        """Fails unless what was printed is what the manual shows."""
        shown, printed = _plain("\n".join(example.output or [])), _plain(printed)
        fresh: list[str] = []
        match = re.fullmatch(self._pattern(shown, fresh), printed, re.DOTALL)
        assert match, f"{example.place} shows:\n{shown}\nwhat is printed is:\n{printed}"
        self.given.update(zip(fresh, match.groups(), strict=True))

    def _pattern(self, shown: str, fresh: list[str]) -> str:
        pattern, at = "", 0
        for found in _VARIABLE.finditer(shown):
            pattern += re.escape(shown[at:found.start()])
            at = found.end()
            if found["rest"]:
                pattern += ".*"
            elif found["time"]:
                pattern += r"[0-9-]+T[0-9:]+Z"
            elif found["measure"]:
                pattern += r"[0-9.e-]+"
            elif found[0] in self.given:
                pattern += re.escape(self.given[found[0]])
            elif found[0] in fresh:
                pattern += f"(?:\\{fresh.index(found[0]) + 1})"
            else:
                fresh.append(found[0])
                pattern += rf"({found['kind']}-[0-9a-f]{{17}})" if found["id"] else r"(\d+(?:\.\d+){3})"
        return pattern + re.escape(shown[at:])


def _plain(text: str) -> str:
    """Without blanks at the ends of lines; JSON without any."""
    if text.lstrip().startswith(("{", "[")):
        return "".join(text.split())
    return "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
