"""The program as a user calls it, with an AWS endpoint that only counts who comes."""

from __future__ import annotations

import os
import socketserver
import subprocess
import threading
from pathlib import Path
from typing import Iterator

import pytest

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))


class Endpoint(socketserver.ThreadingTCPServer):
    """Hangs up on every connection and counts them."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), socketserver.BaseRequestHandler)
        self.connections = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def process_request(self, request, client_address) -> None:
        self.connections += 1
        self.shutdown_request(request)


class Asiaq:
    """Runs the program in a configuration folder."""

    def __init__(self, endpoint: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": "us-west-2",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(arguments, cwd=self.folder, env={**self.environment, **environment},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def ok(self, *arguments: str, **environment: str) -> str:
        """Runs ARGUMENTS, which must succeed, and returns the standard output."""
        done = self(*arguments, **environment)
        assert done.returncode == 0, f"{arguments}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with Endpoint() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def asiaq(endpoint: Endpoint, tmp_path: Path) -> Asiaq:
    return Asiaq(endpoint.url, tmp_path)
