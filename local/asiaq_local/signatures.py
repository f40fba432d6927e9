"""Whether requests are signed as AWS wants it; the signature is computed anew by botocore's own code."""

from __future__ import annotations

import hashlib
import hmac
import re
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from .error_forms import error_reply
from .faults.call import Call
from .http_server import Reply

_UNSIGNED = {"AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"}
_NOT_HASHED = ("UNSIGNED-PAYLOAD", "STREAMING-")
_HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<credential>[^,\s]+),\s*SignedHeaders=(?P<headers>[^,\s]+),\s*"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)

#: The secret and the session token (None for keys of a user) of an access key; None if there is no such key.
FindKey = Callable[[str], tuple[str, str | None] | None]


@dataclass(frozen=True)
class _Signature:
    """What a request says of its signature."""

    access_key: str
    day: str
    region: str
    service: str
    time: str
    headers: list[str]
    token: str | None
    value: str
    is_presigned: bool


class SignatureCheck:
    """Refuses requests that are not signed, or signed wrongly."""

    def __init__(self, find_key: FindKey) -> None:
        self._find_key = find_key

    def refuse(self, call: Call) -> Reply | None:
        """The error that AWS answers, or None for a request that is signed well."""
        if call.operation in _UNSIGNED:
            return None
        signature = _read(call)
        if signature is None:
            return _error(call, "MissingAuthenticationToken", "Request is missing Authentication Token")
        key = self._find_key(signature.access_key)
        if key is None:
            code = {"ec2": "AuthFailure", "s3": "InvalidAccessKeyId"}.get(call.service)
            return _error(call, code or "InvalidClientTokenId", f"There is no access key {signature.access_key}.")
        secret, token = key
        if signature.token != token:
            return _error(call, "InvalidClientTokenId", "The security token included in the request is invalid.")
        reason = _wrong_hash(call) or _wrong_signature(call, signature, secret)
        if reason is None:
            return None
        code = {"ec2": "AuthFailure"}.get(call.service, "SignatureDoesNotMatch")
        return _error(call, "InvalidSignatureException" if call.has_target else code, reason)


def _error(call: Call, code: str, message: str) -> Reply:
    status = 401 if code == "AuthFailure" else 403
    return error_reply(call.service, code, message, status, has_target=call.has_target)


def _read(call: Call) -> _Signature | None:
    environ = call.environ
    found = _HEADER.fullmatch(environ.get("HTTP_AUTHORIZATION", "").strip())
    if found:
        parts = found["credential"].split("/")
        if len(parts) != 5:
            return None
        return _Signature(
            *parts[:4],
            time=environ.get("HTTP_X_AMZ_DATE", ""),
            headers=found["headers"].split(";"),
            token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN"),
            value=found["signature"],
            is_presigned=False,
        )
    query = dict(urllib.parse.parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    parts = query.get("X-Amz-Credential", "").split("/")
    if len(parts) != 5 or "X-Amz-Signature" not in query:
        return None
    return _Signature(
        *parts[:4],
        time=query.get("X-Amz-Date", ""),
        headers=query.get("X-Amz-SignedHeaders", "").split(";"),
        token=query.get("X-Amz-Security-Token"),
        value=query["X-Amz-Signature"],
        is_presigned=True,
    )


def _wrong_hash(call: Call) -> str | None:
    declared = call.environ.get("HTTP_X_AMZ_CONTENT_SHA256", "")
    if not declared or declared.startswith(_NOT_HASHED):
        return None
    if hashlib.sha256(call.body).hexdigest() == declared:
        return None
    return "The provided 'x-amz-content-sha256' header does not match what was computed."


def _wrong_signature(call: Call, signature: _Signature, secret: str) -> str | None:
    if "host" not in signature.headers or not signature.time.startswith(signature.day):
        return "The signature does not cover the host, or its time is not of its day."
    unsigned = [
        key[5:].replace("_", "-").lower()
        for key in call.environ
        if key.startswith("HTTP_X_AMZ_") and key[5:].replace("_", "-").lower() not in signature.headers
    ]
    if unsigned and not signature.is_presigned:
        return f"There were headers present in the request which were not signed: {unsigned[0]}"
    kind = S3SigV4Auth if signature.service == "s3" else SigV4Auth
    auth = kind(Credentials(signature.access_key, secret), signature.service, signature.region)
    request = _request(call, signature)
    canonical = auth.canonical_request(request)
    wanted = auth.signature(auth.string_to_sign(request, canonical), request)
    if hmac.compare_digest(wanted, signature.value):
        return None
    return f"The request signature we calculated does not match the signature you provided. Canonical request: {canonical!r}"


def _request(call: Call, signature: _Signature) -> Any:
    """The request with nothing but what is signed."""
    environ = call.environ
    path = call.target.partition("?")[0]
    query = "&".join(
        part
        for part in environ.get("QUERY_STRING", "").split("&")
        if part and not part.startswith("X-Amz-Signature=")
    )
    url = f"http://{environ.get('HTTP_HOST', '')}{path}" + (f"?{query}" if query else "")
    request = AWSRequest(environ["REQUEST_METHOD"], url, data=call.body)
    for name in signature.headers:
        variable = name.upper().replace("-", "_")
        value = environ.get(variable if name in ("content-type", "content-length") else f"HTTP_{variable}", "")
        request.headers[name] = value
    request.context["timestamp"] = signature.time
    if signature.is_presigned and signature.service == "s3":
        # The hash of the body is not part of a presigned address.
        request.context["payload_signing_enabled"] = False
        request.context["client_config"] = _UnsignedBodies
    return request


class _UnsignedBodies:
    """What botocore looks for when it decides whether bodies are hashed."""

    s3 = {"payload_signing_enabled": False}  # noqa: RUF012
