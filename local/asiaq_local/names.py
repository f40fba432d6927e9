"""Host names of the box: ip-10-0-1-10 and its public sister, for the DNS responder and for ssh."""

from __future__ import annotations

import ipaddress
import logging
import re
import socket
import struct
import threading
from collections.abc import Callable

from .settings import CHECKIP_ADDRESS, CHECKIP_NAME

log = logging.getLogger("names")

_PRIVATE = re.compile(
    r"ip-(\d+)-(\d+)-(\d+)-(\d+)(?:\.ec2\.internal|\.[a-z0-9-]+\.compute\.internal)?"
)
_PUBLIC = re.compile(
    r"ec2-(\d+)-(\d+)-(\d+)-(\d+)\.(?:compute-1|[a-z0-9-]+\.compute)\.amazonaws\.com"
)
_REVERSE = re.compile(r"(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa")

_A, _PTR, _IN = 1, 12, 1
_NO_SUCH_NAME = 3


def address_in_name(name: str) -> str | None:
    """The address that an EC2 host name spells out."""
    name = name.rstrip(".").lower()
    match = _PRIVATE.fullmatch(name) or _PUBLIC.fullmatch(name)
    if not match:
        return None
    address = ".".join(match.groups())
    try:
        return str(ipaddress.IPv4Address(address))
    except ValueError:
        return None


class Responder:
    """A DNS server for one VPC: EC2's own names, those of the box's internet, and "no such name" at once for all else."""

    def __init__(
        self, listening: socket.socket, domain: str, private_of: Callable[[str], str | None]
    ):
        """`private_of` gives the private address behind a public one."""
        self._socket = listening
        self._domain = domain
        self._private_of = private_of

    def start(self) -> None:
        """Answers in a thread until the socket is closed."""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                query, client = self._socket.recvfrom(4096)
            except OSError:
                return
            try:
                self._socket.sendto(self.answer(query), client)
            except (OSError, IndexError, ValueError, struct.error) as error:
                log.debug("query from %s: %s", client, error)

    def answer(self, query: bytes) -> bytes:
        """The answer to one query packet. Raises ValueError, IndexError or struct.error on rubbish."""
        identity, flags, questions = struct.unpack("!HHH", query[:6])
        name, end = _read_name(query, 12)
        kind, _ = struct.unpack("!HH", query[end : end + 4])
        question = query[12 : end + 4]
        known, record = self._look_up(name, kind)
        header = struct.pack(
            "!HHHHHH",
            identity,
            0x8480 | (flags & 0x0100) | (0 if known else _NO_SUCH_NAME),
            min(questions, 1),
            1 if record else 0,
            0,
            0,
        )
        answer = b""
        if record:
            answer = struct.pack("!HHHIH", 0xC00C, kind, _IN, 60, len(record)) + record
        return header + question + answer

    def _look_up(self, name: str, kind: int) -> tuple[bool, bytes]:
        if name == CHECKIP_NAME:
            return True, ipaddress.IPv4Address(CHECKIP_ADDRESS).packed if kind == _A else b""
        address = address_in_name(name)
        if address:
            inside = self._private_of(address) or address
            return True, ipaddress.IPv4Address(inside).packed if kind == _A else b""
        reverse = _REVERSE.fullmatch(name)
        if reverse and kind == _PTR:
            parts = list(reversed(reverse.groups()))
            if ipaddress.IPv4Address(".".join(parts)).is_private:
                return True, _write_name(f"ip-{'-'.join(parts)}.{self._domain}")
        return False, b""


def _read_name(packet: bytes, start: int) -> tuple[str, int]:
    labels = []
    while packet[start]:
        length = packet[start]
        if length > 63:
            raise ValueError("compressed name in a question")
        labels.append(packet[start + 1 : start + 1 + length].decode("ascii", "replace"))
        start += 1 + length
    return ".".join(labels).lower(), start + 1


def _write_name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
