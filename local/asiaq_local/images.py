"""Images: lists of read-only layers that hosts are mounted on."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

from .host import check_room, mount_overlay, unmount
from .settings import BASE_IMAGE_ID, Box, BoxError

_MAX_LAYERS = 20
_ROOM = 64 << 20


class ImageStore:
    """Which image consists of which layers. Thread-safe."""

    def __init__(self, box: Box, base: Path):
        self._box = box
        self._base = base
        self._images: dict[str, list[Path]] = {BASE_IMAGE_ID: [base]}
        self._in_progress: set[Path] = set()
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)

    def layers(self, image_id: str) -> list[Path]:
        """The layers of an image, topmost first. Raises BoxError if it has no tree to boot from."""
        with self._lock:
            if image_id not in self._images:
                raise BoxError(f"The image {image_id} has no file system in this box.")
            return list(self._images[image_id])

    def copy(self, source_id: str, image_id: str) -> None:
        """Lets a second image (CopyImage) share the layers of the first."""
        layers = self.layers(source_id)
        with self._lock:
            self._images[image_id] = layers

    def forget(self, image_id: str) -> None:
        """The image is deregistered; its layers go when nothing uses them any more (`collect`)."""
        with self._lock:
            self._images.pop(image_id, None)

    def forget_all(self) -> None:
        """After a reset only the base image is there."""
        with self._lock:
            self._images = {BASE_IMAGE_ID: [self._base]}

    def snapshot(self, image_id: str, upper: Path, below: list[Path]) -> None:
        """Makes an image of what is written in `upper` over the layers `below`."""
        check_room(self._box.layers, _ROOM)
        layer = self._new_layer()
        try:
            _copy_tree(upper, layer)
            layers = [layer, *below]
            if len(layers) > _MAX_LAYERS:
                layers = [self._flatten(layers)]
            with self._lock:
                self._images[image_id] = layers
        except BaseException:
            shutil.rmtree(layer, ignore_errors=True)
            raise
        finally:
            with self._lock:
                self._in_progress.discard(layer)

    def _new_layer(self) -> Path:
        with self._lock:
            layer = self._box.layers / f"l{next(self._numbers)}"
            self._in_progress.add(layer)
        layer.mkdir()
        return layer

    def _flatten(self, layers: list[Path]) -> Path:
        """One layer with all that the given layers show together."""
        flat = self._new_layer()
        merged = Path(tempfile.mkdtemp(prefix="merged-", dir=self._box.state))
        try:
            mount_overlay(layers, merged, None, None)
            _copy_tree(merged, flat)
        except BaseException:
            shutil.rmtree(flat, ignore_errors=True)
            raise
        finally:
            with contextlib.suppress(BoxError):
                unmount(merged)
            merged.rmdir()
            with self._lock:
                self._in_progress.discard(flat)
        return flat

    def collect(self, in_use: set[Path]) -> None:
        """Deletes layers that neither an image nor a host (`in_use`) needs."""
        with self._lock:
            wanted = in_use | self._in_progress
            for layers in self._images.values():
                wanted.update(layers)
            stale = [layer for layer in self._box.layers.iterdir() if layer not in wanted]
            for layer in stale:
                shutil.rmtree(layer, ignore_errors=True)


def _copy_tree(source: Path, target: Path) -> None:
    """Copies all that overlayfs keeps in a layer: whiteouts, opaque marks, capabilities, sparse files."""
    done = subprocess.run(
        ["cp", "-a", "--sparse=always", f"{source}/.", str(target)],
        capture_output=True,
        text=True,
        env={**os.environ, "LC_ALL": "C"},
    )
    # Files of a running host may vanish while they are copied; EC2 images of running hosts are no better.
    problems = [
        line for line in done.stderr.splitlines() if "No such file or directory" not in line
    ]
    if problems:
        raise BoxError(f"The image could not be copied: {problems[0]}")
