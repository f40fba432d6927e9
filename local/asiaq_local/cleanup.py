"""Removes everything a box left on the machine, whatever killed it. Safe to repeat."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import time
from pathlib import Path

from . import cgroups, namespaces
from .settings import Box, BoxError


def clean_up(box: Box) -> list[str]:
    """Kills hosts, takes mounts, namespaces and loop devices away, deletes the state. What stayed, in words."""
    if os.geteuid() == 0:
        cgroups.kill(box.name)
        _unmount_below(box.state)
        _delete_namespaces(box.namespace_prefix)
        _detach_loops(box.volumes)
        _remove_propagation_folders(box)
        shutil.rmtree(Path("/run/asiaq-box") / box.name, ignore_errors=True)
        cgroups.remove_common_folders()
        with contextlib.suppress(OSError):
            os.rmdir("/run/asiaq-box")
    shutil.rmtree(box.state, ignore_errors=True)
    return leftovers(box)


def leftovers(box: Box) -> list[str]:
    """What of the box is still on the machine."""
    found = (
        [f"process {pid}" for pid in sorted(cgroups.processes(box.name))]
        if os.geteuid() == 0
        else []
    )
    found += [f"mount {path}" for path in _mounts_below(box.state)]
    found += [f"namespace {name}" for name in _namespaces(box.namespace_prefix)]
    if box.state.exists():
        found.append(f"folder {box.state}")
    return found


def end_process(pid: int, patience: float) -> None:
    """Ends a process politely, then not."""
    for number, seconds in ((signal.SIGTERM, patience), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if _is_gone(pid):
                return
            time.sleep(0.02)


def _is_gone(pid: int) -> bool:
    with contextlib.suppress(OSError, IndexError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def _mounts_below(folder: Path) -> list[str]:
    """Mount points below a folder, innermost first."""
    points = []
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        # The kernel writes blanks and the like as octal escapes.
        point = re.sub(
            r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), line.split(" ")[4]
        )
        if point.startswith(f"{folder}/"):
            points.append(point)
    return sorted(points, key=len, reverse=True)


def _unmount_below(folder: Path) -> None:
    for point in _mounts_below(folder):
        with contextlib.suppress(BoxError):
            namespaces.run("umount", "-l", point)


def _namespaces(prefix: str) -> list[str]:
    with contextlib.suppress(FileNotFoundError):
        return [name for name in os.listdir("/run/netns") if name.startswith(prefix)]
    return []


def _delete_namespaces(prefix: str) -> None:
    for name in _namespaces(prefix):
        with contextlib.suppress(BoxError):
            namespaces.delete(name)


def _detach_loops(folder: Path) -> None:
    for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
        with contextlib.suppress(OSError, BoxError):
            file = backing.read_text().strip().removesuffix(" (deleted)")
            if file.startswith(f"{folder}/"):
                namespaces.run("losetup", "-d", f"/dev/{backing.parent.parent.name}")


def _remove_propagation_folders(box: Box) -> None:
    """nspawn leaves an empty folder per machine; the names of ours are the host folders'."""
    with contextlib.suppress(FileNotFoundError):
        for host in list(box.hosts.iterdir()):
            with contextlib.suppress(OSError):
                os.rmdir(f"/run/systemd/nspawn/propagate/{host.name}")
