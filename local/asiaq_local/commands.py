"""The sub-commands of `asiaq local`."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import checks
from .base_image import ensure_base_image
from .cleanup import clean_up, end_process
from .faults.rules import RuleSet
from .faults.words import print_rules, script_of
from .requests_log_text import print_counts, print_requests
from .settings import (
    ACCESS_KEY_ID,
    REGION,
    SECRET_ACCESS_KEY,
    Box,
    BoxError,
)

_START_SECONDS = 60.0
# Variables that would take precedence over the box's keys, or change their meaning.
_DISTURBING = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN")


def say(message: str) -> None:
    """Progress, for people."""
    print(f"asiaq local: {message}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def _exclusive(box: Box) -> Iterator[None]:
    """One command at a time changes a box."""
    handle = _lock(box.command_lock)
    try:
        yield
    finally:
        os.close(handle)


def _lock(path: Path) -> int:
    """Waits for a lock file; a lock that was taken on a file since deleted does not count."""
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BoxError(
                f"The folder for boxes {path.parent} cannot be used: {error.strerror}."
            ) from error
        fcntl.flock(handle, fcntl.LOCK_EX)
        with contextlib.suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle), os.stat(path)):
                return handle
        os.close(handle)


def is_running(box: Box) -> bool:
    """Whether the server of the box lives: it holds a lock for as long as it does."""
    try:
        handle = os.open(box.server_lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except PermissionError:
        # Another account's box: what it wrote down must do.
        return box.description.exists() and Path(f"/proc/{facts_of(box)['pid']}").exists()
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)


def facts_of(box: Box) -> dict[str, Any]:
    """What `up` wrote down about a running box."""
    try:
        return json.loads(box.description.read_text())
    except (OSError, ValueError) as error:
        raise BoxError(
            f"The box '{box.name}' is not running; 'asiaq local up --name {box.name}' starts it."
        ) from error


def running_facts(box: Box) -> dict[str, Any]:
    """Like `facts_of`, for commands that need the server."""
    if not is_running(box):
        raise BoxError(
            f"The box '{box.name}' is not running; 'asiaq local up --name {box.name}' starts it."
        )
    return facts_of(box)


def _ask(facts: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
    """Asks the server of a box something of its own."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{facts['api_port']}/asiaq/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise BoxError(_reason(error)) from error
    except (OSError, ValueError) as error:
        raise BoxError(f"The box '{facts['name']}' does not answer: {error}.") from error


def _reason(error: urllib.error.HTTPError) -> str:
    """What the server says of a request that it refused."""
    with contextlib.suppress(ValueError, TypeError, KeyError):
        return str(json.loads(error.read())["error"])
    return f"The box answers with HTTP status {error.code}."


def up(box: Box, with_hosts: bool, check_signatures: bool) -> None:
    """Starts the box."""
    with _exclusive(box):
        if _is_ready(box):
            say(f"the box '{box.name}' is running already")
            return
        begin = time.monotonic()
        _remove_remains(box)
        try:
            _check(box, with_hosts)
            _start_server(box, with_hosts, check_signatures)
        except BaseException:
            _remove_remains(box)
            box.command_lock.unlink(missing_ok=True)
            raise
        say(f"the box '{box.name}' is up after {time.monotonic() - begin:.1f} s")
        say(f'use it in this shell with: eval "$(asiaq local env{_name_option(box)})"')


def _check(box: Box, with_hosts: bool) -> None:
    """Raises BoxError when the box could not run here; makes the base image if there is none yet."""
    if not with_hosts:
        checks.check_room(box, needed=10_000_000)
        return
    checks.check_root()
    checks.check_room(box)
    checks.check_machine(box)
    ensure_base_image(say)


def _is_ready(box: Box) -> bool:
    """Whether the box runs; one that another `up`, since killed, has begun to start is waited for."""
    deadline = time.monotonic() + _START_SECONDS
    while is_running(box):
        if box.description.exists():
            return True
        if time.monotonic() > deadline:
            raise BoxError(
                f"The box '{box.name}' hangs while it starts; 'asiaq local down' removes it."
            )
        time.sleep(0.05)
    return False


def _name_option(box: Box) -> str:
    return "" if box.name == "asiaq" else f" --name {box.name}"


def _remove_remains(box: Box) -> None:
    stayed = clean_up(box)
    if stayed:
        raise BoxError(
            f"Something of an earlier box '{box.name}' cannot be removed: {', '.join(stayed)}."
        )


def _start_server(box: Box, with_hosts: bool, check_signatures: bool) -> dict[str, Any]:
    lock = os.open(box.server_lock, os.O_CREAT | os.O_RDWR, 0o600)
    reading, writing = os.pipe()
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        command = [sys.executable, "-m", "asiaq_local", "serve", "--name", box.name]
        command += ["--ready", str(writing)] + ([] if with_hosts else ["--no-hosts"])
        command += ["--check-signatures"] if check_signatures else []
        with box.log.open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # The lock lives as long as the server does.
                pass_fds=(writing, lock),
                start_new_session=True,
                cwd="/",
                env={
                    **os.environ,
                    "ASIAQ_BOX_STATE": str(box.state.parent),
                    "PYTHONPATH": str(Path(__file__).parent.parent),
                },
            )
    finally:
        os.close(writing)
        os.close(lock)
    with os.fdopen(reading) as report:
        try:
            text = report.read()
            answer = json.loads(text)
        except ValueError:
            process.wait(5)
            raise BoxError(f"The server of the box did not start:\n{_end_of(box.log)}") from None
        except BaseException:
            end_process(process.pid, 0.5)
            raise
    if "error" in answer:
        raise BoxError(answer["error"])
    return answer


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-8:])


