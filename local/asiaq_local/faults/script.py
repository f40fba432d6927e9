"""The faults in force: which calls they strike, and how a call goes through them. Thread-safe."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..http_server import Reply
from .appearing import Invisible, States
from .call import Call
from .effects import (
    Bucket,
    Clock,
    Damage,
    Drop,
    Effect,
    EmptyPage,
    Fail,
    Page,
    Redirect,
    RepeatToken,
    Say,
    Skew,
)
from .rules import Rule, RuleSet


@dataclass
class _Active:
    """A rule in force, with its memory."""

    number: int
    rule: Rule
    effect: Effect
    met: int = 0
    struck: int = 0
    met_by: Counter[tuple[str, str]] = field(default_factory=Counter)


@dataclass(frozen=True)
class Outcome:
    """How a call ended: the answer, which faults struck it, and whether it was carried out."""

    reply: Reply
    faults: tuple[str, ...] = ()
    carried_out: bool = True


class Script:
    """Rules in force. Time and sleep are given, chances come from the seed alone."""

    def __init__(
        self,
        clock: Clock = time.time,
        steady: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._clock = clock
        self._steady = steady
        self._sleep = sleep
        self._lock = threading.Lock()
        self._active: list[_Active] = []
        self._next = 1
        self.seed = 0

    def add(self, rules: RuleSet) -> list[int]:
        """Puts rules in force, behind those that are; their numbers. Raises BoxError."""
        # All or none: a bad one must not leave the others behind.
        effects = [effect_of(rule, self._clock) for rule in rules.rules]
        with self._lock:
            if rules.seed is not None:
                self.seed = rules.seed
            added = []
            for rule, effect in zip(rules.rules, effects, strict=True):
                self._active.append(_Active(self._next, rule, effect))
                added.append(self._next)
                self._next += 1
            return added

    def clear(self, number: int | None = None) -> bool:
        """Ends one rule, or all; whether there was one."""
        with self._lock:
            before = len(self._active)
            self._active = [
                one for one in self._active if number is not None and one.number != number
            ]
            if not self._active:
                self._next = 1  # the same script after a clear meets the same chances
            return len(self._active) < before

    def has_any(self) -> bool:
        """Whether any rule is in force."""
        return bool(self._active)

    def facts(self) -> dict[str, Any]:
        """The rules with how many calls they met and struck."""
        with self._lock:
            rules = [
                {"number": one.number, "rule": one.rule.facts(), "words": one.rule.words(),
                 "met": one.met, "struck": one.struck}
                for one in self._active
            ]  # fmt: skip
            return {"seed": self.seed, "rules": rules}

    def at_headers(self, call: Call) -> Outcome | None:
        """What happens to a request before its body is read, if its headers alone name the operation."""
        if call.is_form:
            return None
        with self._lock:
            for one in self._active:
                if isinstance(one.effect, Drop) and one.effect.at_headers:
                    reply = one.effect.before(call) if self._strikes(one, call) else None
                    if reply is not None:
                        return Outcome(reply, (_label(one.rule),), carried_out=False)
        return None

    def carry(self, call: Call, ask: Callable[[Call], Reply]) -> Outcome:
        """Takes a call through all faults; `ask` carries it out."""
        begin = self._steady()
        with self._lock:
            early = next(
                (reply for one in self._active if (reply := one.effect.watch(call))), None
            )
            struck = [] if early else self._struck(call)
            reply = early or next(
                (reply for one in struck if (reply := one.effect.before(call))), None
            )
            forwarded = call
            for one in struck:
                forwarded = one.effect.request(forwarded)
        carried_out = reply is None
        if reply is None:
            reply = ask(forwarded)
        with self._lock:
            if carried_out:
                for one in struck:
                    reply = one.effect.after(call, reply)
            for one in self._active:
                reply = one.effect.show(call, reply)
        longest = max((one.rule.delay or 0.0 for one in struck), default=0.0)
        if longest:
            self._sleep(max(0.0, begin + longest - self._steady()))
        labels = tuple(_label(one.rule) for one in struck) + (("invisible",) if early else ())
        return Outcome(reply, labels, carried_out)

    def _struck(self, call: Call) -> list[_Active]:
        """The rules that strike, up to the first that refuses the call."""
        struck = []
        for one in self._active:
            seen_at_headers = (
                isinstance(one.effect, Drop) and one.effect.at_headers and not call.is_form
            )
            if not seen_at_headers and self._strikes(one, call):
                struck.append(one)
                if one.effect.refuses:
                    break
        return struck

    def _strikes(self, one: _Active, call: Call) -> bool:
        if not one.rule.matches(call):
            return False
        one.met += 1
        name = (call.service, call.operation)
        one.met_by[name] += 1
        if one.rule.times is not None and one.struck >= one.rule.times:
            return False
        if not one.rule.counts(one.met):
            return False
        if one.rule.chance is not None:
            # By the call's number, not by the order of threads: the same seed strikes the same calls.
            source = f"{self.seed}/{one.number}/{'/'.join(name)}/{one.met_by[name]}"
            if random.Random(source).random() >= one.rule.chance:
                return False
        if not one.effect.wants(call):
            return False
        one.struck += 1
        return True


def effect_of(rule: Rule, clock: Clock) -> Effect:
    """What a rule does. Raises BoxError."""
    if rule.error is not None:
        return Fail(rule)
    if rule.html is not None:
        return Page(rule)
    if rule.drop is not None:
        return Drop(rule)
    if rule.truncate is not None or rule.length is not None:
        return Damage(rule)
    if rule.repeat_token:
        return RepeatToken()
    if rule.empty_page:
        return EmptyPage()
    if rule.bucket is not None:
        return Bucket(rule, clock)
    if rule.skew is not None:
        return Skew(rule, clock)
    if rule.redirect is not None:
        return Redirect(rule)
    if rule.answer is not None:
        return Say(rule)
    if rule.invisible is not None:
        return Invisible(rule)
    if rule.states is not None:
        return States(rule)
    return Effect()


def _label(rule: Rule) -> str:
    """A fault's name in the log of requests."""
    for name in ("error", "html", "drop", "truncate", "length", "bucket", "skew", "redirect", "states"):
        value = getattr(rule, name)
        if value is not None:
            return f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
    return next((name for name in rule.facts() if name in ("repeat_token", "empty_page", "invisible",
                                                           "answer", "delay")), "fault")  # fmt: skip
