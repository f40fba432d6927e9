"""Packets between hosts, tried with nc in their networks."""

from __future__ import annotations

import os
import select
import subprocess
import time
from typing import Any

from box_under_test import LIMIT_SECONDS, BoxUnderTest, wait_for


class Wires:
    """The networks of some hosts of a box, by names that a test gives them."""

    def __init__(self, box: BoxUnderTest):
        self.box = box
        self.hosts: dict[str, dict[str, Any]] = {}
        self.listeners: list[subprocess.Popen[bytes]] = []

    def launch(self, name: str, subnet: str, group: str, public: bool = False) -> None:
        """Launches a host, for which `wait_running` waits."""
        interface = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group],
                     "AssociatePublicIpAddress": public}  # fmt: skip
        [self.hosts[name]] = self.box.launch(NetworkInterfaces=[interface])

    def wait_running(self) -> None:
        for name, host in self.hosts.items():
            self.box.wait_state(host["InstanceId"], "running")
            self.hosts[name] = self.box.instance(host["InstanceId"])

    def end(self) -> None:
        """Ends listeners and hosts."""
        for listener in self.listeners:
            listener.kill()
            listener.wait()
        self.box.terminate(*(host["InstanceId"] for host in self.hosts.values()))

    def address(self, host: str) -> str:
        return str(self.hosts[host]["PrivateIpAddress"])

    def inside(self, host: str, *command: str) -> list[str]:
        """A command of this machine in the network of a host, or on the box's internet."""
        place = "internet" if host == "internet" else self.hosts[host]["InstanceId"]
        return ["ip", "netns", "exec", f"asiaq.{self.box.name}.{place}", *command]

    def listen(self, host: str, port: int) -> subprocess.Popen[bytes]:
        """Accepts connections on a port of a host, one after the other."""
        command = self.inside(host, "nc", "-l", "-k", str(port))
        listener = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.listeners.append(listener)
        wait_for(lambda: self._tries(host, "127.0.0.1", port), f"nc on port {port}")
        return listener

    def _tries(self, host: str, address: str, port: int) -> bool:
        probe = self.inside(host, "nc", "-z", "-w", "1", address, str(port))
        return subprocess.run(probe, capture_output=True).returncode == 0

    def reaches(self, host: str, other: str, port: int, address: str = "") -> bool:
        return self._tries(host, address or self.address(other), port)

    def soon(self, expected: bool, host: str, other: str, port: int, address: str = "") -> None:
        """After a change that was made just now: it comes into force, and stays so."""
        what = f"{host} {'to reach' if expected else 'not to reach'} {other}:{port}"
        wait_for(lambda: self.reaches(host, other, port, address) == expected, what)
        assert self.reaches(host, other, port, address) == expected

    def call(self, host: str, other: str, port: int) -> subprocess.Popen[bytes]:
        """A connection that stays open."""
        command = self.inside(host, "nc", self.address(other), str(port))
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, host: str, *command: str, check: bool = True) -> str:
        """A command of this machine in the network of a host; its output."""
        done = subprocess.run(self.inside(host, *command), capture_output=True, text=True)
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout

    def send(self, host: str, source: str, other: str, port: int, datagram: bytes) -> None:
        """One datagram, whether it arrives or not."""
        command = ["nc", "-u", "-q", "0", "-s", source, self.address(other), str(port)]
        subprocess.run(self.inside(host, *command), input=datagram, check=True)

    def send_until_heard(
        self,
        host: str,
        source: str,
        other: str,
        port: int,
        listener: subprocess.Popen[bytes],
        datagram: bytes,
    ) -> None:
        """Sends again and again until the listener has the datagram."""
        assert listener.stdout

        def heard() -> bool:
            self.send(host, source, other, port, datagram)
            return bool(select.select([listener.stdout], [], [], 0.2)[0])

        wait_for(heard, f"a datagram from {host} to arrive")


def passes(caller: subprocess.Popen[bytes], listener: subprocess.Popen[bytes], line: bytes) -> bool:
    """Whether what one end of a connection says is heard at the other."""
    assert caller.stdin
    caller.stdin.write(line)
    caller.stdin.flush()
    return heard_by(listener, line).endswith(line)


def heard_by(listener: subprocess.Popen[bytes], expected: bytes) -> bytes:
    """What a listener got by the time that it has got what is expected."""
    assert listener.stdout
    heard = b""
    deadline = time.monotonic() + LIMIT_SECONDS
    while expected not in heard and time.monotonic() < deadline:
        if select.select([listener.stdout], [], [], 0.2)[0]:
            heard += os.read(listener.stdout.fileno(), 4096)
    assert expected in heard, f"waited {LIMIT_SECONDS} s in vain for {expected!r}"
    return heard
