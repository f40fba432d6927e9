"""disco_ssh.sh on hosts that boot: a session through the jump host, and tunnels that carry bytes."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from box_under_test import ROOT, BoxUnderTest, needs_root, wait_for
from wires import Wires

BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))
pytestmark = needs_root


def free_port() -> int:
    """One that no connection gets by itself, and no other run of these tests at first."""
    first = 20_000 + os.getpid() % 10_000
    for port in range(first, first + 1000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError(f"no free port from {first}")


PORT = free_port()
TYPES = f"""
[envtype:jumped]
vpc_cidr=10.121.0.0/16
max_zones=1
intranet_cidr=10.121.0.0/20
tunnel_cidr=10.121.16.0/20
tunnel_sg_rules=tcp 0.0.0.0/0 22
intranet_sg_rules=tcp tunnel 22 {PORT}
tunnel_igw_routes=0.0.0.0/0
"""


class JumpedEnvironment(Wires):
    """An environment `jumped`: a jump host with a public address, and a host that only it reaches."""

    def __init__(self, box: BoxUnderTest, folder: Path):
        super().__init__(box)
        self.ec2 = box.client("ec2")
        self.folder = folder
        self.variables = {
            **os.environ, **box.variables, "ASIAQ_CONFIG": str(folder), "HOME": str(folder), "LOGNAME": "alice",
            "SSH_USER": "admin", "SSH_AUTH_SOCK": str(folder / "agent"), "PATH": f"{BIN}:{os.environ['PATH']}",
        }  # fmt: skip
        (folder / "disco_aws.ini").write_text("[disco_aws]\nproject_name=trial\njump_box_hostclasses=mhcjump\n")
        (folder / "disco_vpc.ini").write_text(TYPES)

    def run(self, *words: str) -> None:
        subprocess.run(words, env=self.variables, cwd=self.folder, check=True, capture_output=True, timeout=120)

    def launch_in(self, metanetwork: str, name: str, public: bool) -> None:
        [vpc] = self.ec2.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": ["jumped"]}])["Vpcs"]
        mine = [{"Name": "tag:meta_network", "Values": [metanetwork]}, {"Name": "vpc-id", "Values": [vpc["VpcId"]]}]
        [subnet] = self.ec2.describe_subnets(Filters=mine)["Subnets"]
        [group] = self.ec2.describe_security_groups(Filters=mine)["SecurityGroups"]
        self.launch(name, subnet["SubnetId"], group["GroupId"], public)
        tags = [{"Key": "hostclass", "Value": name}, {"Key": "smoketest", "Value": "tested"}]
        self.ec2.create_tags(Resources=[self.hosts[name]["InstanceId"]], Tags=tags)

    def use_key(self) -> None:
        """Puts the tests' key, with alice's name on it, into an agent of her own."""
        key = self.folder / "key"
        shutil.copy(self.box.key, key)
        self.run("ssh-keygen", "-q", "-c", "-C", "alice@laptop", "-f", str(key))
        self.run("ssh-add", "-q", str(key))
        key.unlink()

    def name_jump_user(self) -> None:
        """In ssh's settings, as a person would: SSH_USER is the account on the host."""
        address = self.hosts["mhcjump"]["PublicIpAddress"]
        settings = self.folder / "ssh_config"
        settings.write_text(f"Include {self.box.variables['ASIAQ_SSH_CONFIG']}\nHost {address}\n  User admin\n")
        self.variables["ASIAQ_SSH_CONFIG"] = str(settings)

    def typed(self, line: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A line typed into a shell in which the manual's variables are set."""
        manual = {"env_name": "jumped", "destination_instance_id": self.hosts["mhcinside"]["InstanceId"]}
        return subprocess.run(["bash", "-c", line], env={**self.variables, **manual}, cwd=self.folder, text=True,
                              input=stdin, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def environment(box: BoxUnderTest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JumpedEnvironment]:
    made = JumpedEnvironment(box, tmp_path_factory.mktemp("jumped"))
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", made.variables["SSH_AUTH_SOCK"]], stdout=subprocess.DEVNULL)
    made.run("disco_vpc_ui.py", "create", "--type", "jumped", "--name", "jumped")
    try:
        wait_for(lambda: (made.folder / "agent").exists(), "the agent")
        made.use_key()
        made.launch_in("tunnel", "mhcjump", public=True)
        made.launch_in("intranet", "mhcinside", public=False)
        made.wait_running()
        made.name_jump_user()
        box.wait_ssh(made.hosts["mhcjump"]["PublicIpAddress"])
        box.wait_ssh(made.address("mhcinside"))
        yield made
    finally:
        agent.kill()
        agent.wait()
        made.end()
        made.run("disco_vpc_ui.py", "destroy", "--name", "jumped")


def test_line_of_the_users_manual_opens_a_session(environment: JumpedEnvironment) -> None:
    done = environment.typed("disco_ssh.sh $env_name $destination_instance_id", "id -un; hostname -I; ssh-add -l\n")
    assert done.returncode == 0, done.stderr
    user, addresses, keys = done.stdout.splitlines()[-3:]
    assert user == "admin" and environment.address("mhcinside") in addresses.split()
    assert "alice@laptop" in keys, "the agent is not forwarded"
    jump = environment.hosts["mhcjump"]["PublicIpAddress"]
    assert f"going to {environment.address('mhcinside')} through {jump}" in done.stderr
    assert "disco_ssh.sh is deprecated" in done.stderr


def test_status_is_that_of_the_session(environment: JumpedEnvironment) -> None:
    assert environment.typed("disco_ssh.sh jumped mhcinside", "exit 7\n").returncode == 7


@contextlib.contextmanager
def file_server(environment: JumpedEnvironment, folder: Path) -> Iterator[None]:
    """Serves the folder on the host inside."""
    command = environment.inside("mhcinside", sys.executable, "-m", "http.server", str(PORT), "--directory", str(folder))
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        environment.soon(True, "mhcjump", "mhcinside", PORT)
        yield
    finally:
        server.kill()
        server.wait()


def through_tunnel(file: str) -> bytes:
    with contextlib.suppress(urllib.error.URLError, ConnectionError):
        with urllib.request.urlopen(f"http://localhost:{PORT}/{file}", timeout=30) as answer:
            return bytes(answer.read())
    return b""


def test_tunnel_carries_bytes_until_interrupted(environment: JumpedEnvironment, tmp_path: Path) -> None:
    content = random.Random(15).randbytes(1_000_000)
    (tmp_path / "blob").write_bytes(content)
    with file_server(environment, tmp_path):
        process = subprocess.Popen(["disco_ssh.sh", "jumped", "mhcinside", str(PORT)], env=environment.variables,
                                   cwd=environment.folder, text=True, stderr=subprocess.PIPE)
        try:
            assert wait_for(lambda: through_tunnel("blob"), "the tunnel") == content
            assert through_tunnel("blob") == content
            second = environment.typed(f"disco_ssh.sh jumped mhcinside {PORT}")
            assert second.returncode == 255 and str(PORT) in second.stderr, "a port that is taken must not go unnoticed"
        finally:
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=60)[1]
        assert process.returncode == 1, said
        assert f"localhost leads to {environment.address('mhcinside')}" in said
        assert through_tunnel("blob") == b""
