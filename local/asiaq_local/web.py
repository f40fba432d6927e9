"""The AWS endpoint: moto behind faults, client tokens, a lock and a log."""

from __future__ import annotations

import functools
import io
import json
import logging
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterable
from typing import Any

from moto import backends
from moto.core import responses
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from .error_forms import error_reply
from .faults.call import Call
from .faults.rules import read_rules
from .faults.script import Outcome, Script
from .http_server import Reply
from .idempotency import IdempotentAnswers
from .pages import answer_in_pages
from .requests_log import LoggedRequest, RequestLog, counts
from .settings import BoxError
from .signatures import SignatureCheck

log = logging.getLogger("web")

PRIVATE_PREFIX = "/asiaq/"
# Asking moto itself to forget everything would leave hosts behind that nobody knows.
_MOTO_RESET = "/moto-api/reset"


def _remember_what_never_changes() -> None:
    """moto looks through its own folder and its classes for every request: a third of the time that an answer takes."""
    modules = tuple(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    responses.method_names_from_class = functools.cache(responses.method_names_from_class)


class Application:
    """Answers AWS requests, one at a time, and the box's own under /asiaq/."""

    def __init__(
        self,
        lock: threading.RLock,  # type: ignore[valid-type]
        source_of: Callable[[str, str], str],
        reset: Callable[[], None],
        status: Callable[[], dict[str, Any]],
        signatures: SignatureCheck | None,
    ):
        """`source_of(listener, address)` says who asks; `reset` and `status` are the box's own.

        Without `signatures` any keys will do.
        """
        self._signatures = signatures
        _remember_what_never_changes()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._lock = lock
        self._source_of = source_of
        self._reset = reset
        self._status = status
        self._idempotent = IdempotentAnswers()
        self.requests = RequestLog()
        self.faults = Script()
        # Called after every request to EC2 that may have changed something; it must not block.
        self.on_write: Callable[[], None] = lambda: None

    def refuse(self, environ: dict[str, Any], listener: str) -> Reply | None:
        """What a fault answers before the body is read."""
        if _is_own(environ, listener) or not self.faults.has_any():
            return None
        call = Call.of(environ, b"")
        outcome = self.faults.at_headers(call)
        if outcome is None:
            return None
        self._log(call, outcome, listener, time.time(), 0.0)
        return outcome.reply

    def answer(self, environ: dict[str, Any], body: bytes, listener: str) -> Reply:
        """The answer to one request."""
        if _is_own(environ, listener):
            return self._own(environ, environ["PATH_INFO"].removeprefix(PRIVATE_PREFIX), body)
        if environ["PATH_INFO"] == _MOTO_RESET:
            self._reset()
            return _json(200, {"status": "ok"})
        begin, wall = time.monotonic(), time.time()
        call = Call.of(environ, body)
        # What was signed is the call as it came, whatever a fault has made of it since.
        outcome = self.faults.carry(call, lambda changed: self._refusal(call) or self._carry_out(changed))
        if call.service == "ec2" and call.kind == "write":
            self.on_write()
        self._log(call, outcome, listener, wall, time.monotonic() - begin)
        return outcome.reply

    def _refusal(self, call: Call) -> Reply | None:
        return self._signatures.refuse(call) if self._signatures else None

    def _carry_out(self, call: Call) -> Reply:
        try:
            return self._idempotent.answer(
                call.service,
                call.operation,
                call.environ,
                call.body,
                lambda: answer_in_pages(call, self._ask_moto),
            )
        except NotImplementedError as error:
            # Not 500: clients would try again and again.
            message = f"The box does not know {call.service}:{call.operation}: {error}"
            return error_reply(call.service, "NotImplemented", message, has_target=call.has_target)
        except Exception:
            log.exception("%s %s", call.service, call.operation)
            return Reply(500, [("Content-Type", "text/plain")], b"internal error of the box\n")

    def _log(
        self, call: Call, outcome: Outcome, listener: str, begin: float, seconds: float
    ) -> None:
        reply = outcome.reply
        self.requests.add(
            LoggedRequest(
                time=begin,
                service=call.service,
                operation=call.operation,
                status=reply.status,
                seconds=round(seconds, 6),
                kind=call.kind,
                source=self._source_of(listener, call.environ["REMOTE_ADDR"]),
                agent=call.agent[:80],
                method=call.environ["REQUEST_METHOD"],
                path=call.target,
                fault=", ".join(outcome.faults),
                carried_out=outcome.carried_out,
            )
        )
        if reply.status >= 500 and not outcome.faults:
            text = reply.content[:2000].decode(errors="replace")
            log.warning("%s %s: %s %s", call.service, call.operation, reply.status, text)

    def _ask_moto(self, call: Call) -> Reply:
        environ, body = dict(call.environ), call.body
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
        return Reply(answer[0], answer[1], content)

    def _own(self, environ: dict[str, Any], path: str, body: bytes) -> Reply:
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
        if path.split("/")[0] == "faults":
            return self._own_faults(method, path.removeprefix("faults").strip("/"), body)
        return _json(404, {"error": f"the box has no {method} /asiaq/{path}"})

    def _own_faults(self, method: str, number: str, body: bytes) -> Reply:
        try:
            if method == "GET" and not number:
                return _json(200, self.faults.facts())
            if method == "POST" and not number:
                return _json(200, {"added": self.faults.add(read_rules(json.loads(body)))})
            if method == "DELETE" and (not number or number.isdigit()):
                return _json(200, {"cleared": self.faults.clear(int(number) if number else None)})
        except (BoxError, ValueError) as error:
            return _json(400, {"error": str(error)})
        return _json(404, {"error": f"the box has no {method} /asiaq/faults/{number}"})

    def forget_all(self) -> None:
        """After a reset; faults stay in force."""
        self._idempotent = IdempotentAnswers()


def _is_own(environ: dict[str, Any], listener: str) -> bool:
    return listener == "" and environ["PATH_INFO"].startswith(PRIVATE_PREFIX)


def _json(status: int, value: Any) -> Reply:
    return Reply(status, [("Content-Type", "application/json")], json.dumps(value).encode())
