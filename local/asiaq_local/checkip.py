"""The service on the box's internet that says which address asks, as http://checkip.amazonaws.com does."""

from __future__ import annotations

import logging
from http.server import BaseHTTPRequestHandler

log = logging.getLogger("checkip")


class CheckIpHandler(BaseHTTPRequestHandler):
    """Answers every GET with the client's address and a newline."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """The address from which the request came."""
        body = (self.client_address[0] + "\n").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)
