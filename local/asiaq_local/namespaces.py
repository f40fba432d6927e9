"""Network namespaces: running `ip` and `nft` in them and opening sockets in them."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

from .settings import BoxError

Result = TypeVar("Result")

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def namespace_path(namespace: str) -> str:
    """The file that names a network namespace."""
    return f"/run/netns/{namespace}"


def run(*command: str, text: str | None = None, timeout: float = 60) -> str:
    """Runs a program; its output. Raises BoxError with the program's own words when it fails."""
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=timeout)
    except FileNotFoundError as error:
        raise BoxError(
            f"The program {command[0]} is missing; scripts/setup installs it."
        ) from error
    if done.returncode != 0:
        reason = " ".join(done.stderr.split()) or f"exit status {done.returncode}"
        raise BoxError(f"{' '.join(command)}: {reason}")
    return done.stdout


def ip(namespace: str, lines: Iterable[str], go_on: bool = False) -> None:
    """Runs `ip` commands, one a line, inside a namespace, in one process.

    The first that fails ends it, or with `go_on` the others are carried out before BoxError is raised.
    """
    options = ["-force"] if go_on else []
    run("ip", "-n", namespace, *options, "-batch", "-", text="\n".join(lines) + "\n")


def nft(namespace: str, rules: str) -> None:
    """Loads a set of nftables rules, atomically, inside a namespace."""
    run("ip", "netns", "exec", namespace, "nft", "-f", "-", text=rules)


def sysctl(namespace: str, **values: int) -> None:
    """Sets network sysctls (slashes written as double underscores) inside a namespace."""

    # /proc/sys/net shows the namespace of the thread that opens it.
    def write() -> None:
        for name, value in values.items():
            with open("/proc/sys/net/" + name.replace("__", "/"), "w", encoding="ascii") as control:
                control.write(str(value))

    inside(namespace, write)


def make_router(namespace: str) -> None:
    """Makes a namespace, which has no interfaces yet, forward packets by any way that routes say."""
    values = {"ipv4__ip_forward": 1}
    for scope in ("all", "default"):
        for name in ("rp_filter", "send_redirects", "accept_redirects"):
            values[f"ipv4__conf__{scope}__{name}"] = 0
    # Without a limit, each connection attempt to nowhere is refused at once.
    values["ipv4__icmp_ratelimit"] = 0
    sysctl(namespace, **values)


def inside(namespace: str, function: Callable[[], Result]) -> Result:
    """Calls `function` inside a network namespace. Sockets made there stay there.

    It runs in a thread of its own that ends, so that no other thread ever changes namespace.
    """
    result: list[Result] = []
    failure: list[BaseException] = []

    def enter() -> None:
        try:
            handle = os.open(namespace_path(namespace), os.O_RDONLY | os.O_CLOEXEC)
            try:
                if _libc.setns(handle, _CLONE_NEWNET) != 0:
                    number = ctypes.get_errno()
                    raise OSError(number, os.strerror(number), namespace)
            finally:
                os.close(handle)
            result.append(function())
        except BaseException as error:  # carried over to the calling thread
            failure.append(error)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return result[0]


def listen(namespace: str, address: str, port: int) -> socket.socket:
    """A TCP socket listening inside a namespace."""

    def make() -> socket.socket:
        listener = socket.create_server((address, port), backlog=128)
        return listener

    return inside(namespace, make)


def connect(namespace: str, address: str, port: int, timeout: float) -> socket.socket:
    """A TCP connection made from inside a namespace."""

    def make() -> socket.socket:
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        connection.settimeout(timeout)
        try:
            connection.connect((address, port))
        except BaseException:
            connection.close()
            raise
        connection.settimeout(None)
        return connection

    return inside(namespace, make)


def exists(namespace: str) -> bool:
    """Whether the namespace is there."""
    return os.path.exists(namespace_path(namespace))


def delete(namespace: str) -> None:
    """Removes a namespace and all interfaces in it; fine if it is not there."""
    if exists(namespace):
        run("ip", "netns", "del", namespace)
