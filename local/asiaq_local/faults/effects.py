"""What goes wrong with a call that a rule struck. Everything here is pure but for the effect's own memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime

from ..error_forms import error_reply
from ..http_server import Delivery, Ending, Headers, Reply
from .. import paging
from .call import Call
from .rules import Rule

Clock = Callable[[], float]

_MESSAGES = {
    "RequestLimitExceeded": "Request limit exceeded.",
    "Throttling": "Rate exceeded",
    "ThrottlingException": "Rate exceeded",
    "SlowDown": "Please reduce your request rate.",
    "InternalError": "An internal error has occurred",
    "AuthFailure": "AWS was not able to validate the provided access credentials",
}


class Effect:
    """Does nothing: what the effects below build upon. Called under the lock of their script."""

    #: Whether a call that is struck is not carried out, and sees no further rule.
    refuses = False

    def wants(self, call: Call) -> bool:
        """Whether a call that meets the rule's conditions is struck."""
        return True

    def before(self, call: Call) -> Reply | None:
        """The answer to a call that is not carried out."""
        return None

    def request(self, call: Call) -> Call:
        """The call as it is carried out."""
        return call

    def after(self, call: Call, reply: Reply) -> Reply:
        """The answer to a call that was carried out."""
        return reply

    def watch(self, call: Call) -> Reply | None:
        """An answer to a call that no rule struck: what an earlier strike has left behind."""
        return None

    def show(self, call: Call, reply: Reply) -> Reply:
        """Any answer, changed by what an earlier strike has left behind."""
        return reply


class Fail(Effect):
    """An error of the service."""

    def __init__(self, rule: Rule) -> None:
        self.refuses = not rule.carried_out
        self._code = rule.error or ""
        self._status = rule.status
        self._message = rule.message or _MESSAGES.get(self._code, f"Injected {self._code}.")
        self._headers = hints(rule)

    def _reply(self, call: Call) -> Reply:
        return error_reply(
            call.service, self._code, self._message, self._status, self._headers, call.has_target
        )

    def before(self, call: Call) -> Reply | None:
        """The error, unless the call is carried out all the same."""
        return self._reply(call) if self.refuses else None

    def after(self, call: Call, reply: Reply) -> Reply:
        """The error in place of the answer."""
        return self._reply(call)


class Page(Effect):
    """A page of HTML, as proxies and load balancers answer."""

    def __init__(self, rule: Rule) -> None:
        self.refuses = not rule.carried_out
        status = rule.html or 502
        text = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>\n"
        self._reply = Reply(
            status, [("Content-Type", "text/html"), *hints(rule)], text.encode()
        )

    def before(self, call: Call) -> Reply | None:
        """The page, unless the call is carried out all the same."""
        return self._reply if self.refuses else None

    def after(self, call: Call, reply: Reply) -> Reply:
        """The page in place of the answer."""
        return self._reply


class Drop(Effect):
    """The connection ends in place of an answer."""

    def __init__(self, rule: Rule) -> None:
        self.at_headers = rule.drop == "headers"
        self.refuses = rule.drop != "after"
        ending = Ending.CLOSED if rule.close else Ending.RESET
        self._reply = Reply(0, delivery=Delivery(dropped=ending))

    def before(self, call: Call) -> Reply | None:
        """Nothing is carried out."""
        return self._reply if self.refuses else None

    def after(self, call: Call, reply: Reply) -> Reply:
        """Nobody hears that it was carried out."""
        return self._reply


class Damage(Effect):
    """The body is cut, or its length is wrong."""

    def __init__(self, rule: Rule) -> None:
        self._delivery = Delivery(cut_after=rule.truncate, length_error=rule.length or 0)

    def after(self, call: Call, reply: Reply) -> Reply:
        """The same answer, delivered badly."""
        return replace(reply, delivery=self._delivery)


class RepeatToken(Effect):
    """Every page names the same next token: a client that believes it never comes to an end."""

    TOKEN = "the-same-page-again"

    def wants(self, call: Call) -> bool:
        """Only what pages."""
        return paging.paging_of(call.service, call.operation) is not None

    def request(self, call: Call) -> Call:
        """The service has never heard of the token."""
        names = paging.paging_of(call.service, call.operation)
        assert names is not None
        return call.without(names.input_token)

    def after(self, call: Call, reply: Reply) -> Reply:
        """The first page, with the token."""
        names = paging.paging_of(call.service, call.operation)
        assert names is not None
        return paging.with_token(reply, names, self.TOKEN)


