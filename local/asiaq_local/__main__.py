"""`python -m asiaq_local SUB-COMMAND`, which `asiaq local SUB-COMMAND` runs."""

from __future__ import annotations

import argparse
import os
import sys

from . import commands
from .faults.words import add_rule_options, rules_of
from .settings import DEFAULT_NAME, Box, BoxError, find_box


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="asiaq local",
        description="The cloud in a box: an AWS account on this machine, with hosts that really boot.",
    )
    sub_commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        command = sub_commands.add_parser(name, help=summary, description=summary)
        command.add_argument(
            "--name", default=os.environ.get("ASIAQ_BOX") or DEFAULT_NAME, metavar="BOX"
        )
        return command

    up = add("up", "Start the box (needs root unless --no-hosts)")
    up.add_argument(
        "--no-hosts", action="store_true", help="the AWS endpoint alone; instances do not boot"
    )
    up.add_argument(
        "--check-signatures", action="store_true", help="refuse requests that are not signed with keys of the account"
    )
    add("down", "Remove the box with all that is in it")
    status = add("status", "Show hosts, images and ports")
    status.add_argument("--json", action="store_true")
    add("env", 'Print the variables for a shell: eval "$(asiaq local env)"')
    add("shell", "Start a shell in which AWS programs and ssh use the box")
    add("reset", "Remove all resources and start with a fresh account")
    requests = add("requests", "Show the log of AWS requests")
    requests.add_argument("--json", action="store_true")
    requests.add_argument(
        "--counts", action="store_true", help="how often each operation was called"
    )
    requests.add_argument("--reset", action="store_true", help="forget the log")
    requests.add_argument(
        "--source", help="only of 'client' (this machine), 'hosts' or one instance id"
    )
    requests.add_argument("--agent", help="only of programs whose user agent starts with this")
    faults = add("faults", "Make AWS calls go wrong: list, add or clear faults")
    _add_fault_actions(faults)
    serve = sub_commands.add_parser("serve")
    serve.add_argument("--name", required=True)
    serve.add_argument("--ready", type=int, required=True)
    serve.add_argument("--no-hosts", action="store_true")
    serve.add_argument("--check-signatures", action="store_true")
    return parser


def _add_fault_actions(faults: argparse.ArgumentParser) -> None:
    actions = faults.add_subparsers(dest="action", metavar="ACTION")

    def add(name: str, summary: str) -> argparse.ArgumentParser:
        action = actions.add_parser(name, help=summary, description=summary)
        # May stand before the action as well.
        action.add_argument("--name", default=argparse.SUPPRESS, metavar="BOX")
        return action

    listing = add("list", "Show the faults in force (the default)")
    listing.add_argument("--json", action="store_true")
    add_rule_options(add("add", "Put a fault, or those of a script, in force"))
    clear = add("clear", "End all faults, or one")
    clear.add_argument("number", nargs="?", type=int, help="as in the list")


def _faults(box: Box, options: argparse.Namespace) -> None:
    if options.action == "add":
        commands.add_faults(box, rules_of(options))
    elif options.action == "clear":
        commands.clear_faults(box, options.number)
    else:
        commands.list_faults(box, as_json=bool(options.action and options.json))


def main() -> int:
    """Runs one sub-command; its exit status."""
    options = _parser().parse_args()
    try:
        box = find_box(options.name)
        if options.command == "up":
            commands.up(box, not options.no_hosts, options.check_signatures)
        elif options.command == "down":
            commands.down(box)
        elif options.command == "status":
            return commands.status(box, options.json)
        elif options.command == "env":
            commands.env(box)
        elif options.command == "shell":
            return commands.shell(box)
        elif options.command == "reset":
            commands.reset(box)
        elif options.command == "requests":
            commands.requests(
                box, options.json, options.counts, options.reset, options.source, options.agent
            )
        elif options.command == "faults":
            _faults(box, options)
        elif options.command == "serve":
            from .server import serve

            serve(box, not options.no_hosts, options.check_signatures, options.ready)
        return 0
    except BoxError as error:
        print(f"ERROR asiaq local: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
