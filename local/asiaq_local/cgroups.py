"""Control groups: one per host, so that everything a host runs can be found and killed."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

# Version 1 hierarchies in which a booted systemd wants to be alone.
_HIERARCHIES = ("systemd", "memory", "cpuacct", "pids")
_FOLDER = "asiaq-box"
_SLICE = "asiaq.slice"


def systemd_runs() -> bool:
    """Whether this machine's init is systemd, which then must be asked for control groups."""
    return os.path.isdir("/run/systemd/system")


def hierarchies() -> list[Path]:
    """The mounted hierarchies that matter for hosts."""
    found = []
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        fields, _, rest = line.partition(" - ")
        kind, _, options = rest.split(" ", 2)
        mount_point = Path(fields.split(" ")[4])
        if kind == "cgroup2":
            found.append(mount_point)
        elif kind == "cgroup":
            names = set(options.split(" ")[-1].replace("name=", "").split(","))
            if names & set(_HIERARCHIES):
                found.append(mount_point)
    return found


def make(box: str, instance_id: str) -> list[Path]:
    """Makes the groups of a host; a process enters by writing 0 into each one's cgroup.procs."""
    made = []
    for root in hierarchies():
        group = root / _FOLDER / box / instance_id
        while not group.is_dir():
            # Another box may be taking the common folder away at this moment.
            with contextlib.suppress(FileNotFoundError):
                group.mkdir(parents=True, exist_ok=True)
        made.append(group)
    return made


def scope_name(box: str, instance_id: str) -> str:
    """The systemd scope of a host on machines that run systemd."""
    return f"asiaq-box-{box}-{instance_id}.scope"


def _groups(box: str, instance_id: str | None) -> Iterator[Path]:
    for root in hierarchies():
        if instance_id:
            candidates = [root / _FOLDER / box / instance_id]
            scopes = scope_name(box, instance_id)
        else:
            candidates = [root / _FOLDER / box]
            scopes = scope_name(box, "i-*")
        candidates += (root / _SLICE).glob(scopes)
        yield from (group for group in candidates if group.is_dir())


def _tree(group: Path) -> list[Path]:
    """The group and all below it, deepest first."""
    return [Path(folder) for folder, _, _ in os.walk(group, topdown=False)]


def processes(box: str, instance_id: str | None = None) -> set[int]:
    """Processes of one host, or of all hosts of a box."""
    found: set[int] = set()
    for group in _groups(box, instance_id):
        for folder in _tree(group):
            with contextlib.suppress(OSError):
                found.update(int(pid) for pid in (folder / "cgroup.procs").read_text().split())
    return found


def kill(box: str, instance_id: str | None = None) -> None:
    """Kills every process of one host, or of all hosts of a box, and removes the groups."""
    deadline = time.monotonic() + 10
    killed: set[int] = set()
    while (found := processes(box, instance_id)) and time.monotonic() < deadline:
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        killed |= found
        time.sleep(0.02)
    # A group lets go of a process a moment before the process is gone.
    while any(_lives(pid) for pid in killed) and time.monotonic() < deadline:
        time.sleep(0.01)
    while time.monotonic() < deadline:
        for group in list(_groups(box, instance_id)):
            for folder in _tree(group):
                with contextlib.suppress(OSError):
                    folder.rmdir()
        if not list(_groups(box, instance_id)):
            break
        time.sleep(0.02)


def remove_common_folders() -> None:
    """Removes what all boxes share, when no box is left."""
    for root in hierarchies():
        with contextlib.suppress(OSError):
            (root / _FOLDER).rmdir()


def _lives(pid: int) -> bool:
    """Whether a process is there and more than an entry that its parent has not collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (OSError, IndexError):
        return False


def memory_bytes(box: str, instance_id: str) -> int | None:
    """Memory charged to a host; None where the machine does not account memory."""
    for group in _groups(box, instance_id):
        for name in ("memory.usage_in_bytes", "memory.current"):
            with contextlib.suppress(OSError, ValueError):
                return int((group / name).read_text())
    return None