class EmptyPage(Effect):
    """An empty page with a token comes first, as when a filter finds nothing in it."""

    TOKEN = "after-the-empty-page"

    def wants(self, call: Call) -> bool:
        """Only what pages."""
        return paging.paging_of(call.service, call.operation) is not None

    def request(self, call: Call) -> Call:
        """The service has never heard of the token."""
        names = paging.paging_of(call.service, call.operation)
        assert names is not None
        if call.parameter(names.input_token) == self.TOKEN:
            return call.without(names.input_token)
        return call

    def after(self, call: Call, reply: Reply) -> Reply:
        """Nothing yet, for calls without a token."""
        names = paging.paging_of(call.service, call.operation)
        assert names is not None
        if call.parameter(names.input_token) is not None:
            return reply
        return paging.with_token(paging.emptied(reply, names), names, self.TOKEN)


class Bucket(Effect):
    """Throttling as EC2 does it: one bucket per operation, refilled steadily."""

    refuses = True

    def __init__(self, rule: Rule, clock: Clock) -> None:
        self._size = rule.bucket or 0.0
        self._refill = rule.refill or 0.0
        self._clock = clock
        self._levels: dict[tuple[str, str], tuple[float, float]] = {}
        self._headers = hints(rule)

    def wants(self, call: Call) -> bool:
        """Takes a token; strikes when there is none."""
        key, now = (call.service, call.operation), self._clock()
        level, since = self._levels.get(key, (self._size, now))
        level = min(self._size, level + (now - since) * self._refill)
        is_empty = level < 1
        self._levels[key] = (level if is_empty else level - 1, now)
        return is_empty

    def before(self, call: Call) -> Reply | None:
        """What the service calls throttling."""
        code = {"ec2": "RequestLimitExceeded", "s3": "SlowDown"}.get(call.service, "Throttling")
        if call.has_target:
            code = "ThrottlingException"
        return error_reply(
            call.service, code, _MESSAGES[code], None, self._headers, call.has_target
        )


class Skew(Effect):
    """The service's clock differs from ours: signatures of our time are refused."""

    refuses = True
    #: AWS tolerates five minutes (S3 fifteen); the smaller serves for all.
    TOLERANCE_SECONDS = 300.0

    def __init__(self, rule: Rule, clock: Clock) -> None:
        self._skew = rule.skew or 0.0
        self._clock = clock

    def _now(self) -> float:
        return self._clock() + self._skew

    def wants(self, call: Call) -> bool:
        """Strikes calls that are signed at the wrong time."""
        signed = call.signed_at
        return signed is not None and abs(signed.timestamp() - self._now()) > self.TOLERANCE_SECONDS

    def before(self, call: Call) -> Reply | None:
        """The refusal of the service; `show` gives it the time."""
        code, message = "SignatureDoesNotMatch", "Signature expired or not yet valid."
        if call.service == "ec2":
            code, message = "AuthFailure", _MESSAGES["AuthFailure"]
        elif call.service == "s3":
            code = "RequestTimeTooSkewed"
            message = "The difference between the request time and the current time is too large."
        elif call.has_target:
            code = "InvalidSignatureException"
        return error_reply(call.service, code, message, has_target=call.has_target)

    def show(self, call: Call, reply: Reply) -> Reply:
        """Every answer tells the service's time."""
        moment = format_datetime(datetime.fromtimestamp(self._now(), UTC), usegmt=True)
        return replace(reply, headers=[*reply.headers, ("Date", moment)])


class Redirect(Effect):
    """Calls that are signed for another region are sent to the right one, as S3 does with buckets."""

    refuses = True

    def __init__(self, rule: Rule) -> None:
        self._region = rule.redirect or ""
        self._status = rule.status or 301

    def wants(self, call: Call) -> bool:
        """Strikes calls for other regions."""
        return call.region not in ("", self._region)

    def before(self, call: Call) -> Reply | None:
        """Where the bucket is, in a header."""
        codes = {301: "PermanentRedirect", 307: "TemporaryRedirect"}
        code = codes.get(self._status, "AuthorizationHeaderMalformed")
        message = f"The authorization header is malformed; the region is expecting '{self._region}'"
        if self._status in codes:
            message = "The bucket you are attempting to access must be addressed elsewhere."
        reply = error_reply(
            call.service, code, message, self._status, [("x-amz-bucket-region", self._region)]
        )
        region = f"<Region>{self._region}</Region></Error>".encode()
        return replace(reply, content=reply.content.replace(b"</Error>", region, 1))


class Say(Effect):
    """A scripted answer."""

    refuses = True

    def __init__(self, rule: Rule) -> None:
        text = rule.answer or ""
        kinds = {"{": "application/x-amz-json-1.0", "<": "text/xml"}
        kind = kinds.get(text.lstrip()[:1], "text/plain")
        self._reply = Reply(rule.status or 200, [("Content-Type", kind)], text.encode())

    def before(self, call: Call) -> Reply | None:
        """The answer."""
        return self._reply


def hints(rule: Rule) -> Headers:
    """The headers that say when to try again."""
    headers = []
    if rule.retry_after is not None:
        headers.append(("Retry-After", str(rule.retry_after)))
    if rule.retry_after_ms is not None:
        headers.append(("x-amz-retry-after", str(rule.retry_after_ms)))
    return headers
