"""One host: a Debian tree on overlayfs, booted by systemd-nspawn in a network namespace of its own."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from . import cgroups, namespaces
from .settings import Box, BoxError

# nspawn's exit status when the guest asked for a reboot (with --keep-unit).
REBOOT_STATUS = 133
_MOUNT_OPTIONS = "index=off,metacopy=off,redirect_dir=off,xino=off"
_ENTER_GROUPS = (
    'while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs" || exit 125; shift; done; shift; exec "$@"'
)
# systemd's signal for a clean reboot of the machine, counted from the first real-time signal.
_SIGNAL_REBOOT = signal.SIGRTMIN + 5


def mount_overlay(layers: list[Path], root: Path, upper: Path | None, work: Path | None) -> None:
    """Mounts `layers` (topmost first) at `root`; writable when there is an upper folder."""
    options = "lowerdir=" + ":".join(str(layer).replace(":", "\\:") for layer in layers)
    if upper and work:
        options += f",upperdir={upper},workdir={work}"
    namespaces.run(
        "mount", "-t", "overlay", "asiaq-box", "-o", f"{options},{_MOUNT_OPTIONS}", str(root)
    )


def unmount(root: Path) -> None:
    """Unmounts lazily: a process that still looks at the tree does not keep it in the name space."""
    if os.path.ismount(root):
        namespaces.run("umount", "-l", str(root))


class Host:
    """The machine behind one instance. Used by one thread at a time, except `signal_…` and `kill`."""

    def __init__(self, box: Box, instance_id: str, layers: list[Path]):
        self.box = box
        self.instance_id = instance_id
        self.layers = layers
        self.folder = box.hosts / instance_id
        self.root = self.folder / "root"
        self.upper = self.folder / "upper"
        self.console = self.folder / "console.log"
        self.leader: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._notify_path = Path("/run/asiaq-box") / box.name / instance_id

    def prepare(self) -> None:
        """Lays the writable layer over the image."""
        work = self.folder / "work"
        for folder in (self.root, self.upper, work):
            folder.mkdir(parents=True)
        os.chmod(self.upper, 0o755)
        mount_overlay(self.layers, self.root, self.upper, work)

    def boot(self, devices: dict[str, str], is_up: Callable[[], bool], timeout: float = 60) -> bool:
        """Boots; returns True when the host is up, False when it ended before.

        `devices` maps names in the host to block devices of the machine. `is_up` is asked now and then
        whether the host answers already, because services of the image may take long to start.
        """
        while not self._notify_path.parent.is_dir():
            # Another box may be taking the common folder away at this moment.
            with contextlib.suppress(FileNotFoundError):
                self._notify_path.parent.mkdir(parents=True, exist_ok=True)
        self._notify_path.unlink(missing_ok=True)
        self.leader = None
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notifications:
            notifications.bind(str(self._notify_path))
            self._spawn(devices)
            try:
                return self._wait_until_up(notifications, is_up, timeout)
            finally:
                self._notify_path.unlink(missing_ok=True)

    def _spawn(self, devices: dict[str, str]) -> None:
        nspawn = [
            *("systemd-nspawn", "--quiet", "--boot", "--keep-unit", "--register=no"),
            *(f"--directory={self.root}", f"--machine={self.instance_id}"),
            f"--network-namespace-path={namespaces.namespace_path(self.box.host_namespace(self.instance_id))}",
            *("--capability=CAP_NET_ADMIN", "--drop-capability=CAP_MKNOD"),
            *("--resolv-conf=off", "--timezone=off", "--link-journal=no", "--console=read-only"),
            *("--notify-ready=yes", "--kill-signal=SIGRTMIN+3"),
            *(f"--bind={device}:{name}" for name, device in devices.items()),
            "systemd.show_status=1",
        ]
        if cgroups.systemd_runs():
            scope = cgroups.scope_name(self.box.name, self.instance_id)
            launch = [
                *("systemd-run", "--scope", "--quiet", "--collect", f"--unit={scope}"),
                *("--slice=asiaq.slice", "--property=Delegate=yes", "--"),
            ]
        else:
            groups = [str(group) for group in cgroups.make(self.box.name, self.instance_id)]
            launch = ["sh", "-c", _ENTER_GROUPS, "launch", *groups, "--"]
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "NOTIFY_SOCKET": str(self._notify_path),
            "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",
        }
        with self.console.open("ab") as console:
            self._process = subprocess.Popen(
                [*launch, *nspawn],
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env=environment,
                start_new_session=True,
            )

    def _wait_until_up(
        self, notifications: socket.socket, is_up: Callable[[], bool], timeout: float
    ) -> bool:
        assert self._process is not None
        notifications.settimeout(0.1)
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                message = notifications.recv(4096).decode(errors="replace")
            except TimeoutError:
                message = ""
            leader = re.search(r"^X_NSPAWN_LEADER_PID=(\d+)$", message, re.MULTILINE)
            if leader:
                self.leader = int(leader.group(1))
            if re.search(r"^READY=1$", message, re.MULTILINE):
                return True
            if not message and self.leader and is_up():
                return True
            if self._process.poll() is not None:
                return False
        return True

    def wait(self) -> int:
        """Waits for the end of the host; nspawn's exit status. Nothing of the host runs afterwards."""
        assert self._process is not None
        status = self._process.wait()
        # When nspawn itself was killed the guest lives on without it.
        cgroups.kill(self.box.name, self.instance_id)
        self.leader = None
        return status

    @property
    def alive(self) -> bool:
        """Whether the host's container runs."""
        return self._process is not None and self._process.poll() is None

    def signal_shutdown(self) -> None:
        """Asks for a clean shutdown."""
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGTERM)

    def signal_reboot(self) -> None:
        """Asks for a clean reboot; `wait` then returns REBOOT_STATUS."""
        if self.leader:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.leader, _SIGNAL_REBOOT)

    def kill(self) -> None:
        """Ends the host as a power failure would."""
        cgroups.kill(self.box.name, self.instance_id)

    def sync(self) -> None:
        """Brings to disk what was written in the host, as far as that is possible from outside."""
        if self.alive:
            subprocess.run(["sync", "-f", str(self.upper)], check=False, timeout=60)

    def destroy(self) -> None:
        """Removes the host's tree. The container must have ended."""
        unmount(self.root)
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir(f"/run/systemd/nspawn/propagate/{self.instance_id}")

    def console_output(self, limit: int = 64 * 1024) -> bytes:
        """The end of what the host wrote to its console."""
        try:
            with self.console.open("rb") as console:
                console.seek(0, os.SEEK_END)
                console.seek(max(0, console.tell() - limit))
                return console.read()
        except FileNotFoundError:
            return b""


def check_room(path: Path, needed: int) -> None:
    """Raises BoxError when the file system of `path` has less than `needed` bytes free."""
    free = shutil.disk_usage(path).free
    if free < needed:
        raise BoxError(
            f"No room left under {path}: {free >> 20} MB free, {needed >> 20} MB needed."
        )
