"""A cloud for the tests: moto behind a log of requests, and the program as a user calls it."""

from __future__ import annotations

import dataclasses
import io
import os
import re
import subprocess
import threading
from pathlib import Path
from typing import Any, Callable, Iterator
from urllib.parse import parse_qs

import boto3
import botocore.config
import pytest
from moto.moto_api._internal.models import moto_api_backend
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))
REGION = "us-west-2"
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@dataclasses.dataclass
class Request:
    """One request as the server saw it; `operation` is known for the query protocols only."""

    method: str
    path: str
    query: str
    operation: str

    @property
    def is_write(self) -> bool:
        if self.operation:
            return not re.match(r"(Describe|Get|List)", self.operation)
        return self.method not in ("GET", "HEAD")


class Cloud:
    """Moto in a thread of its own, empty at the start."""

    def __init__(self) -> None:
        self._log: list[Request] = []
        self._faults: list[tuple[Callable[[Request], bool], int, str]] = []
        self._lock = threading.Lock()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        length = int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
        action = parse_qs(body.decode()).get("Action", [""])[0] if is_form else ""
        request = Request(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), action)
        environ["wsgi.input"] = io.BytesIO(body)
        with self._lock:
            self._log.append(request)
            for matches, status, text in self._faults:
                if matches(request):
                    start_response(f"{status} Fault", [("Content-Type", "text/xml")])
                    return [text.encode()]
        return self._moto(environ, start_response)

    def fail(self, matches: Callable[[Request], bool], status: int, body: str) -> None:
        """Answers the matching requests with an error from now on."""
        self._faults.append((matches, status, body))

    def heal(self) -> None:
        self._faults.clear()

    def client(self, service: str, region: str = REGION) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )

    def requests(self) -> list[Request]:
        with self._lock:
            return list(self._log)

    def writes(self) -> list[Request]:
        return [request for request in self.requests() if request.is_write]

    def forget_requests(self) -> None:
        with self._lock:
            self._log.clear()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Asiaq:
    """Runs the program in a configuration folder."""

    def __init__(self, cloud: Cloud, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{BIN}:/usr/bin:/bin:/usr/sbin:/sbin",
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            **KEYS,
        }

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def __call__(self, *arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs ARGUMENTS, the program's name first, and returns status and both outputs as text."""
        done = subprocess.run(arguments, cwd=self.folder, env={**self.environment, **environment}, input=stdin,
                              capture_output=True, timeout=120)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def ok(self, *arguments: str, **more: Any) -> str:
        """Runs ARGUMENTS, which must succeed, and returns the standard output."""
        done = self(*arguments, **more)
        assert done.returncode == 0, f"{arguments}: status {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    moto_api_backend.reset()
    started = Cloud()
    yield started
    started.close()


@pytest.fixture
def asiaq(cloud: Cloud, tmp_path: Path) -> Asiaq:
    folder = tmp_path / "config"
    folder.mkdir()
    return Asiaq(cloud, folder)
