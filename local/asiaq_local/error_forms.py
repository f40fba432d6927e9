"""Errors in the form in which each service of AWS writes them."""

from __future__ import annotations

import json
from xml.sax.saxutils import escape

from .http_server import Headers, Reply

_REQUEST_ID = "00000000-0000-0000-0000-000000000000"
_REST_JSON = {"es", "opensearch"}

#: HTTP statuses of codes that do not say 400.
_STATUSES = {
    "RequestLimitExceeded": 503,
    "EC2ThrottledException": 503,
    "SlowDown": 503,
    "ServiceUnavailable": 503,
    "Unavailable": 503,
    "InternalError": 500,
    "InternalFailure": 500,
    "InternalServerError": 500,
    "NoSuchEntity": 404,
    "NoSuchKey": 404,
    "NoSuchBucket": 404,
    "AccessDenied": 403,
    "UnauthorizedOperation": 403,
    "AuthFailure": 401,
    "RequestTimeTooSkewed": 403,
    "SignatureDoesNotMatch": 403,
    "PermanentRedirect": 301,
    "TemporaryRedirect": 307,
    "DryRunOperation": 412,
    "NotImplemented": 501,
}


def status_of(code: str) -> int:
    """The HTTP status with which AWS sends an error code."""
    return _STATUSES.get(code, 400)


def error_reply(
    service: str,
    code: str,
    message: str,
    status: int | None = None,
    headers: Headers | None = None,
    has_target: bool = False,
) -> Reply:
    """The error `code` as `service` writes it; `has_target`: the request was one of a JSON protocol."""
    status = status or status_of(code)
    more = headers or []
    if has_target or service in _REST_JSON:
        return Reply(
            status,
            [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-errortype", code), *more],
            json.dumps({"__type": code, "message": message}).encode(),
        )
    if service == "ec2":
        return ec2_error(code, message, status, more)
    inside = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if service == "s3":
        content = f"<Error>{inside}<RequestId>{_REQUEST_ID}</RequestId></Error>"
    else:
        kind = "Sender" if status < 500 else "Receiver"
        content = (
            f"<ErrorResponse><Error><Type>{kind}</Type>{inside}</Error>"
            f"<RequestId>{_REQUEST_ID}</RequestId></ErrorResponse>"
        )
    return Reply(
        status, [("Content-Type", "text/xml"), ("x-amzn-errortype", code), *more], content.encode()
    )


def ec2_error(
    code: str, message: str, status: int | None = None, headers: Headers | None = None
) -> Reply:
    """An error of EC2."""
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error>'
        f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error></Errors>"
        f"<RequestID>{_REQUEST_ID}</RequestID></Response>"
    )
    return Reply(
        status or status_of(code), [("Content-Type", "text/xml"), *(headers or [])], content.encode()
    )
