"""disco_ssh.sh: which host it takes and which way it goes. Sessions and tunnels to real hosts: tests/cloud/box."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import Scene, wait_for

SCRIPT = "disco_ssh.sh"


@pytest.fixture
def agent(scene: Scene, fake_ssh: Path) -> Path:
    """An ssh-add that lists what the file `keys` says, and has no key to add."""
    program = scene.asiaq.write("fake/ssh-add", '#!/bin/bash\n[ "$1" = -l ] && cat "$(dirname "$0")/keys"\n')
    program.chmod(0o755)
    (fake_ssh / "keys").write_text("256 SHA256:abc alice@laptop (ED25519)\n")
    return fake_ssh


def arguments(folder: Path) -> list[str]:
    """What the fake ssh was called with since this was last asked."""
    log = folder / "log"
    words = log.read_text().splitlines()
    log.unlink()
    return words


def run(scene: Scene, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return scene.asiaq(SCRIPT, *words, **environment)


def address_of(scene: Scene, hostclass: str) -> str:
    (host,) = scene.hosts(hostclass)
    return host["PrivateIpAddress"]


def public_address_of(scene: Scene, hostclass: str) -> str:
    (host,) = scene.hosts(hostclass)
    return host.get("PublicIpAddress", host["PrivateIpAddress"])


def test_usage_is_told_before_anything_else(scene: Scene) -> None:
    scene.cloud.forget_requests()
    for words in ((), ("ci",), ("ci", "mhcx", "http"), ("ci", "mhcx", "0"), ("ci", "mhcx", "65536")):
        done = run(scene, *words)
        assert (done.returncode, done.stdout) == (1, ""), words
        assert done.stderr.startswith("Usage:\n    disco_ssh.sh ENV PATTERN [PORT]..."), words
    assert not scene.cloud.requests()


def test_a_session_goes_through_the_jump_host_to_the_static_address(scene: Scene, agent: Path) -> None:
    scene.configure("jump_box_hostclasses=mhcnojump mhcjump\n")
    scene.run_host({"hostclass": "mhcjump", "smoketest": "tested"})
    scene.run_host({"hostclass": "mhcadminproxy", "smoketest": "tested"})
    host = scene.run_host({"hostclass": "mhcx"})
    interface = scene.ec2.create_network_interface(
        SubnetId=scene.subnets["intranet"][0], PrivateIpAddress="10.101.0.99")["NetworkInterface"]["NetworkInterfaceId"]
    scene.ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=host, DeviceIndex=1)
    for pattern in ("mhcx", host, "10.101.0.99"):
        done = run(scene, "ci", pattern, SSH_USER="bob")
        assert done.returncode == 0, done.stderr
        assert "disco_ssh.sh is deprecated: use disco_ssh.py" in done.stderr
        words = arguments(agent)
        assert words[words.index("-J") + 1] == public_address_of(scene, "mhcjump")
        assert words[words.index("-l") + 1] == "bob"
        assert "10.101.0.99" in words and "-N" not in words


def test_without_a_configuration_the_jump_host_is_that_of_the_original(scene: Scene, agent: Path) -> None:
    scene.run_host({"hostclass": "mhcadminproxy", "smoketest": "tested"})
    scene.run_host({"hostclass": "mhcx"})
    assert run(scene, "ci", "mhcx").returncode == 0
    words = arguments(agent)
    assert words[words.index("-J") + 1] == public_address_of(scene, "mhcadminproxy")
    assert address_of(scene, "mhcx") in words and "-l" not in words


def test_without_a_jump_host_it_goes_straight_and_needs_no_tunnel(scene: Scene, agent: Path) -> None:
    scene.run_host({"hostclass": "mhcx"})
    assert run(scene, "ci", "mhcx").returncode == 0
    words = arguments(agent)
    assert "-J" not in words and public_address_of(scene, "mhcx") in words
    done = run(scene, "ci", "mhcx", "8080")
    assert done.returncode == 1 and "ERROR Command: no need to tunnel" in done.stderr
    assert not (agent / "log").exists()


def test_the_first_that_is_listed_is_taken_and_never_a_builder(scene: Scene, agent: Path) -> None:
    scene.run_host({"hostclass": "bake_mhcx"})
    for hostclass in ("mhcxb", "mhcxa"):
        scene.run_host({"hostclass": hostclass})
    assert run(scene, "ci", "mhcx").returncode == 0
    assert public_address_of(scene, "mhcxa") in arguments(agent)
    done = run(scene, "ci", "bake_mhcx")
    assert done.returncode == 1 and "ERROR Command: can't find host bake_mhcx in environment ci" in done.stderr
    assert not (agent / "log").exists()


def test_a_status_of_ssh_is_passed_on(scene: Scene, agent: Path) -> None:
    scene.run_host({"hostclass": "mhcx"})
    (agent / public_address_of(scene, "mhcx")).write_text("7")
    assert run(scene, "ci", "mhcx").returncode == 7


def test_a_key_of_the_user_is_needed(scene: Scene, agent: Path) -> None:
    scene.run_host({"hostclass": "mhcx"})
    (agent / "keys").write_text("256 SHA256:alice bob@laptop (ED25519)\n")
    done = run(scene, "ci", "mhcx")
    assert done.returncode == 1
    assert "ERROR Command: the ssh agent holds no key of alice" in done.stderr and "ssh-add FILE" in done.stderr
    assert not (agent / "log").exists()


def test_an_environment_that_is_none_is_an_error(scene: Scene, agent: Path) -> None:
    assert "failed to select environment" in run(scene, "none", "mhcx").stderr
    done = run(scene, "nosuch", "mhcx")
    assert done.returncode == 1 and "nosuch" in done.stderr and "ERROR" in done.stderr
    done = run(scene, "ci", "mhcx", AWS_ENDPOINT_URL="http://127.0.0.1:1", AWS_MAX_ATTEMPTS="1")
    assert done.returncode == 1 and "VPN" in done.stderr


def test_tunnels_end_with_the_program(scene: Scene, agent: Path) -> None:
    scene.run_host({"hostclass": "mhcadminproxy", "smoketest": "tested"})
    scene.run_host({"hostclass": "mhcx"})
    program = scene.asiaq.write("fake/ssh", """#!/bin/bash
printf '%s\\n' "$@" >"$(dirname "$0")/log"
echo "$$" >"$(dirname "$0")/pid"
exec sleep 300 >/dev/null 2>&1  # as ssh -N closes its output
""")
    program.chmod(0o755)
    process = subprocess.Popen([SCRIPT, "ci", "mhcx", "8080", "9090"], cwd=scene.asiaq.folder, text=True,
                               env=scene.asiaq.environment, stderr=subprocess.PIPE)
    started = wait_for(lambda: (agent / "pid").exists() and (agent / "pid").read_text().strip())
    words = arguments(agent)
    address = address_of(scene, "mhcx")
    at = words.index("-L")
    assert words[at:at + 4] == ["-L", f"8080:{address}:8080", "-L", f"9090:{address}:9090"]
    assert words[-1] == public_address_of(scene, "mhcadminproxy")
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 1
    wait_for(lambda: not Path(f"/proc/{started}").exists())
