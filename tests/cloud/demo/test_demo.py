"""The demo as a user runs it: to its end twice at the same time, and interrupted."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[3]
DEMO = [sys.executable, str(HOME / "scripts" / "demo")]
LIMIT = 600

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="hosts that boot need root")


def start() -> subprocess.Popen[str]:
    return subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True)


def box_of(output: str) -> str:
    return re.search(r"asiaq local up --name (\S+)", output).group(1)


def assert_nothing_left(box: str) -> None:
    assert box not in Path("/proc/self/mountinfo").read_text()
    assert not [name for name in os.listdir("/run/netns") if box in name] if os.path.exists("/run/netns") else True
    assert not Path("/var/lib/asiaq-box", box).exists()
    processes = subprocess.run(["ps", "-eo", "args="], capture_output=True, text=True, check=True).stdout
    assert box not in processes


def test_runs_twice_at_the_same_time_and_leaves_nothing() -> None:
    demos = [start(), start()]
    outputs = [demo.communicate(timeout=LIMIT)[0] for demo in demos]
    for demo, output in zip(demos, outputs):
        assert demo.returncode == 0, output[-3000:]
        for name in ("demo", "build"):
            assert f"(boto3 finds nothing left of {name})" in output
        assert re.search(r"^In all +\d", output, re.MULTILINE)
        assert_nothing_left(box_of(output))


def test_cleans_up_when_interrupted() -> None:
    demo = start()
    output = ""
    for line in demo.stdout:
        output += line
        if "launched builder" in line:
            os.killpg(demo.pid, signal.SIGINT)
            break
    output += demo.communicate(timeout=120)[0]
    assert demo.returncode == 130, output[-3000:]
    assert_nothing_left(box_of(output))
