"""What an operator or a test can ask for: which calls, and what goes wrong with them. All of it is pure."""

from __future__ import annotations

import fnmatch
import re
import shlex
import typing
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ..settings import BoxError
from .call import Call

_HELP = {
    "service": "as in AWS's commands: ec2, s3, iam, autoscaling, … (wildcards allowed)",
    "operation": "DescribeVpcs, 'Describe*', …",
    "kind": "only calls that read, or only those that write",
    "path": "only with this path, such as '/bucket/*' (wildcards allowed)",
    "agent": "only of programs whose user agent starts with this",
    "nth": "only these of the matching calls, counted from 1: 2 or 1,4 or 3-5 or 3-",
    "times": "at most so often",
    "chance": "with this probability, from 0 to 1",
    "error": "answer with this code of AWS, such as RequestLimitExceeded",
    "status": "the HTTP status of --error, --redirect or --answer",
    "message": "the text of --error",
    "carried_out": "carry the call out before --error, --html or --redirect",
    "retry_after": "header Retry-After, in seconds",
    "retry_after_ms": "header x-amz-retry-after, in milliseconds",
    "delay": "the answer takes at least so many seconds",
    "drop": "end the connection: before the body is read, before the call is carried out, or after it",
    "close": "let --drop end it in order (FIN) instead of with a reset (RST)",
    "truncate": "send so many bytes of the body, then end the connection",
    "length": "Content-Length is wrong by so many bytes, such as 10 or -10",
    "html": "answer with an HTML page and this status, such as 502",
    "repeat_token": "every page names the same next token",
    "empty_page": "an empty page with a token comes before the first",
    "invisible": "what the call makes is unknown to so many calls that follow",
    "states": "answers show these states one after the other, such as pending,pending",
    "field": "the field that --states is about (found by itself for EC2)",
    "bucket": "throttle: so many calls of each operation at once …",
    "refill": "… and so many more a second",
    "skew": "the service's clock is so many seconds ahead (negative: behind)",
    "redirect": "refuse calls signed for another region than this",
    "answer": "answer with this text, without carrying the call out",
}
_CONDITIONS = ("service", "operation", "kind", "path", "agent", "nth", "times", "chance")
_EFFECTS = (
    "error", "drop", "truncate", "length", "html", "repeat_token", "empty_page", "invisible",
    "states", "bucket", "skew", "redirect", "answer",
)  # fmt: skip
_COMPANIONS = {
    "status": ("error", "redirect", "answer"),
    "message": ("error",),
    "carried_out": ("error", "html"),
    "retry_after": ("error", "html", "bucket"),
    "retry_after_ms": ("error", "html", "bucket"),
    "close": ("drop",),
    "field": ("states",),
    "refill": ("bucket",),
}
_CHOICES = {"kind": ("read", "write"), "drop": ("headers", "before", "after")}


