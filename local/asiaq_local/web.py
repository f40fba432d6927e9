"""The AWS endpoint: moto behind an HTTP/1.1 server with connection reuse, a lock and a log."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import socket
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable
from http.server import ThreadingHTTPServer
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)

from .requests_log import LoggedRequest, RequestLog, counts, kind_of, name_request

log = logging.getLogger("web")

PRIVATE_PREFIX = "/asiaq/"
# Asking moto itself to forget everything would leave hosts behind that nobody knows.
_MOTO_RESET = "/moto-api/reset"

Answer = tuple[int, list[tuple[str, str]], bytes]


class Application:
    """Answers AWS requests, one at a time, and the box's own under /asiaq/."""

    def __init__(
        self,
        lock: threading.RLock,  # type: ignore[valid-type]
        source_of: Callable[[str, str], str],
        reset: Callable[[], None],
        status: Callable[[], dict[str, Any]],
    ):
        """`source_of(listener, address)` says who asks; `reset` and `status` are the box's own."""
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = lock
        self._source_of = source_of
        self._reset = reset
        self._status = status
        self._idempotent = IdempotentAnswers()
        self.requests = RequestLog()
        # Added to every answer, for measurements: what a distant region feels like.
        self.latency_seconds = 0.0
        # Called after every request to EC2 that may have changed something; it must not block.
        self.on_write: Callable[[], None] = lambda: None

    def answer(self, environ: dict[str, Any], body: bytes, listener: str) -> Answer:
        """The answer to one request."""
        path = environ["PATH_INFO"]
        if path.startswith(PRIVATE_PREFIX) and listener == "":
            return self._own(environ, path.removeprefix(PRIVATE_PREFIX), body)
        if path == _MOTO_RESET:
            self._reset()
            return _json(200, {"status": "ok"})
        begin, wall = time.monotonic(), time.time()
        service, operation = name_request(environ, body)
        kind = kind_of(operation, environ["REQUEST_METHOD"])
        try:
            status, headers, content = self._idempotent.answer(
                service, operation, environ, body, lambda: self._ask_moto(environ, body)
            )
        except NotImplementedError as error:
            # Not 500: clients would try again and again.
            status, headers, content = _error(
                "NotImplemented",
                f"The box does not know {service}:{operation}: {error}",
                status=501,
            )
        except Exception:
            log.exception("%s %s", service, operation)
            status, headers, content = (
                500,
                [("Content-Type", "text/plain")],
                b"internal error of the box\n",
            )
        if service == "ec2" and kind == "write":
            self.on_write()
        if self.latency_seconds:
            time.sleep(max(0.0, self.latency_seconds - (time.monotonic() - begin)))
        self.requests.add(
            LoggedRequest(
                time=wall,
                service=service,
                operation=operation,
                status=status,
                seconds=round(time.monotonic() - begin, 6),
                kind=kind,
                source=self._source_of(listener, environ["REMOTE_ADDR"]),
                agent=environ.get("HTTP_USER_AGENT", "")[:80],
            )
        )
        if status >= 500:
            log.warning(
                "%s %s: %s %s", service, operation, status, content[:2000].decode(errors="replace")
            )
        return status, headers, content

    def _ask_moto(self, environ: dict[str, Any], body: bytes) -> Answer:
        answer: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], *_: Any
        ) -> Callable[[bytes], Any]:
            answer[:] = [int(status.split(" ", 1)[0]), headers]
            return lambda data: None

        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ.pop("wsgi.input_terminated", None)
        with self._lock:
            chunks: Iterable[bytes] = self._moto(environ, start_response)
            try:
                content = b"".join(chunks)
            finally:
                close = getattr(chunks, "close", None)
                if close:
                    close()
        return answer[0], answer[1], content

    def _own(self, environ: dict[str, Any], path: str, body: bytes) -> Answer:
        query = {
            name: values[-1]
            for name, values in urllib.parse.parse_qs(environ.get("QUERY_STRING", "")).items()
        }
        method = environ["REQUEST_METHOD"]
        if path == "requests" and method == "DELETE":
            self.requests.clear()
            return _json(200, {})
        if path == "requests" and method == "GET":
            entries = self.requests.entries(query.get("source"), query.get("agent"))
            return _json(200, counts(entries) if "counts" in query else entries)
        if path == "status" and method == "GET":
            return _json(200, self._status())
        if path == "reset" and method == "POST":
            self._reset()
            return _json(200, {})
        if path == "latency" and method == "PUT":
            self.latency_seconds = float(json.loads(body or b"{}").get("milliseconds", 0)) / 1000
            return _json(200, {})
        return _json(404, {"error": f"the box has no {method} /asiaq/{path}"})

    def forget_all(self) -> None:
        """After a reset."""
        self._idempotent = IdempotentAnswers()


