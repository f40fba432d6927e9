"""Volumes other than the root disk: sparse files behind loop devices, seen by hosts as /dev/xvdb etc."""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import namespaces
from .host import check_room
from .settings import Box, BoxError

log = logging.getLogger("volumes")

_GIGABYTE = 1 << 30
_ROOM = 16 << 20


@dataclass(frozen=True)
class Attachment:
    """A volume that EC2 shows as attached."""

    volume_id: str
    device: str
    gigabytes: int
    snapshot_id: str | None


def names_in_host(device: str) -> list[str]:
    """The names under which a host sees a device: /dev/sdb is also /dev/xvdb, as on EC2's Xen machines."""
    if device.startswith("/dev/sd"):
        return [device, "/dev/xvd" + device.removeprefix("/dev/sd")]
    return [device]


class VolumeStore:
    """The files of volumes and snapshots, and the loop devices in front of them. Thread-safe."""

    def __init__(self, box: Box):
        self._folder = box.volumes
        self._loops: dict[str, str] = {}
        self._lock = threading.Lock()

    def open(self, attachment: Attachment) -> str:
        """The block device of a volume; its file is made when it is needed for the first time."""
        with self._lock:
            if attachment.volume_id in self._loops:
                return self._loops[attachment.volume_id]
            file = self._folder / attachment.volume_id
            if not file.exists():
                check_room(self._folder, _ROOM)
                source = self._folder / (attachment.snapshot_id or "none")
                if source.exists():
                    _copy(source, file)
                else:
                    file.touch(mode=0o600)
                if file.stat().st_size < attachment.gigabytes * _GIGABYTE:
                    os.truncate(file, attachment.gigabytes * _GIGABYTE)
            loop = namespaces.run("losetup", "--find", "--show", str(file)).strip()
            self._loops[attachment.volume_id] = loop
            return loop

    def close(self, volume_id: str) -> None:
        """Lets the block device of a volume go."""
        with self._lock:
            loop = self._loops.pop(volume_id, None)
        if loop:
            namespaces.run("losetup", "--detach", loop)

    def delete(self, name: str) -> None:
        """Deletes the file of a volume or snapshot."""
        self.close(name)
        (self._folder / name).unlink(missing_ok=True)

    def snapshot(self, volume_id: str, snapshot_id: str) -> None:
        """Copies what is written on a volume; one that was never used needs no file."""
        loop = self._loops.get(volume_id)
        if loop:
            namespaces.run("blockdev", "--flushbufs", loop)
        source = self._folder / volume_id
        if source.exists():
            _copy(source, self._folder / snapshot_id)

    def forget_all(self) -> None:
        """After a reset."""
        for volume_id in list(self._loops):
            self.close(volume_id)
        for file in self._folder.iterdir():
            file.unlink()


def _copy(source: Path, target: Path) -> None:
    try:
        namespaces.run("cp", "--sparse=always", str(source), str(target), timeout=600)
    except BoxError:
        target.unlink(missing_ok=True)
        raise


class VolumeKeeper:
    """Plugs volumes into hosts and pulls them out as EC2 says, in a thread of its own."""

    def __init__(
        self,
        store: VolumeStore,
        wanted: Callable[[], dict[str, list[Attachment]]],
        leader: Callable[[str], int | None],
    ):
        """`wanted` gives the attachments of all instances, `leader` the process of a running host."""
        self._store = store
        self._wanted = wanted
        self._leader = leader
        # Instance -> volume -> names of its device in the host.
        self._plugged: dict[str, dict[str, list[str]]] = {}
        self._lock = threading.Lock()
        self._poke = threading.Event()
        threading.Thread(target=self._run, name="volumes", daemon=True).start()

    def poke(self) -> None:
        """Something may have changed."""
        self._poke.set()

    def devices_at_boot(self, instance_id: str) -> dict[str, str]:
        """Device names of a host that is about to boot, and the block devices behind them."""
        attachments = self._wanted().get(instance_id, [])
        devices: dict[str, str] = {}
        with self._lock:
            plugged = self._plugged[instance_id] = {}
            for attachment in attachments:
                try:
                    loop = self._store.open(attachment)
                except (BoxError, OSError) as error:
                    log.error("%s boots without %s: %s", instance_id, attachment.volume_id, error)
                    continue
                names = names_in_host(attachment.device)
                plugged[attachment.volume_id] = names
                devices.update(dict.fromkeys(names, loop))
        return devices

    def forget_all(self) -> None:
        """After a reset, when there are no hosts."""
        with self._lock:
            self._plugged.clear()
            self._store.forget_all()

    def _run(self) -> None:
        while True:
            self._poke.wait()
            self._poke.clear()
            try:
                self._reconcile()
            except (BoxError, OSError, subprocess.SubprocessError) as error:
                log.error("%s", error)

    def _reconcile(self) -> None:
        wanted = self._wanted()
        with self._lock:
            for instance_id in list(self._plugged):
                now = {one.volume_id: one for one in wanted.get(instance_id, [])}
                plugged = self._plugged[instance_id]
                leader = self._leader(instance_id)
                for volume_id in plugged.keys() - now.keys():
                    names = plugged.pop(volume_id)
                    if leader:
                        # A host that is just going down takes its names along.
                        with contextlib.suppress(BoxError):
                            _in_host(leader, "rm", "-f", *names)
                    self._store.close(volume_id)
                for volume_id in now.keys() - plugged.keys():
                    # A host that is down finds the volume when it boots.
                    if leader:
                        plugged[volume_id] = self._plug(leader, now[volume_id])
                if instance_id not in wanted:
                    del self._plugged[instance_id]

    def _plug(self, leader: int, attachment: Attachment) -> list[str]:
        loop = self._store.open(attachment)
        number = os.stat(loop).st_rdev
        names = names_in_host(attachment.device)
        for name in names:
            _in_host(leader, "rm", "-f", name)
            # The mode cannot be changed later: the guest's devices are not its own.
            major, minor = str(os.major(number)), str(os.minor(number))
            _in_host(leader, "mknod", "-m", "660", name, "b", major, minor)
            _in_host(leader, "chgrp", "disk", name)
        return names


def _in_host(leader: int, *command: str) -> None:
    namespaces.run("nsenter", "--target", str(leader), "--all", *command)
