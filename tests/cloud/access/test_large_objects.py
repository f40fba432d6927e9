"""Objects that do not fit into the memory that a command may take."""

import contextlib
import dataclasses
import os
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Iterator

import pytest

from program_under_test import ProgramUnderTest

GIGABYTE = 1 << 30
MOST_MEMORY_KILOBYTES = 48 * 1024
PIECE = b"0123456789abcdef" * 65536


class LargeObject(BaseHTTPRequestHandler):
    """Every bucket is there, every object is a gigabyte. The first GET breaks off in the middle."""

    protocol_version = "HTTP/1.1"
    broken_off = False

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(GIGABYTE))
        self.end_headers()
        pieces = GIGABYTE // len(PIECE)
        if not LargeObject.broken_off:
            LargeObject.broken_off = True
            pieces //= 4
            self.close_connection = True
        for _ in range(pieces):
            self.wfile.write(PIECE)

    def log_message(self, *_: object) -> None:
        pass


@dataclasses.dataclass
class Finished:
    status: int
    stderr: bytes
    most_memory_kilobytes: int


def peak_kilobytes(process: subprocess.Popen[bytes]) -> int:
    """Of the program alone; what wait4 says counts the process that it was forked from."""
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return 0


def run_measured(asiaq: ProgramUnderTest, *arguments: str, **environment: str) -> Finished:
    process = subprocess.Popen(arguments, cwd=asiaq.folder, env={**asiaq.environment, **environment},
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    most = 0
    while process.poll() is None:
        most = max(most, peak_kilobytes(process))
        time.sleep(0.02)
    _, stderr = process.communicate()
    assert most > 0
    return Finished(process.returncode, stderr, most)


@pytest.fixture
def large_objects() -> Iterator[str]:
    LargeObject.broken_off = False
    server = ThreadingHTTPServer(("127.0.0.1", 0), LargeObject)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_gigabyte_is_downloaded_in_flat_memory_also_when_it_breaks_off_once(asiaq, large_objects):
    done = run_measured(asiaq, "disco_creds.py", "--bucket", "b", "setfile", "--key", "k", "--filename", "out",
                        AWS_ENDPOINT_URL=large_objects)
    out = asiaq.folder / "out"
    assert done.status == 0, done.stderr
    assert out.stat().st_size == GIGABYTE
    with out.open("rb") as file:
        file.seek(-len(PIECE), os.SEEK_END)
        assert file.read() == PIECE
    out.unlink()
    assert done.most_memory_kilobytes < MOST_MEMORY_KILOBYTES
    assert LargeObject.broken_off
    assert [entry.name for entry in asiaq.folder.iterdir()] == []
