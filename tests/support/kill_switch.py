"""Kills the program at its n-th write, before or after the write is carried out; interrupts it at a call."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Callable, Iterator
from enum import Enum

from asiaq_local.faults.call import Call
from asiaq_local.faults.proxy import Proxy, Upstream
from asiaq_local.http_server import Delivery, Ending, Reply
from cloud_under_test import CloudUnderTest
from program_under_test import LIMIT_SECONDS, ProgramUnderTest, killed

_HANGING_UP = Reply(0, delivery=Delivery(dropped=Ending.RESET))


class Moment(Enum):
    """When the program dies."""

    BEFORE = "before"  #: the write has been sent, and is never carried out
    AFTER = "after"  #: the write has been carried out, and its answer is never read


class KillSwitch:
    """The way to the cloud of one run. One call at a time, so that nothing is carried out after the death.

    Only writes are counted: a program that dies at a read leaves what the write before it left.
    """

    def __init__(self, upstream: Upstream, at: int, moment: Moment) -> None:
        self._upstream = upstream
        self._at = at
        self._moment = moment
        self._lock = threading.Lock()
        self._is_dead = False
        self.victim: subprocess.Popen[str] | None = None
        self.writes = 0

    def __call__(self, call: Call) -> Reply:
        """Passes a call on, as long as the program lives."""
        with self._lock:
            if self._is_dead:
                return _HANGING_UP  # what a dead program had on its way counts for nobody
            self.writes += call.kind == "write"
            is_last = call.kind == "write" and self.writes == self._at
            if is_last and self._moment is Moment.BEFORE:
                return self._kill()
            reply = self._upstream(call)
            return self._kill() if is_last else reply

    def _kill(self) -> Reply:
        assert self.victim is not None
        self.victim.kill()
        self._is_dead = True
        return _HANGING_UP


@contextlib.contextmanager
def started(
    cloud: CloudUnderTest, asiaq: ProgramUnderTest, command: tuple[str, ...], at: int, moment: Moment
) -> Iterator[KillSwitch]:
    """The program at work behind a switch of its own."""
    switch = KillSwitch(Upstream(cloud.endpoint), at, moment)
    proxy = Proxy(switch)
    try:
        switch.victim = asiaq.start(*command, AWS_ENDPOINT_URL=proxy.endpoint)
        yield switch
    finally:
        proxy.close()


def run_and_kill(
    cloud: CloudUnderTest, asiaq: ProgramUnderTest, command: tuple[str, ...], at: int, moment: Moment
) -> bool:
    """Runs a command and kills it; False if it came to its end before."""
    with started(cloud, asiaq, command, at, moment) as switch:
        assert switch.victim is not None
        return killed(switch.victim)


def count_writes(cloud: CloudUnderTest, asiaq: ProgramUnderTest, command: tuple[str, ...]) -> int:
    """Runs a command to its end; how many writes it makes."""
    with started(cloud, asiaq, command, 0, Moment.BEFORE) as switch:
        assert switch.victim is not None
        output, errors = switch.victim.communicate(timeout=LIMIT_SECONDS)
        assert switch.victim.returncode == 0, f"{command}: {switch.victim.returncode}\n{output}\n{errors}"
        return switch.writes


def run_and_interrupt(
    cloud: CloudUnderTest,
    asiaq: ProgramUnderTest,
    command: tuple[str, ...],
    when: Callable[[Call], bool],
    number: int,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    """Runs a command and sends it a signal once, when the first call for which `when` is true has been answered."""
    upstream = Upstream(cloud.endpoint)
    lock = threading.Lock()
    victims: list[subprocess.Popen[str]] = []
    is_started = threading.Event()

    def pass_on(call: Call) -> Reply:
        reply = upstream(call)
        with lock:
            if when(call) and is_started.wait(LIMIT_SECONDS) and victims:
                victims.pop().send_signal(number)
        return reply

    proxy = Proxy(pass_on)
    try:
        process = asiaq.start(*command, AWS_ENDPOINT_URL=proxy.endpoint, **environment)
        victims.append(process)
        is_started.set()
        output, errors = process.communicate(timeout=LIMIT_SECONDS)
        assert not victims, f"the call did not come:\n{output}\n{errors}"
        return subprocess.CompletedProcess(command, process.returncode, output, errors)
    finally:
        proxy.close()
