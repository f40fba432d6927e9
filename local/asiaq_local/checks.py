"""Whether this machine can boot hosts; if not, one sentence that says why."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import cgroups
from .host import mount_overlay, unmount
from .settings import Box, BoxError

_PROGRAMS = (
    "ip", "nft", "mount", "umount", "systemd-nspawn", "mmdebstrap", "unshare", "setpriv", "cp", "sync", "nc", "ssh",
)  # fmt: skip
_CAPABILITIES = {"CAP_SYS_ADMIN": 21, "CAP_NET_ADMIN": 12, "CAP_SYS_CHROOT": 18, "CAP_MKNOD": 27}
_NEEDED_BYTES = 200_000_000
_OTHERWISE = "'asiaq local up --no-hosts' offers the API alone."


def check_room(box: Box, needed: int = _NEEDED_BYTES) -> None:
    """Raises BoxError when the state folder cannot be made or its disk is full."""
    try:
        box.state.mkdir(parents=True, exist_ok=True)
        os.chmod(box.state, 0o755)
        free = shutil.disk_usage(box.state).free
        probe = box.state / ".probe"
        probe.write_bytes(bytes(4096))
        probe.unlink()
    except OSError as error:
        raise BoxError(f"The state folder {box.state} cannot be used: {error.strerror}.") from error
    if free < needed:
        raise BoxError(
            f"The disk of the state folder {box.state} is full: {free // 10**6} MB are free,"
            f" a box needs {needed // 10**6} MB."
        )


def check_root() -> None:
    """Raises BoxError for everybody but root."""
    if os.geteuid() != 0:
        raise BoxError(f"A box with hosts that boot needs root. {_OTHERWISE}")


def check_machine(box: Box) -> None:
    """Raises BoxError when hosts could not boot here."""
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    if missing:
        raise BoxError(f"Missing programs: {', '.join(missing)}; scripts/setup installs them.")
    _check_capabilities()
    _check_namespaces()
    _check_overlay(box)
    _check_cgroups(box)


def _check_capabilities() -> None:
    status = Path("/proc/self/status").read_text()
    effective = int(re.search(r"^CapEff:\s*([0-9a-f]+)$", status, re.MULTILINE).group(1), 16)  # type: ignore[union-attr]
    lacking = [name for name, bit in _CAPABILITIES.items() if not effective >> bit & 1]
    if lacking:
        raise BoxError(
            f"This account is root without {', '.join(lacking)}, as in a container; hosts cannot boot here."
            f" {_OTHERWISE}"
        )
    if Path("/proc/self/uid_map").read_text().split() != ["0", "0", "4294967295"]:
        raise BoxError(
            f"This account is root of a user namespace only; hosts cannot boot here. {_OTHERWISE}"
        )


def _check_namespaces() -> None:
    try:
        subprocess.run(
            ["unshare", "--net", "--mount", "true"], check=True, capture_output=True, timeout=20
        )
    except subprocess.SubprocessError as error:
        raise BoxError(f"This machine does not allow network namespaces. {_OTHERWISE}") from error


def _check_overlay(box: Box) -> None:
    folder = Path(tempfile.mkdtemp(prefix="probe-", dir=box.state))
    root = folder / "root"
    try:
        for name in ("lower", "upper", "work", "root"):
            (folder / name).mkdir()
        mount_overlay([folder / "lower"], root, folder / "upper", folder / "work")
        unmount(root)
    except BoxError as error:
        raise BoxError(
            f"The file system of {box.state} cannot hold hosts' disks (overlayfs refuses it);"
            f" set ASIAQ_BOX_STATE to a folder on ext4, xfs or btrfs. {_OTHERWISE}"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check_cgroups(box: Box) -> None:
    if cgroups.systemd_runs():
        return
    try:
        groups = cgroups.make(box.name, "probe")
        cgroups.kill(box.name, "probe")
    except OSError as error:
        raise BoxError(f"Control groups cannot be made here ({error}). {_OTHERWISE}") from error
    if not groups:
        raise BoxError(f"No control groups are mounted on this machine. {_OTHERWISE}")
