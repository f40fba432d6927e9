"""An AWS that notes who signs, the small services that hand out credentials, and the program with files of its own."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import re
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3
import pytest
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))
REGION = "us-west-2"


@dataclasses.dataclass(frozen=True)
class Call:
    """One request to AWS: what was asked, and the access key that signed it (none: not signed)."""

    operation: str
    key: str

    def __str__(self) -> str:
        return f"{self.operation} by {self.key or 'nobody'}"


class Cloud:
    """Moto in a thread of its own, empty at the start, with a log of who signed what."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        key = re.search(r"Credential=([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
        if not environ.get("HTTP_USER_AGENT", "").startswith("Boto3"):
            action = parse_qs(body.decode()).get("Action", [environ["PATH_INFO"]])[0]
            self.calls.append(Call(action, key.group(1) if key else ""))
        return self._moto(environ, start_response)

    def operations(self) -> list[str]:
        return [call.operation for call in self.calls]

    def identity_of(self, key: str, secret: str, token: str) -> str:
        """The ARN that AWS knows the keys by."""
        sts = boto3.client("sts", endpoint_url=self.endpoint, region_name=REGION, aws_access_key_id=key,
                           aws_secret_access_key=secret, aws_session_token=token)
        return sts.get_caller_identity()["Arn"]

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Service(ThreadingHTTPServer):
    """Answers `METHOD path` from a table; notes what came. A callable gets the request's headers."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.requests: list[str] = []
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Service

    def _answer(self) -> None:
        line = f"{self.command} {self.path}"
        self.server.requests.append(line)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = 404, ""
        if line in self.server.answers:
            answer = self.server.answers[line]
            status, body = answer(self.headers) if callable(answer) else (200, answer)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_PUT = do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        pass


def document(key: str) -> str:
    """What containers and instances say about credentials."""
    return json.dumps({"Code": "Success", "AccessKeyId": key, "SecretAccessKey": "s", "Token": "t",
                       "Expiration": "2099-01-01T00:00:00Z"})


class Asiaq:
    """Runs the program with a home folder of its own and nothing in the environment but what a test says."""

    def __init__(self, cloud: Cloud, home: Path) -> None:
        self.home = home
        self.environment = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "HOME": str(home),
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def write(self, name: str, text: str) -> Path:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def config(self, text: str) -> None:
        self.write(".aws/config", text)

    def stored(self) -> list[Path]:
        return sorted((self.home / ".aws/cli/cache").glob("*"))

    def __call__(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command that makes one call to EC2."""
        return subprocess.run(["asiaq", "eip", "list"], cwd=self.home, env={**self.environment, **environment},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              start_new_session=True)

    def ok(self, **environment: str) -> None:
        done = self(**environment)
        assert (done.returncode, done.stderr) == (0, "")

    def fails(self, **environment: str) -> str:
        """The one line of the error."""
        done = self(**environment)
        assert (done.returncode, done.stdout) == (1, "")
        (line,) = done.stderr.splitlines()
        return line.replace(str(self.home), "~")


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    cloud = Cloud()
    yield cloud
    cloud.close()


@pytest.fixture
def service() -> Iterator[Callable[[dict[str, Any]], Service]]:
    running: list[tuple[Service, threading.Thread]] = []

    def start(answers: dict[str, Any]) -> Service:
        server = Service(answers)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        running.append((server, thread))
        return server

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def asiaq(cloud: Cloud, tmp_path: Path) -> Asiaq:
    return Asiaq(cloud, tmp_path)
