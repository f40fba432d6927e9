"""A SOCKS5 server on loopback: the way from this machine to addresses of the box (ssh, curl, browsers)."""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import socket
import struct
import threading
from collections.abc import Callable

log = logging.getLogger("socks")

_CONNECT_SECONDS = 15.0
_OK, _FAILURE, _UNREACHABLE, _REFUSED, _NOT_SUPPORTED = 0, 1, 4, 5, 7

# (host name or address, port) -> connection; raises OSError.
Connector = Callable[[str, int], socket.socket]


class SocksServer:
    """Accepts on `listening`, connects through `connector`."""

    def __init__(self, listening: socket.socket, connector: Connector):
        self._listening = listening
        self._connector = connector

    def start(self) -> None:
        """Serves in threads."""
        threading.Thread(target=self._accept, name="socks", daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                client.settimeout(30)
                target = self._negotiate(client)
                if target is None:
                    return
                try:
                    upstream = self._connector(*target)
                except ConnectionRefusedError:
                    _reply(client, _REFUSED)
                    return
                except OSError as error:
                    log.info("%s:%s: %s", *target, error)
                    _reply(client, _UNREACHABLE)
                    return
                with upstream:
                    _reply(client, _OK)
                    client.settimeout(None)
                    for end in (client, upstream):
                        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    _pump_both(client, upstream)
            except (OSError, EOFError, struct.error, UnicodeError) as error:
                log.debug("%s", error)

    @staticmethod
    def _negotiate(client: socket.socket) -> tuple[str, int] | None:
        version, methods = _read(client, 2)
        _read(client, methods)
        if version != 5:
            return None
        client.sendall(b"\x05\x00")
        _, command, _, kind = _read(client, 4)
        if kind == 1:
            host = str(ipaddress.IPv4Address(_read(client, 4)))
        elif kind == 3:
            host = _read(client, _read(client, 1)[0]).decode("ascii")
        else:
            _reply(client, 8)
            return None
        (port,) = struct.unpack("!H", _read(client, 2))
        if command != 1:
            _reply(client, _NOT_SUPPORTED)
            return None
        return host, port


def _read(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = client.recv(count - len(data))
        if not part:
            raise EOFError("the client went away")
        data += part
    return data


def _reply(client: socket.socket, code: int) -> None:
    client.sendall(bytes([5, code, 0, 1, 0, 0, 0, 0, 0, 0]))


def _pump_both(one: socket.socket, other: socket.socket) -> None:
    back = threading.Thread(target=_pump, args=(other, one), daemon=True)
    back.start()
    _pump(one, other)
    back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    """Copies until the end, then closes that direction only, as ssh and rsync expect."""
    try:
        while data := source.recv(1 << 17):
            target.sendall(data)
    except OSError:
        with contextlib.suppress(OSError):
            source.shutdown(socket.SHUT_RD)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
