"""One request to AWS as the rules of faults see it."""

from __future__ import annotations

import json
import re
import urllib.parse
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from ..requests_log import kind_of, name_request


@dataclass(frozen=True)
class Call:
    """A request; `environ` is in WSGI form and never changed."""

    service: str
    operation: str
    kind: str  #: "read" or "write"
    agent: str
    environ: dict[str, Any]
    body: bytes

    @staticmethod
    def of(environ: dict[str, Any], body: bytes) -> Call:
        """Names the request."""
        service, operation = name_request(environ, body)
        return Call(
            service=service,
            operation=operation,
            kind=kind_of(operation, environ["REQUEST_METHOD"]),
            agent=environ.get("HTTP_USER_AGENT", ""),
            environ=environ,
            body=body,
        )

    @property
    def target(self) -> str:
        """The address below the host as it was sent."""
        return str(self.environ.get("RAW_URI") or self.environ.get("REQUEST_URI") or self.path)

    @property
    def path(self) -> str:
        """The address below the host, decoded, without its query."""
        return str(self.environ.get("PATH_INFO", "/"))

    @property
    def has_target(self) -> bool:
        """Whether the protocol is one of JSON with a header that names the operation."""
        return "HTTP_X_AMZ_TARGET" in self.environ

    @property
    def is_form(self) -> bool:
        """Whether the operation is named in the body (protocols ec2 and query)."""
        return "x-www-form-urlencoded" in self.environ.get("CONTENT_TYPE", "")

    @property
    def region(self) -> str:
        """The region that the request is signed for; empty if it is not signed."""
        scope = re.search(
            r"Credential=[^/]+/\d+/([^/]+)/", self.environ.get("HTTP_AUTHORIZATION", "")
        )
        return scope.group(1) if scope else ""

    @property
    def signed_at(self) -> datetime | None:
        """The time in the signature."""
        try:
            moment = datetime.strptime(self.environ.get("HTTP_X_AMZ_DATE", ""), "%Y%m%dT%H%M%SZ")
        except ValueError:
            return None
        return moment.replace(tzinfo=UTC)

    def parameter(self, name: str) -> str | None:
        """A parameter of the body or the address, by its name on the wire."""
        found = self._fields().get(name)
        return str(found) if found is not None else None

    def without(self, name: str) -> Call:
        """The same request without that parameter."""
        if self.parameter(name) is None:
            return self
        if self.has_target:
            content = json.loads(self.body)
            del content[name]
            return replace(self, body=json.dumps(content).encode())
        rest = [
            (key, value)
            for key, value in urllib.parse.parse_qsl(self._encoded(), keep_blank_values=True)
            if key != name
        ]
        encoded = urllib.parse.urlencode(rest)
        if self.is_form:
            return replace(self, body=encoded.encode())
        return replace(self, environ={**self.environ, "QUERY_STRING": encoded})

    def _encoded(self) -> str:
        if self.is_form:
            return self.body.decode("latin-1")
        return str(self.environ.get("QUERY_STRING", ""))

    def _fields(self) -> dict[str, Any]:
        if self.has_target:
            try:
                content = json.loads(self.body or b"{}")
            except ValueError:
                return {}
            return content if isinstance(content, dict) else {}
        return dict(urllib.parse.parse_qsl(self._encoded(), keep_blank_values=True))
