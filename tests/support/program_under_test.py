"""The program as a user calls it, in a configuration folder of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

from cloud_under_test import REGION, ROOT, CloudUnderTest

BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))
LIMIT_SECONDS = 300


class ProgramUnderTest:
    """Runs the program against a cloud."""

    def __init__(self, cloud: CloudUnderTest, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{BIN}:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": cloud.keys[0],
            "AWS_SECRET_ACCESS_KEY": cloud.keys[1],
            "AWS_EC2_METADATA_DISABLED": "true",
            "ASIAQ_CONFIG": str(folder),
            "ASIAQ_WAIT_SCALE": "0.05",
        }

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(arguments, cwd=self.folder, env={**self.environment, **environment}, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __call__(self, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs ARGUMENTS, the program's name first, and returns status and both outputs as text."""
        done = subprocess.run(arguments, cwd=self.folder, env={**self.environment, **environment}, input=stdin,
                              capture_output=True, timeout=LIMIT_SECONDS)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *arguments: str, stdin: bytes = b"", **environment: str) -> str:
        """Runs what must succeed, and returns the standard output."""
        done = self(*arguments, stdin=stdin, **environment)
        assert done.returncode == 0, f"{arguments}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def fails(self, status: int, *arguments: str, stdin: bytes = b"", **environment: str) -> str:
        """Runs what must end with this status and nothing on standard output; returns what it says of it."""
        done = self(*arguments, stdin=stdin, **environment)
        assert done.returncode == status, f"{arguments}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.stdout == ""
        return done.stderr

    def error(self, *arguments: str, **environment: str) -> str:
        """Runs what must end with status 1 and one line of error among what it logs; returns that line."""
        done = self(*arguments, **environment)
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        assert (done.returncode, len(lines)) == (1, 1), f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return lines[0]


def killed(process: subprocess.Popen[str]) -> bool:
    """Waits for a process that a test may have killed; whether it was."""
    process.communicate(timeout=LIMIT_SECONDS)
    return process.returncode == -signal.SIGKILL
