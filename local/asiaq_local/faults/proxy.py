"""Faults in front of any AWS endpoint, or in place of one: a server of its own on loopback."""

from __future__ import annotations

import http.client
import time
import urllib.parse
from collections.abc import Callable
from typing import Any

from ..error_forms import error_reply
from ..http_server import Reply, Server, loopback_socket
from ..requests_log import LoggedRequest, RequestLog
from .call import Call
from .script import Outcome, Script

_SECONDS = 120.0
_HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "expect", "content-length"}

Ask = Callable[[Call], Reply]


def nobody(call: Call) -> Reply:
    """Stands where an upstream is not: a call that no rule answers is an error that is not retried."""
    message = f"No rule answers {call.service}:{call.operation}."
    return error_reply(call.service, "NotImplemented", message, has_target=call.has_target)


class Upstream:
    """Passes calls on as they came, with the Host header that they were signed with."""

    def __init__(self, endpoint: str) -> None:
        parts = urllib.parse.urlsplit(endpoint)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80

    def __call__(self, call: Call) -> Reply:
        """The answer of the endpoint."""
        environ = call.environ
        connection = http.client.HTTPConnection(self._host, self._port, timeout=_SECONDS)
        try:
            connection.putrequest(
                environ["REQUEST_METHOD"],
                self._target(call),
                skip_host=True,
                skip_accept_encoding=True,
            )
            for name, value in _headers(environ):
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(call.body)))
            connection.endheaders(call.body)
            answer = connection.getresponse()
            return Reply(answer.status, answer.getheaders(), answer.read())
        finally:
            connection.close()

    @staticmethod
    def _target(call: Call) -> str:
        path = call.target.partition("?")[0]
        query = call.environ.get("QUERY_STRING", "")
        return f"{path}?{query}" if query else path


def _headers(environ: dict[str, Any]) -> list[tuple[str, str]]:
    headers = []
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            name = key[5:].replace("_", "-").lower()
            if name not in _HOP_BY_HOP:
                headers.append((name, value))
    if environ.get("CONTENT_TYPE"):
        headers.append(("content-type", environ["CONTENT_TYPE"]))
    return headers


class Proxy:
    """Serves a script of faults in front of `ask`; `script` and `requests` may be used while it runs."""

    def __init__(self, ask: Ask = nobody, script: Script | None = None, port: int = 0) -> None:
        self.script = script or Script()
        self.requests = RequestLog()
        self._ask = ask
        self._server = Server(loopback_socket(port), self, "")
        self.endpoint = f"http://127.0.0.1:{self._server.port}"
        self._thread = self._server.start(poll_seconds=0.05)

    def refuse(self, environ: dict[str, Any], listener: str) -> Reply | None:
        """What a fault answers before the body is read."""
        call = Call.of(environ, b"")
        outcome = self.script.at_headers(call)
        if outcome is None:
            return None
        self._log(call, outcome, time.time(), 0.0)
        return outcome.reply

    def answer(self, environ: dict[str, Any], body: bytes, listener: str) -> Reply:
        """The answer to one request."""
        call = Call.of(environ, body)
        begin, wall = time.monotonic(), time.time()
        outcome = self.script.carry(call, self._ask)
        self._log(call, outcome, wall, time.monotonic() - begin)
        return outcome.reply

    def _log(self, call: Call, outcome: Outcome, begin: float, seconds: float) -> None:
        self.requests.add(
            LoggedRequest(
                time=begin,
                service=call.service,
                operation=call.operation,
                status=outcome.reply.status,
                seconds=round(seconds, 6),
                kind=call.kind,
                source="client",
                agent=call.agent[:80],
                method=call.environ["REQUEST_METHOD"],
                path=call.target,
                fault=", ".join(outcome.faults),
                carried_out=outcome.carried_out,
            )
        )

    def wait(self) -> None:
        """Serves until the process ends."""
        self._thread.join()

    def close(self) -> None:
        """Ends the server."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
