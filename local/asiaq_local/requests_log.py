"""The log of all requests to the box's AWS endpoint, with the name of each operation."""

from __future__ import annotations

import functools
import re
import threading
import urllib.parse
from collections import Counter, deque
from dataclasses import asdict, dataclass
from typing import Any

from .service_models import description

_SIGNING_NAMES = {
    "monitoring": "cloudwatch",
    "elasticloadbalancing": "elbv2",
    "email": "ses",
}
_READ_PREFIXES = (
    "Describe", "Get", "List", "Head", "Lookup", "Query", "Scan", "BatchGet", "Select", "Simulate",
    "Decode", "Test", "Estimate", "Validate", "Search", "Filter", "Check", "AssumeRole", "Download",
)  # fmt: skip


@dataclass(frozen=True)
class LoggedRequest:
    """One request. `source` is "client" for a program on this machine, else the id of a host.

    `status` is 0 when the connection was dropped in place of an answer.
    """

    time: float
    service: str
    operation: str
    status: int
    seconds: float
    kind: str
    source: str
    agent: str
    method: str = ""
    path: str = ""  #: as it was sent, with its query
    fault: str = ""  #: injected ones that struck it
    carried_out: bool = True


class RequestLog:
    """The last requests. Thread-safe."""

    def __init__(self, capacity: int = 200_000):
        self._entries: deque[LoggedRequest] = deque(maxlen=capacity)
        self._lock = threading.Lock()

    def add(self, entry: LoggedRequest) -> None:
        """Appends one request."""
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._entries.clear()

    def entries(self, source: str | None = None, agent: str | None = None) -> list[dict[str, Any]]:
        """Requests, oldest first; of hosts with source "hosts", of one kind of client by agent."""
        with self._lock:
            entries = list(self._entries)
        return [
            asdict(entry)
            for entry in entries
            if (
                source in (None, "all", entry.source)
                or (source == "hosts" and entry.source != "client")
            )
            and (agent is None or entry.agent.lower().startswith(agent.lower()))
        ]


def counts(entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Number, kind and failures per "service:Operation"."""
    numbers: Counter[str] = Counter()
    failures: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    for entry in entries:
        name = f"{entry['service']}:{entry['operation']}"
        numbers[name] += 1
        failures[name] += entry["status"] >= 400 or entry["status"] == 0
        kinds[name] = entry["kind"]
    return {
        name: {"count": numbers[name], "kind": kinds[name], "failed": failures[name]}
        for name in sorted(numbers)
    }


def kind_of(operation: str, method: str) -> str:
    """Whether an operation only reads."""
    if operation == "Unknown":
        return "read" if method in ("GET", "HEAD") else "write"
    return "read" if operation.startswith(_READ_PREFIXES) else "write"


def name_request(environ: dict[str, Any], body: bytes) -> tuple[str, str]:
    """The (service, operation) of a request in WSGI form."""
    service = _signed_service(environ)
    target = environ.get("HTTP_X_AMZ_TARGET", "")
    if target:
        prefix, _, operation = target.rpartition(".")
        return service or prefix.split("_")[0].lower(), operation
    cbor = re.fullmatch(r"/service/(\w+)/operation/(\w+)", environ.get("PATH_INFO", ""))
    if cbor:
        return service or cbor.group(1).lower(), cbor.group(2)
    query = urllib.parse.parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    form = query
    if "x-www-form-urlencoded" in environ.get("CONTENT_TYPE", "") and len(body) < 1 << 20:
        form = urllib.parse.parse_qs(body.decode("latin-1"), keep_blank_values=True)
    if "Action" in form:
        if service == "elbv2" and form.get("Version", [""])[0] < "2015":
            service = "elb"
        return service or "unknown", form["Action"][0]
    service = service or "s3"
    return service, _rest_operation(
        service, environ.get("REQUEST_METHOD", "GET"), environ.get("PATH_INFO", "/"), query, environ
    )


def _signed_service(environ: dict[str, Any]) -> str:
    scope = re.search(
        r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request", environ.get("HTTP_AUTHORIZATION", "")
    )
    if not scope:
        scope = re.search(
            r"X-Amz-Credential=[^&]+%2F([^&%]+)%2Faws4_request", environ.get("QUERY_STRING", "")
        )
    name = scope.group(1) if scope else ""
    return _SIGNING_NAMES.get(name, name)


@functools.cache
def _rest_operations(service: str) -> list[tuple[str, str, list[str], set[str], set[str]]]:
    """(name, method, path segments, query keys, needed headers) of a service with REST addresses."""
    model = description(service, "service-2")
    if model is None:
        return []
    table = []
    for name, operation in model["operations"].items():
        path, _, query = operation["http"]["requestUri"].partition("?")
        keys = {part.split("=")[0] for part in query.split("&") if part}
        shape = model["shapes"].get(operation.get("input", {}).get("shape", ""), {})
        required = set(shape.get("required", []))
        headers = set()
        for member, details in shape.get("members", {}).items():
            if member in required and details.get("location") == "querystring":
                keys.add(details["locationName"])
            if member in required and details.get("location") == "header":
                headers.add("HTTP_" + details["locationName"].upper().replace("-", "_"))
        segments = [part for part in path.split("/") if part]
        table.append((name, operation["http"]["method"], segments, keys, headers))
    return table


def _rest_operation(
    service: str, method: str, path: str, query: dict[str, list[str]], environ: dict[str, Any]
) -> str:
    """The most specific operation whose address matches."""
    given = [part for part in path.split("/") if part]
    best, score = "Unknown", (-1, -1, -1)
    for name, wanted_method, segments, keys, headers in _rest_operations(service):
        if method != wanted_method or not keys <= query.keys() or not headers <= environ.keys():
            continue
        literals = _match(segments, given)
        if literals is None:
            continue
        # Among equals the shorter name is the plain one (ListObjects is listed beside its versions).
        new = (len(keys) + len(headers), literals, -len(name))
        if new > score:
            best, score = name, new
    return best


def _match(segments: list[str], given: list[str]) -> int | None:
    """How many literal segments a path template has, or None if the path is not of that form."""
    if segments and segments[-1].endswith("+}"):
        if len(given) < len(segments):
            return None
    elif len(segments) != len(given):
        return None
    literals = 0
    for wanted, actual in zip(segments, given, strict=False):
        if wanted.startswith("{"):
            continue
        if wanted != actual:
            return None
        literals += 1
    return literals
