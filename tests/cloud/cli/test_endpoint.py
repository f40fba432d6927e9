"""Endpoints that refuse, hang or talk rubbish, and no credentials: one line that names it, and no end without one."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator

import pytest

from .conftest import Asiaq

MAIN = "[disco_aws]\nproject_name=acme\ndefault_environment=ci\n"

COMMANDS = {
    "vpc": ["disco_vpc_ui.py", "list"],
    "aws": ["disco_aws.py", "listhosts"],
    "autoscale": ["disco_autoscale.py", "listgroups"],
    "bake": ["disco_bake.py", "listamis"],
    "eip": ["disco_eip.py", "list"],
    "creds": ["disco_creds.py", "--bucket", "b", "list"],
    "ssh": ["disco_ssh.py", "mhcweb"],
}
every_command = pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)


class Talker:
    """Listens on loopback and does with each connection what `talk` says, one thread each."""

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.called = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._talk_to, args=(connection,), daemon=True).start()

    def _talk_to(self, connection: socket.socket) -> None:
        try:
            connection.recv(65536)
            self.called.set()
            self._talk(connection)
        except OSError:
            pass  # the program has gone

    def close(self) -> None:
        self._listener.close()
        for connection in self._open:
            connection.close()


def say(text: bytes) -> Callable[[socket.socket], None]:
    def talk(connection: socket.socket) -> None:
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)

    return talk


def answer(body: bytes, status: bytes = b"200 OK", kind: bytes = b"text/html") -> bytes:
    return (b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
            % (status, kind, len(body), body))


RUBBISH = {
    "a web page": answer(b"<html><body>Welcome to nginx!</body></html>"),
    "no XML": answer(b"\x00\xff{not xml", kind=b"text/xml"),
    "half an answer": answer(b"<DescribeVpcsResponse><vpcSet>", kind=b"text/xml"),
    "a page without structure": answer(b"<!DOCTYPE html><HTML><p>Please log in<br></HTML>"),
    "less than announced": b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n<Describe",
    "no HTTP": b"220 mail.example.com ESMTP\r\n",
    "nothing": b"",
}


@pytest.fixture
def talker() -> Iterator[Callable[[Callable[[socket.socket], None]], Talker]]:
    made: list[Talker] = []

    def make(talk: Callable[[socket.socket], None]) -> Talker:
        made.append(Talker(talk))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def patient(asiaq: Asiaq) -> Asiaq:
    """The program with a configuration, asking once only."""
    asiaq.write("disco_aws.ini", MAIN)
    asiaq.environment.update(AWS_MAX_ATTEMPTS="1", AWS_EC2_METADATA_DISABLED="true")
    return asiaq


def the_error(done: subprocess.CompletedProcess[str]) -> str:
    """The one line of error of a command that failed with status 1 and printed no result."""
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR ")]
    assert len(errors) == 1, done.stderr
    assert "Internal" not in errors[0]
    return errors[0]


@every_command
def test_an_endpoint_that_refuses_is_named(patient: Asiaq, command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    error = the_error(patient(*command, AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}"))
    assert f"127.0.0.1:{port}" in error


def test_a_name_that_nobody_knows_is_named(patient: Asiaq) -> None:
    error = the_error(patient("disco_vpc_ui.py", "list", AWS_ENDPOINT_URL="http://aws.invalid"))
    assert "aws.invalid" in error


@pytest.mark.parametrize("text", RUBBISH.values(), ids=RUBBISH)
@every_command
def test_rubbish_is_no_answer(patient: Asiaq, talker: Callable, command: list[str], text: bytes) -> None:
    endpoint = talker(say(text))
    the_error(patient(*command, AWS_ENDPOINT_URL=endpoint.url))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@every_command
def test_a_hanging_endpoint_does_not_hold_who_wants_to_leave(
    patient: Asiaq, talker: Callable, command: list[str], number: int
) -> None:
    endpoint = talker(lambda connection: connection.recv(1))
    process = subprocess.Popen(command, cwd=patient.folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={**patient.environment, "AWS_ENDPOINT_URL": endpoint.url})
    assert endpoint.called.wait(20)
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)  # far less than the patience with silence
    assert (process.returncode, output) == (1, "")
    assert "Traceback" not in errors and "terminate called" not in errors


@every_command
def test_missing_credentials_are_said_before_any_call(patient: Asiaq, endpoint, command: list[str]) -> None:
    nothing = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_PROFILE": "", "AWS_SHARED_CREDENTIALS_FILE": ""}
    error = the_error(patient(*command, **nothing))
    assert "credentials" in error
    assert endpoint.connections == 0
