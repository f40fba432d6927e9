"""Rules of faults: what can be said, and which calls it is about."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from asiaq_local.faults.call import Call
from asiaq_local.faults.rules import Rule, read_rules
from asiaq_local.faults.words import add_rule_options, rules_of, script_of
from asiaq_local.settings import BoxError


def call(service: str = "ec2", operation: str = "DescribeVpcs", kind: str = "read", agent: str = "asiaq/3") -> Call:
    return Call(service, operation, kind, agent, {"PATH_INFO": "/bucket/a key"}, b"")


def typed(*words: str) -> Rule:
    parser = argparse.ArgumentParser()
    add_rule_options(parser)
    (rule,) = rules_of(parser.parse_args(words)).rules
    return rule


def test_a_rule_without_conditions_is_about_every_call() -> None:
    assert Rule(delay=1.0).matches(call()) and Rule(delay=1.0).matches(call("s3", "GetObject"))


@pytest.mark.parametrize(
    "conditions",
    [{"service": "s3"}, {"operation": "DescribeSubnets"}, {"operation": "Create*"}, {"kind": "write"},
     {"path": "/other/*"}, {"agent": "boto3"}],
)
def test_a_condition_that_is_not_met_excludes(conditions: dict[str, str]) -> None:
    assert not Rule(delay=1.0, **conditions).matches(call())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "conditions",
    [{"service": "ec2"}, {"service": "e*"}, {"operation": "Describe*"}, {"kind": "read"},
     {"path": "/bucket/a*"}, {"agent": "Asiaq"}],
)
def test_a_condition_that_is_met_includes(conditions: dict[str, str]) -> None:
    assert Rule(delay=1.0, **conditions).matches(call())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "nth, struck",
    [(None, [1, 2, 3, 4, 5, 6]), ("2", [2]), ("1,4", [1, 4]), ("3-5", [3, 4, 5]), ("5-", [5, 6]), ("1, 3-4", [1, 3, 4])],
)
def test_the_nth_call_is_told_from_others(nth: str | None, struck: list[int]) -> None:
    rule = Rule(error="Throttling", nth=nth)
    assert [number for number in range(1, 7) if rule.counts(number)] == struck


@pytest.mark.parametrize("nth", ["", "0", "x", "1;2", "-3", "2-1x"])
def test_counts_that_say_nothing_are_refused(nth: str) -> None:
    with pytest.raises(BoxError, match="does not say which calls"):
        Rule(error="Throttling", nth=nth)


@pytest.mark.parametrize(
    "content, reason",
    [
        ({}, "needs something to do"),
        ({"service": "ec2"}, "needs something to do"),
        ({"error": "A", "drop": "after"}, "not both --error and --drop"),
        ({"truncate": 3, "length": 3}, "not both --truncate and --length"),
        ({"delay": 1, "status": 500}, "--status goes with --error or --redirect or --answer"),
        ({"drop": "after", "carried_out": True}, "--carried-out goes with --error or --html"),
        ({"drop": "later"}, "--drop is one of headers, before, after"),
        ({"error": "A", "kind": "both"}, "--kind is one of read, write"),
        ({"error": "A", "chance": 2.0}, "from 0 to 1"),
        ({"error": "A", "colour": "red"}, "no 'colour'"),
        ({"error": 5}, "'error' of a rule cannot be 5"),
        ({"error": "A", "times": "3"}, "'times' of a rule cannot be '3'"),
        ({"error": "A", "times": True}, "'times' of a rule cannot be True"),
        ({"repeat_token": 1}, "'repeat_token' of a rule cannot be 1"),
    ],
)
def test_rules_that_make_no_sense_are_refused_with_the_reason(content: dict[str, Any], reason: str) -> None:
    with pytest.raises(BoxError, match=reason):
        read_rules([content])


@pytest.mark.parametrize("content", [5, {}, {"rules": 1}, {"rules": [], "seeds": 1}, {"rules": [], "seed": "x"}, [1]])
def test_scripts_of_another_form_are_refused(content: Any) -> None:
    with pytest.raises(BoxError):
        read_rules(content)


def test_words_and_script_say_the_same() -> None:
    rule = typed("--service", "ec2", "--operation", "DescribeVpcs", "--nth", "2", "--error", "RequestLimitExceeded")
    assert read_rules([rule.facts()]).rules == [rule]
    assert rule.words() == "--service ec2 --operation DescribeVpcs --nth 2 --error RequestLimitExceeded"


@pytest.mark.parametrize(
    "words",
    [
        "--error InternalError --status 500 --message 'It is broken' --carried-out --retry-after 3 --retry-after-ms 1500",
        "--kind write --times 3 --chance 0.25 --drop after --close",
        "--agent asiaq --delay 0.5 --truncate 10",
        "--length -10",
        "--html 502",
        "--repeat-token",
        "--empty-page",
        "--operation 'Create*' --invisible 3",
        "--states pending,pending --field Status",
        "--bucket 5 --refill 2.5",
        "--skew -600",
        "--status 307 --redirect us-east-1",
        "--answer '<a>b</a>'",
    ],
)
def test_every_rule_is_listed_as_it_can_be_typed(words: str) -> None:
    import shlex

    assert typed(*shlex.split(words)).words() == words


def test_a_script_file_keeps_its_seed_unless_another_is_given(tmp_path: Path) -> None:
    path = tmp_path / "faults.json"
    path.write_text(json.dumps({"seed": 7, "rules": [{"error": "SlowDown", "chance": 0.5}]}))
    parser = argparse.ArgumentParser()
    add_rule_options(parser)
    assert script_of(rules_of(parser.parse_args(["--script", str(path)])))["seed"] == 7
    assert rules_of(parser.parse_args(["--script", str(path), "--seed", "8"])).seed == 8
    with pytest.raises(BoxError, match="leave the other options out"):
        rules_of(parser.parse_args(["--script", str(path), "--error", "A"]))


@pytest.mark.parametrize("text, reason", [(None, "cannot be read"), ("{", "not JSON"), ("5", "is wrong")])
def test_bad_script_files_are_named(tmp_path: Path, text: str | None, reason: str) -> None:
    path = tmp_path / "faults.json"
    if text is not None:
        path.write_text(text)
    parser = argparse.ArgumentParser()
    add_rule_options(parser)
    with pytest.raises(BoxError, match=f"{path}.*{reason}"):
        rules_of(parser.parse_args(["--script", str(path)]))
