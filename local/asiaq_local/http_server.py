"""HTTP/1.1 with connection reuse, and answers that can be delivered as badly as a network does."""

from __future__ import annotations

import logging
import socket
import struct
import threading
from dataclasses import dataclass, field
from enum import Enum
from http.server import ThreadingHTTPServer
from typing import Any, Protocol

from moto.moto_server.werkzeug_app import MotoRequestHandler

log = logging.getLogger("http")

# Closing without waiting for what is unsent is what makes the kernel send RST.
_NO_LINGERING = struct.pack("ii", 1, 0)

Headers = list[tuple[str, str]]


class Ending(Enum):
    """How a connection ends."""

    CLOSED = "closed"  #: as by a server that shuts down: FIN
    RESET = "reset"  #: as by a server or a middle box that lost it: RST


@dataclass(frozen=True)
class Delivery:
    """What goes wrong on the way. As it is by default: nothing."""

    dropped: Ending | None = None  #: the connection ends in place of an answer
    cut_after: int | None = None  #: that many bytes of the body are sent, then the connection ends
    length_error: int = 0  #: Content-Length is wrong by that much


@dataclass(frozen=True)
class Reply:
    """An HTTP answer."""

    status: int
    headers: Headers = field(default_factory=list)
    content: bytes = b""
    delivery: Delivery = Delivery()


class Answering(Protocol):
    """What a server serves."""

    def refuse(self, environ: dict[str, Any], listener: str) -> Reply | None:
        """An answer that needs no body of the request to be read, or None."""

    def answer(self, environ: dict[str, Any], body: bytes, listener: str) -> Reply:
        """The answer to one request."""


class _Handler(MotoRequestHandler):
    """Speaks HTTP/1.1 with keep-alive, which moto's own server does not."""

    protocol_version = "HTTP/1.1"
    # One write per answer, and no waiting for the acknowledgement of the one before.
    disable_nagle_algorithm = True
    wbufsize = -1
    application: Answering
    listener: str

    def handle_expect_100(self) -> bool:
        """`run_wsgi` does it, and flushes."""
        return True

    def run_wsgi(self) -> None:
        """Answers one request."""
        environ = self.make_environ()
        early = self.application.refuse(environ, self.listener)
        if early is not None:
            self.close_connection = True  # the body is still on its way
            self._deliver(early)
            return
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        length = environ.get("CONTENT_LENGTH")
        if environ.get("wsgi.input_terminated"):
            body = environ["wsgi.input"].read()
        else:
            body = self.rfile.read(int(length)) if length else b""
        self._deliver(self.application.answer(environ, body, self.listener))

    def _deliver(self, reply: Reply) -> None:
        if reply.delivery.dropped is not None:
            self._end(reply.delivery.dropped)
            return
        self._send_head(reply)
        if self.command != "HEAD" and reply.status not in (204, 304):
            self.wfile.write(reply.content[: reply.delivery.cut_after])
        self.wfile.flush()
        if reply.delivery.cut_after is not None or reply.delivery.length_error > 0:
            self._end(Ending.CLOSED)

    def _send_head(self, reply: Reply) -> None:
        given = {name.lower(): value for name, value in reply.headers}
        self.send_response_only(reply.status)
        self.send_header("Server", self.version_string())
        self.send_header("Date", given.get("date", self.date_time_string()))
        skip = {"content-length", "connection", "date", "server", "transfer-encoding"}
        for name, value in reply.headers:
            if name.lower() not in skip:
                self.send_header(name, value)
        if reply.status not in (204, 304) and not (100 <= reply.status < 200):
            length = len(reply.content) + reply.delivery.length_error
            declared = given.get("content-length") if self.command == "HEAD" else None
            self.send_header("Content-Length", declared or str(max(0, length)))
        self.end_headers()

    def _end(self, ending: Ending) -> None:
        self.close_connection = True
        if ending is Ending.RESET:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGERING)

    def log(self, type: str, message: str, *args: Any) -> None:
        """The request log of the application says it all."""


class Server(ThreadingHTTPServer):
    """Serves the application on a socket that somebody else opened."""

    daemon_threads = True
    multithread = True
    multiprocess = False
    ssl_context = None
    passthrough_errors = False

    def __init__(self, listening: socket.socket, application: Answering, listener: str):
        handler = type(
            "BoundHandler", (_Handler,), {"application": application, "listener": listener}
        )
        super().__init__(listening.getsockname(), handler, bind_and_activate=False)
        self.socket.close()
        self.socket = listening
        self.server_address = listening.getsockname()
        self.host, self.port = self.server_address[:2]

    def shutdown_request(self, request: Any) -> None:
        """Ends a connection; one that is to be reset must not be shut down in an orderly way first."""
        size = len(_NO_LINGERING)
        if request.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, size) == _NO_LINGERING:
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nobody's concern."""
        log.debug("connection from %s", client_address, exc_info=True)

    def start(self, poll_seconds: float = 3600) -> threading.Thread:
        """Serves in a thread, which looks that often whether it is to end."""
        thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": poll_seconds}, daemon=True
        )
        thread.start()
        return thread


def loopback_socket(port: int) -> socket.socket:
    """A listening socket on loopback, at the wanted port if it is free."""
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError:
        return socket.create_server(("127.0.0.1", 0), backlog=128)
