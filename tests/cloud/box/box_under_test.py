"""A box for the tests, and what they do with it: boto3 as any client would, plain ssh -F."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest

ROOT = Path(__file__).resolve().parents[3]
BASE_IMAGE = "ami-0de61a0000000012"
#: Far more than anything takes, on a machine that has other things to do.
LIMIT_SECONDS = 120.0


class BoxUnderTest:
    """A running box, driven through its command line and its endpoint."""

    def __init__(self, name: str, **environment: str):
        self.name = name
        self.extra = environment
        self.variables: dict[str, str] = {}
        self.key = Path()

    def local(
        self, *arguments: str, check: bool = True, **more: Any
    ) -> subprocess.CompletedProcess[str]:
        """Runs `asiaq local ARGUMENTS --name NAME`."""
        command = [
            sys.executable,
            "-m",
            "asiaq_local",
            arguments[0],
            "--name",
            self.name,
            *arguments[1:],
        ]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "local"), **self.extra}
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=300, env=environment, **more
        )
        if check:
            assert done.returncode == 0, done.stderr
        return done

    def up(self, *options: str) -> None:
        self.local("up", *options)
        lines = self.local("env").stdout.splitlines()
        self.variables = dict(line.removeprefix("export ").split("=", 1) for line in lines)

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.variables["AWS_ENDPOINT_URL"],
            region_name=self.variables["AWS_REGION"],
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
            config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )

    def ssh(self, host: str, command: str, user: str = "admin", check: bool = True) -> str:
        """The output of a command on a host."""
        done = subprocess.run(
            ["ssh", "-F", self.variables["ASIAQ_SSH_CONFIG"], "-i", str(self.key), "-oBatchMode=yes",
             "-oConnectTimeout=10", f"{user}@{host}", command],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, f"{command}: {done.returncode} {done.stdout} {done.stderr}"
        return done.stdout

    def wait_ssh(self, host: str) -> None:
        """Waits until a host answers."""

        def answers() -> bool:
            done = subprocess.run(
                ["ssh", "-F", self.variables["ASIAQ_SSH_CONFIG"], "-i", str(self.key), "-oBatchMode=yes",
                 "-oConnectTimeout=5", f"admin@{host}", "true"], capture_output=True, timeout=60,
            )  # fmt: skip
            return done.returncode == 0

        wait_for(answers, f"ssh to {host}")

    def launch(self, count: int = 1, **request: Any) -> list[dict[str, Any]]:
        """RunInstances of the base image with the tests' key."""
        defaults = {"ImageId": BASE_IMAGE, "InstanceType": "t3.small", "KeyName": "tests"}
        answer = self.client("ec2").run_instances(
            MinCount=count, MaxCount=count, **{**defaults, **request}
        )
        return answer["Instances"]

    def instance(self, instance_id: str) -> dict[str, Any]:
        answer = self.client("ec2").describe_instances(InstanceIds=[instance_id])
        return answer["Reservations"][0]["Instances"][0]

    def wait_state(self, instance_id: str, state: str) -> None:
        wait_for(
            lambda: self.instance(instance_id)["State"]["Name"] == state,
            f"{instance_id} {state}",
        )

    def terminate(self, *instance_ids: str) -> None:
        self.client("ec2").terminate_instances(InstanceIds=list(instance_ids))
        for instance_id in instance_ids:
            self.wait_state(instance_id, "terminated")

    def open_to_the_internet(self, vpc: str, group: str) -> str:
        """Gives a VPC an internet gateway with a route to it, and a group ssh for everybody."""
        ec2 = self.client("ec2")
        gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
        ec2.create_route(
            RouteTableId=tables["RouteTables"][0]["RouteTableId"],
            DestinationCidrBlock="0.0.0.0/0",
            GatewayId=gateway,
        )
        everybody = [{"CidrIp": "0.0.0.0/0"}]
        ssh = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": everybody}
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[ssh])
        return str(gateway)

    def close_to_the_internet(self, vpc: str, gateway: str) -> None:
        ec2 = self.client("ec2")
        ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
        ec2.delete_internet_gateway(InternetGatewayId=gateway)

    def leftovers(self) -> list[str]:
        """What of this box is on the machine: namespaces, mounts, processes, folders."""
        found = [name for name in _listing("/run/netns") if name.startswith(f"asiaq.{self.name}.")]
        found += [
            line
            for line in Path("/proc/self/mountinfo").read_text().splitlines()
            if f"/{self.name}/" in line
        ]
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if (process / "stat").read_text().rpartition(")")[2].split()[0] in "ZX":
                    continue
                groups = (process / "cgroup").read_text()
                words = (process / "cmdline").read_bytes().split(b"\0")
                if f"/asiaq-box/{self.name}/" in groups or (
                    b"serve" in words and self.name.encode() in words
                ):
                    found.append(f"process {process.name}")
        state = Path(self.extra.get("ASIAQ_BOX_STATE", "/var/lib/asiaq-box")) / self.name
        if state.exists():
            found.append(str(state))
        loops = [path.read_text() for path in Path("/sys/block").glob("loop*/loop/backing_file")]
        return found + [text for text in loops if f"/{self.name}/" in text]


def _listing(folder: str) -> list[str]:
    return os.listdir(folder) if os.path.isdir(folder) else []


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """Waits until `condition` is true; fails by name."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while time.monotonic() < deadline:
        result = condition()
        if result:
            return result
        time.sleep(0.1)
    pytest.fail(f"waited {LIMIT_SECONDS} s in vain for {what}")


def fresh_name(kind: str) -> str:
    """A box of this run's own: others may be running on the machine."""
    return f"t{os.getpid()}-{kind}"


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="hosts that boot need root")


@contextlib.contextmanager
def running_box(kind: str, key: Path, *options: str, **environment: str) -> Iterator[BoxUnderTest]:
    """A box that is taken down whatever happens."""
    box = BoxUnderTest(fresh_name(kind), **environment)
    box.key = key
    try:
        box.up(*options)
        material = key.with_suffix(".pub").read_bytes()
        box.client("ec2").import_key_pair(KeyName="tests", PublicKeyMaterial=material)
        yield box
    finally:
        box.local("down", check=False)
    assert box.leftovers() == []
