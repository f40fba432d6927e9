"""Boxes and keys that the tests of the box share."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from box_under_test import ROOT, BoxUnderTest, running_box
from service_hosts import boot, buckets, host, image, keys

__all__ = ["boot", "buckets", "host", "image", "keys"]

# For tests of what is computed without a box.
sys.path.insert(0, str(ROOT / "local"))


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ssh key."""
    path = tmp_path_factory.mktemp("key") / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    return path


@pytest.fixture(scope="session")
def box(key: Path) -> Iterator[BoxUnderTest]:
    """The box that most tests share."""
    with running_box("main", key) as running:
        yield running


@pytest.fixture(scope="session")
def api(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxUnderTest]:
    """A box without hosts."""
    state = str(tmp_path_factory.mktemp("state"))
    with running_box("api", key, "--no-hosts", ASIAQ_BOX_STATE=state) as running:
        yield running