@dataclass(frozen=True)
class Rule:
    """One fault: conditions that a call must all meet, one effect and perhaps a delay."""

    service: str = "*"
    operation: str = "*"
    kind: str | None = None
    path: str | None = None
    agent: str | None = None
    nth: str | None = None
    times: int | None = None
    chance: float | None = None
    error: str | None = None
    status: int | None = None
    message: str | None = None
    carried_out: bool = False
    retry_after: int | None = None
    retry_after_ms: int | None = None
    delay: float | None = None
    drop: str | None = None
    close: bool = False
    truncate: int | None = None
    length: int | None = None
    html: int | None = None
    repeat_token: bool = False
    empty_page: bool = False
    invisible: int | None = None
    states: str | None = None
    field: str | None = None
    bucket: float | None = None
    refill: float | None = None
    skew: float | None = None
    redirect: str | None = None
    answer: str | None = None

    def __post_init__(self) -> None:
        given = {name for name, value in self.facts().items() if name not in _CONDITIONS}
        effects = [name for name in _EFFECTS if name in given]
        if len(effects) > 1:
            raise BoxError(f"A fault does one thing, not both {_option(effects[0])} and"
                           f" {_option(effects[1])}: make two faults.")  # fmt: skip
        if not effects and self.delay is None:
            raise BoxError("A fault needs something to do, such as --error CODE or --delay SECONDS.")
        for name in given & _COMPANIONS.keys():
            if not set(_COMPANIONS[name]) & given:
                leaders = " or ".join(_option(leader) for leader in _COMPANIONS[name])
                raise BoxError(f"{_option(name)} goes with {leaders}.")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in (None, *choices):
                raise BoxError(f"{_option(name)} is one of {', '.join(choices)}.")
        if self.chance is not None and not 0 <= self.chance <= 1:
            raise BoxError("--chance is a number from 0 to 1.")
        self.counts(1)

    def matches(self, call: Call) -> bool:
        """Whether the call is one of those that the rule is about; counting apart."""
        return (
            fnmatch.fnmatchcase(call.service, self.service)
            and fnmatch.fnmatchcase(call.operation, self.operation)
            and self.kind in (None, call.kind)
            and (self.path is None or fnmatch.fnmatchcase(call.path, self.path))
            and self.is_about(call.agent)
        )

    def is_about(self, agent: str) -> bool:
        """Whether programs with this user agent are meant."""
        return self.agent is None or agent.lower().startswith(self.agent.lower())

    def counts(self, number: int) -> bool:
        """Whether the `number`-th matching call, from 1, is meant."""
        if self.nth is None:
            return True
        for part in str(self.nth).split(","):
            bounds = re.fullmatch(r"\s*([1-9]\d*)(?:(-)([1-9]\d*)?)?\s*", part)
            if not bounds:
                raise BoxError(f"'{self.nth}' does not say which calls: use 2, 1,4, 3-5 or 3-.")
            low = int(bounds[1])
            high = int(bounds[3]) if bounds[3] else (float("inf") if bounds[2] else low)
            if low <= number <= high:
                return True
        return False

    def facts(self) -> dict[str, Any]:
        """What differs from the defaults, as in a script."""
        defaults = {one.name: one.default for one in fields(self)}
        return {name: value for name, value in asdict(self).items() if value != defaults[name]}

    def words(self) -> str:
        """The rule as it can be typed."""
        parts = []
        for name, value in self.facts().items():
            parts.append(_option(name))
            if value is not True:
                parts.append(shlex.quote(f"{value:g}" if isinstance(value, float) else str(value)))
        return " ".join(parts)


@dataclass(frozen=True)
class RuleSet:
    """The content of a script: rules and the seed of their chances."""

    rules: list[Rule] = field(default_factory=list)
    seed: int | None = None


def rule_fields() -> list[tuple[str, type, str]]:
    """(name, type, help) of everything that a rule can say."""
    hints = typing.get_type_hints(Rule)
    return [(one.name, _plain(hints[one.name]), _HELP[one.name]) for one in fields(Rule)]


def choices_of(name: str) -> tuple[str, ...] | None:
    """The values that a field can have, if they are few."""
    return _CHOICES.get(name)


def read_rules(content: Any) -> RuleSet:
    """A script: {"seed": N, "rules": [{…}, …]}, or the list alone. Raises BoxError."""
    if isinstance(content, list):
        content = {"rules": content}
    if not isinstance(content, dict) or not isinstance(content.get("rules"), list):
        raise BoxError('A script of faults is a list of rules, or {"seed": N, "rules": [...]}.')
    unknown = sorted(content.keys() - {"rules", "seed"})
    if unknown:
        raise BoxError(f"A script of faults has no '{unknown[0]}'.")
    seed = content.get("seed")
    if seed is not None and not isinstance(seed, int):
        raise BoxError("The seed of a script is a whole number.")
    return RuleSet([_read_rule(one) for one in content["rules"]], seed)


def _read_rule(content: Any) -> Rule:
    if not isinstance(content, dict):
        raise BoxError(f"A rule is an object, not {content!r}.")
    known = {name: kind for name, kind, _ in rule_fields()}
    values = {}
    for name, value in content.items():
        if name not in known:
            raise BoxError(f"A rule has no '{name}'.")
        if name == "nth" and isinstance(value, int):
            value = str(value)
        wanted = (int, float) if known[name] is float else known[name]
        if isinstance(value, bool) != (known[name] is bool) or not isinstance(value, wanted):
            raise BoxError(f"'{name}' of a rule cannot be {value!r}.")
        values[name] = value
    return Rule(**values)


def _plain(hint: Any) -> type:
    """`int` of `int | None`."""
    return next((one for one in typing.get_args(hint) if one is not type(None)), hint)


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