def down(box: Box) -> None:
    """Removes the box with all that is in it."""
    with _exclusive(box):
        was_there = box.state.exists() or is_running(box)
        if is_running(box):
            end_process(
                facts_of(box)["pid"] if box.description.exists() else _lock_holder(box), 1.0
            )
        stayed = clean_up(box)
        if stayed:
            raise BoxError(f"This could not be removed: {', '.join(stayed)}.")
        box.server_lock.unlink(missing_ok=True)
        say(f"the box '{box.name}' is gone" if was_there else f"there was no box '{box.name}'")
        box.command_lock.unlink(missing_ok=True)


def _lock_holder(box: Box) -> int:
    """The server's process id when it was killed before it wrote it down, or is about to."""
    inode = os.stat(box.server_lock).st_ino
    for folder in Path("/proc").glob("[0-9]*/fd"):
        with contextlib.suppress(OSError):
            for link in folder.iterdir():
                with contextlib.suppress(OSError):
                    if os.stat(link).st_ino == inode and os.readlink(link) == str(box.server_lock):
                        return int(folder.parent.name)
    raise BoxError(f"The server of the box '{box.name}' holds its lock but cannot be found.")


def environment_of(box: Box, facts: dict[str, Any]) -> dict[str, str]:
    """The variables with which AWS programs and ssh use the box."""
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{facts['api_port']}",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "ASIAQ_BOX": box.name,
    }
    if facts["hosts"]:
        environment["ASIAQ_SSH_CONFIG"] = str(box.ssh_config)
    return environment


def env(box: Box) -> None:
    """Prints the variables for a shell."""
    disturbing = [name for name in _DISTURBING if name in os.environ]
    if disturbing:
        print(f"unset {' '.join(disturbing)}")
    for name, value in environment_of(box, running_facts(box)).items():
        print(f"export {name}={shlex.quote(value)}")


def shell(box: Box) -> int:
    """A shell in which AWS programs and ssh use the box."""
    environment = {**os.environ, **environment_of(box, running_facts(box))}
    for name in _DISTURBING:
        environment.pop(name, None)
    program = os.environ.get("SHELL") or "/bin/sh"
    environment["PS1"] = f"[{box.name}] " + os.environ.get("PS1", r"\w \$ ")
    say(f"a shell with the box '{box.name}'; leave it with 'exit'")
    return subprocess.run([program], env=environment, check=False).returncode


def status(box: Box, as_json: bool) -> int:
    """What is in the box."""
    if not is_running(box):
        if as_json:
            print(json.dumps({"name": box.name, "running": False}))
        else:
            print(f"The box '{box.name}' is not running.")
        return 1
    facts = facts_of(box)
    state = _ask(facts, "GET", "status")
    if as_json:
        print(json.dumps({**facts, "running": True, **state}, indent=2))
        return 0
    ports = f"API 127.0.0.1:{facts['api_port']}"
    if facts["hosts"]:
        ports += f", SOCKS 127.0.0.1:{facts['socks_port']}"
    print(f"The box '{box.name}' is running (process {facts['pid']}): {ports}")
    _print_table(
        ["host", "state", "private", "public", "name", "memory", "vpc", "image"],
        [
            [
                host["id"],
                host["state"],
                host["private_address"] or "-",
                host["public_address"] or "-",
                host["name"] or "-",
                f"{host['memory_bytes'] >> 20} MB" if host["memory_bytes"] else "-",
                host["vpc"] or "-",
                host["image"],
            ]
            for host in state["hosts"]
        ],
    )
    _print_table(
        ["image", "state", "region", "name"],
        [
            [image["id"], image["state"], image["region"], image["name"]]
            for image in state["images"]
        ],
    )
    return 0


def _print_table(titles: list[str], rows: list[list[str]]) -> None:
    if not rows:
        return
    widths = [max(len(row[column]) for row in [titles, *rows]) for column in range(len(titles))]
    for row in [titles, *rows]:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def reset(box: Box) -> None:
    """Removes all resources."""
    _ask(running_facts(box), "POST", "reset")
    say(f"the box '{box.name}' has a fresh account")


def requests(
    box: Box, as_json: bool, counted: bool, clear: bool, source: str | None, agent: str | None
) -> None:
    """The log of requests."""
    facts = running_facts(box)
    if clear:
        _ask(facts, "DELETE", "requests")
        return
    query = {name: value for name, value in (("source", source), ("agent", agent)) if value}
    if counted:
        query["counts"] = "1"
    answer = _ask(facts, "GET", "requests?" + urllib.parse.urlencode(query))
    if as_json:
        print(json.dumps(answer, indent=2))
    elif counted:
        print_counts(answer)
    else:
        print_requests(answer)


def list_faults(box: Box, as_json: bool) -> None:
    """The faults in force."""
    answer = _ask(running_facts(box), "GET", "faults")
    if as_json:
        print(json.dumps(answer, indent=2))
    else:
        print_rules(answer)


def add_faults(box: Box, rules: RuleSet) -> None:
    """Puts faults in force."""
    added = _ask(running_facts(box), "POST", "faults", script_of(rules))["added"]
    say(f"faults in force: {', '.join(map(str, added))}" if added else "the seed is set")


def clear_faults(box: Box, number: int | None) -> None:
    """Ends one fault, or all."""
    path = "faults" if number is None else f"faults/{number}"
    if not _ask(running_facts(box), "DELETE", path)["cleared"] and number is not None:
        raise BoxError(f"There is no fault {number}; 'asiaq local faults' lists them.")
