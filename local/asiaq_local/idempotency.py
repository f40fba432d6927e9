"""Client tokens and dry runs of EC2, which moto ignores."""

from __future__ import annotations

import hashlib
import json
import threading
import urllib.parse
from collections.abc import Callable
from typing import Any

from .error_forms import ec2_error
from .http_server import Reply
from .requests_log import kind_of


class IdempotentAnswers:
    """A request with a ClientToken that was answered before gets the same answer again, as from EC2."""

    def __init__(self) -> None:
        self._answers: dict[tuple[str, ...], tuple[str, Reply]] = {}
        self._lock = threading.Lock()
        self._busy: dict[tuple[str, ...], threading.Lock] = {}

    def answer(
        self,
        service: str,
        operation: str,
        environ: dict[str, Any],
        body: bytes,
        ask: Callable[[], Reply],
    ) -> Reply:
        """The remembered answer, or that of `ask`."""
        if service != "ec2":
            return ask()
        if b"DryRun=true" in body and kind_of(operation, "POST") == "write":
            # moto makes many things in spite of it.
            return ec2_error(
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
                return ec2_error(
                    "IdempotentParameterMismatch",
                    f"The client token {token} was used before with other parameters.",
                )
            answer = ask()
            if answer.status == 200:
                self._answers[key] = (parameters, answer)
            return answer


def _credential_scope(environ: dict[str, Any]) -> str:
    """Who signed, where: tokens of one account and region do not meet those of another."""
    credential = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split(",")[0]
    parts = credential.split("/")
    return "/".join(parts[:1] + parts[2:3])
