"""asiaq instance … --dry-run: says what a command would do to this host and to AWS, and does none of it."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import boto3
import pytest

from credentials.conftest import REGION, Asiaq, Cloud, Service, cloud, service  # noqa: F401

INSTANCE = "i-0123456789abcdef0"
FILES = [Path(name) for name in ("/run/disco", "/etc/hostname", "/etc/hosts", "/var/lib/asiaq", "/etc/floating_ip")]


def state_of_this_machine():
    return socket.gethostname(), [path.stat().st_mtime_ns if path.exists() else None for path in FILES]


@pytest.fixture
def host(cloud: Cloud, service, tmp_path: Path):  # noqa: F811
    """Runs a command as on a host of EC2, with an address of this account in its user data."""
    ec2 = boto3.client("ec2", endpoint_url=cloud.endpoint, region_name=REGION, aws_access_key_id="x",
                       aws_secret_access_key="x")
    address = ec2.allocate_address(Domain="vpc")["PublicIp"]
    user_data = f'hostclass="mhcfoo"\nowner="me"\nenvironment_name="ci"\neip="{address}"\n'
    metadata: Service = service({
        "PUT /latest/api/token": "t",
        "GET /latest/user-data": user_data,
        "GET /latest/meta-data/instance-id": INSTANCE,
    })
    program = Asiaq(cloud, tmp_path)
    program.environment.update(AWS_EC2_METADATA_DISABLED="", AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata.url,
                               AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="x")

    def run(*line: str) -> str:
        before = state_of_this_machine()
        done = subprocess.run(["asiaq", "instance", *line, "--dry-run"], env=program.environment, cwd=tmp_path,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stderr) == (0, ""), line
        assert state_of_this_machine() == before, line
        return done.stdout

    run.address = address
    return run


@pytest.mark.skipif(Path("/run/disco").exists(), reason="this machine is a host itself")
@pytest.mark.parametrize("line, expected", [
    (["fetch-user-data"], ["would create    file /run/disco/user-data", "would create    file /run/disco/user-data.sh"]),
    (["hostname"], ["would update    host name foo-i-0123456789abcdef0", "would update    file /etc/hostname"]),
    (["etc-hosts"], ["would update    file /etc/hosts"]),
    (["tag"], [f"would update    instance {INSTANCE}", "      tag hostclass: mhcfoo"]),
    (["testing-mode", "on"], ["would create    file /var/lib/asiaq/testing-mode",
                              "would update    host systemctl stop disco-associate-eip.service"]),
    (["mark-unhealthy", "--reason", "tired"], ["      unhealthy: tired"]),
    (["booted", "start"], ["would create    file /run/disco/booted", "would wait for  smoke test mhcfoo"]),
])
def test_each_command_says_what_it_would_do(host, cloud, line, expected):  # noqa: F811
    said = host(*line).splitlines()
    assert [wanted for wanted in expected if wanted not in said] == [], said
    assert [call.operation for call in cloud.calls if not call.operation.startswith("Describe")] == []


def test_an_address_is_looked_up_but_not_taken(host, cloud):  # noqa: F811
    cloud.calls.clear()
    assert f"elastic IP {host.address}" in host("associate-eip")
    assert set(cloud.operations()) == {"DescribeTags", "DescribeAddresses"}


def test_the_plan_comes_as_json_too(host):
    (name, file) = json.loads(host("hostname", "--output", "json"))
    assert (name["kind"], file["name"]) == ("host name", "/etc/hostname")
