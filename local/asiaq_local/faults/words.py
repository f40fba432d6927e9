"""`asiaq local faults`: rules as words, and the list of those in force."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from ..settings import BoxError
from .rules import Rule, RuleSet, choices_of, read_rules, rule_fields


def add_rule_options(parser: argparse.ArgumentParser) -> None:
    """The options that make one rule, and those that name a script."""
    parser.add_argument("--script", metavar="FILE", help="the rules of a JSON file")
    parser.add_argument("--seed", type=int, metavar="N", help="where the chances come from")
    for name, kind, text in rule_fields():
        option = "--" + name.replace("_", "-")
        if kind is bool:
            parser.add_argument(option, action="store_true", default=None, help=text)
        else:
            placeholder = {int: "N", float: "NUMBER"}.get(kind, name.upper())
            choices = choices_of(name)
            parser.add_argument(
                option,
                type=kind,
                choices=choices,
                metavar=None if choices else placeholder,
                help=text.replace("%", "%%"),
            )


def rules_of(options: argparse.Namespace) -> RuleSet:
    """The rules that the options say. Raises BoxError."""
    given = {
        name: getattr(options, name)
        for name, _, _ in rule_fields()
        if getattr(options, name) is not None
    }
    if not options.script:
        return RuleSet([Rule(**given)] if given or options.seed is None else [], options.seed)
    if given:
        raise BoxError("--script names all there is to say of its rules; leave the other options out.")
    rules = read_script(Path(options.script))
    return RuleSet(rules.rules, rules.seed if options.seed is None else options.seed)


def read_script(path: Path) -> RuleSet:
    """The rules of a JSON file. Raises BoxError."""
    try:
        return read_rules(json.loads(path.read_text()))
    except OSError as error:
        raise BoxError(f"The script {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise BoxError(f"The script {path} is not JSON: {error}.") from error
    except BoxError as error:
        raise BoxError(f"The script {path} is wrong: {error}") from error


def print_rules(facts: dict[str, Any]) -> None:
    """One line per rule: its number, how many of the calls that met its conditions it struck, its words."""
    for one in facts["rules"]:
        print(f"{one['number']:3}  {one['struck']:5} of {one['met']:<5}  {one['words']}")
    if any("chance" in one["rule"] for one in facts["rules"]):
        print(f"seed {facts['seed']}")


def script_of(rules: RuleSet) -> dict[str, Any]:
    """The rules as a script."""
    script: dict[str, Any] = {"rules": [rule.facts() for rule in rules.rules]}
    if rules.seed is not None:
        script["seed"] = rules.seed
    return script