class IdempotentAnswers:
    """A request with a ClientToken that was answered before gets the same answer again, as from EC2."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, ...], tuple[str, Answer]] = {}
        self._lock = threading.Lock()
        self._busy: dict[tuple[str, ...], threading.Lock] = {}

    def answer(
        self,
        service: str,
        operation: str,
        environ: dict[str, Any],
        body: bytes,
        ask: Callable[[], Answer],
    ) -> Answer:
        """The remembered answer, or that of `ask`."""
        if service != "ec2":
            return ask()
        if b"DryRun=true" in body and kind_of(operation, "POST") == "write":
            # moto makes many things in spite of it.
            return _ec2_error(
                "DryRunOperation",
                "Request would have succeeded, but DryRun flag is set.",
                status=412,
            )
        if b"ClientToken=" not in body:
            return ask()
        form = urllib.parse.parse_qs(body.decode("latin-1"), keep_blank_values=True)
        token = form.pop("ClientToken", [""])[0]
        if not token:
            return ask()
        key = (_credential_scope(environ), operation, token)
        parameters = hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()
        with self._lock:
            busy = self._busy.setdefault(key, threading.Lock())
        with busy:
            if key in self._answers:
                before, answer = self._answers[key]
                if before == parameters:
                    return answer
                return _ec2_error(
                    "IdempotentParameterMismatch",
                    f"The client token {token} was used before with other parameters.",
                )
            answer = ask()
            if answer[0] == 200:
                self._answers[key] = (parameters, answer)
            return answer


def _credential_scope(environ: dict[str, Any]) -> str:
    """Who signed, where: tokens of one account and region do not meet those of another."""
    credential = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0]
    parts = credential.split("/")
    return "/".join(parts[:1] + parts[2:3])


def _error(code: str, message: str, status: int) -> Answer:
    """An error in the form that most services' clients read."""
    escaped = message.replace("&", "&amp;").replace("<", "&lt;")
    content = (
        f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>"
        f"<Message>{escaped}</Message></Error></ErrorResponse>"
    )
    return status, [("Content-Type", "text/xml"), ("x-amzn-errortype", code)], content.encode()


def _json(status: int, value: Any) -> Answer:
    return status, [("Content-Type", "application/json")], json.dumps(value).encode()


def _ec2_error(code: str, message: str, status: int = 400) -> Answer:
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
        f"<Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>00000000-0000-0000-0000-000000000000</RequestID></Response>"
    )
    return status, [("Content-Type", "text/xml")], content.encode()


class _Handler(MotoRequestHandler):
    """Speaks HTTP/1.1 with keep-alive, which moto's own server does not."""

    protocol_version = "HTTP/1.1"
    # One write per answer, and no waiting for the acknowledgement of the one before.
    disable_nagle_algorithm = True
    wbufsize = -1
    application: Application
    listener: str

    def handle_expect_100(self) -> bool:
        """`run_wsgi` does it, and flushes."""
        return True

    def run_wsgi(self) -> None:
        """Answers one request."""
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        environ = self.make_environ()
        length = environ.get("CONTENT_LENGTH")
        if environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read()
        else:
            body = self.rfile.read(int(length)) if length else b""
        status, headers, content = self.application.answer(environ, body, self.listener)
        self.send_response(status)
        skip = {"content-length", "connection", "date", "server", "transfer-encoding"}
        for name, value in headers:
            if name.lower() not in skip:
                self.send_header(name, value)
        head = self.command == "HEAD"
        declared = next(
            (value for name, value in headers if name.lower() == "content-length"), None
        )
        if status not in (204, 304) and not (100 <= status < 200):
            self.send_header("Content-Length", declared if head and declared else str(len(content)))
        self.end_headers()
        if not head and status not in (204, 304):
            self.wfile.write(content)
        self.wfile.flush()

    def log(self, type: str, message: str, *args: Any) -> None:
        """The request log of the application says it all."""


class Server(ThreadingHTTPServer):
    """Serves the application on a socket that somebody else opened."""

    daemon_threads = True
    multithread = True
    multiprocess = False
    ssl_context = None
    passthrough_errors = False

    def __init__(self, listening: socket.socket, application: Application, listener: str):
        handler = type(
            "BoundHandler", (_Handler,), {"application": application, "listener": listener}
        )
        super().__init__(listening.getsockname(), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_address = listening.getsockname()
        self.host, self.port = self.server_address[:2]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's concern."""
        log.debug("connection from %s", client_address, exc_info=True)

    def start(self) -> None:
        """Serves in a thread."""
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 3600}, daemon=True
        ).start()
