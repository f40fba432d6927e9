"""Lists in pages, where moto gives everything at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .error_forms import error_reply
from .faults.call import Call
from .http_server import Reply
from .paging import Paging, XmlDocument, paging_of, parse

_TOKEN = "box-page-from-"
_SERVICES = ("ec2", "iam")


def answer_in_pages(call: Call, ask: Callable[[Call], Reply]) -> Reply:
    """The page that a call asks for; `ask` answers calls without regard to pages."""
    names = paging_of(call.service, call.operation) if call.service in _SERVICES else None
    limit = call.parameter(names.limit) if names and names.limit else None
    token = call.parameter(names.input_token) if names else None
    if names is None or (limit is None and token is None):
        return ask(call)
    if limit is not None and not _is_good(limit, names):
        message = f"Value ( {limit} ) for parameter maxResults is invalid."
        return error_reply(call.service, "InvalidParameterValue", message)
    if token is not None and not token.startswith(_TOKEN):
        return ask(call)  # one of moto's own
    reply = ask(call.without(names.input_token))
    document = parse(reply) if reply.status == 200 else None
    if not isinstance(document, XmlDocument) or document.has_token(names):
        return reply
    offset = int((token or _TOKEN + "0").removeprefix(_TOKEN))
    size = int(limit) if limit is not None else 1000
    if document.cut(names, offset, size):
        document.set_token(names, f"{_TOKEN}{offset + size}")
    return replace(reply, content=document.text())


def _is_good(limit: str, names: Paging) -> bool:
    if not limit.isdigit():
        return False
    return names.bounds is None or names.bounds[0] <= int(limit) <= names.bounds[1]
