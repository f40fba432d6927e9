"""The endpoint of a box without hosts: its log, its faults, and boto3 to read back what is there."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
from asiaq_local.requests_log import LoggedRequest

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-west-2"
_SETTLE_SECONDS = 120.0


def tags_of(item: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", item.get("TagSet", []))}


def name_of(item: dict[str, Any]) -> str:
    return tags_of(item).get("Name", "")


class CloudUnderTest:
    """One account, as boto3 sees it. What boto3 itself asks is in no count, and no fault strikes it."""

    def __init__(self, endpoint: str, keys: tuple[str, str]) -> None:
        self.endpoint = endpoint
        self.keys = keys
        self._clients: dict[tuple[str, str], Any] = {}
        self.ec2 = self.client("ec2")

    def client(self, service: str, region: str = REGION) -> Any:
        if (service, region) not in self._clients:
            self._clients[service, region] = boto3.client(
                service,
                endpoint_url=self.endpoint,
                region_name=region,
                aws_access_key_id=self.keys[0],
                aws_secret_access_key=self.keys[1],
                config=botocore.config.Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
            )
        return self._clients[service, region]

    def vpcs_named(self, name: str) -> list[dict[str, Any]]:
        return [vpc for vpc in self.ec2.describe_vpcs()["Vpcs"] if name_of(vpc) == name]

    def vpc(self, name: str) -> dict[str, Any]:
        """The one VPC of this name."""
        (vpc,) = self.vpcs_named(name)
        return vpc

    def of_vpc(self, operation: str, key: str, vpc_id: str) -> list[dict[str, Any]]:
        return getattr(self.ec2, operation)(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])[key]

    def subnets(self, vpc_id: str) -> dict[str, dict[str, Any]]:
        return {name_of(subnet): subnet for subnet in self.of_vpc("describe_subnets", "Subnets", vpc_id)}

    def tables(self, vpc_id: str) -> dict[str, dict[str, Any]]:
        tables = self.of_vpc("describe_route_tables", "RouteTables", vpc_id)
        return {name_of(table): table for table in tables if name_of(table)}

    def groups(self, vpc_id: str) -> dict[str, dict[str, Any]]:
        return {group["GroupName"]: group for group in self.of_vpc("describe_security_groups", "SecurityGroups", vpc_id)}

    def own(self, method: str, path: str, content: Any = None) -> Any:
        """Asks the box something that is not of AWS."""
        body = None if content is None else json.dumps(content).encode()
        request = urllib.request.Request(f"{self.endpoint}/asiaq/{path}", data=body, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def reset(self) -> None:
        """A fresh account, no faults, an empty log."""
        self.heal()
        self.own("POST", "reset")
        self.forget_requests()

    def settle(self) -> None:
        """Waits until nothing is on its way: instances, members of groups, groups that are being deleted."""
        deadline = time.monotonic() + _SETTLE_SECONDS
        while self._moving():
            assert time.monotonic() < deadline, f"still on their way: {self._moving()}"
            time.sleep(0.05)

    def _moving(self) -> list[str]:
        reservations = self.ec2.describe_instances(Filters=[
            {"Name": "instance-state-name", "Values": ["pending", "stopping", "shutting-down"]}])["Reservations"]
        moving = [instance["InstanceId"] for reservation in reservations for instance in reservation["Instances"]]
        for group in self.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]:
            members = group["Instances"]
            if group.get("Status") or any(member["LifecycleState"] != "InService" for member in members):
                moving.append(group["AutoScalingGroupName"])
        return moving

    def fault(self, *rules: dict[str, Any], seed: int | None = None) -> None:
        """Lets calls of the program go wrong from now on; see `asiaq local faults`."""
        script: dict[str, Any] = {"rules": [{"agent": "asiaq", **rule} for rule in rules]}
        if seed is not None:
            script["seed"] = seed
        self.own("POST", "faults", script)

    def struck(self) -> list[int]:
        """How often each fault has struck."""
        return [rule["struck"] for rule in self.own("GET", "faults")["rules"]]

    def heal(self) -> None:
        self.own("DELETE", "faults")

    def forget_requests(self) -> None:
        self.own("DELETE", "requests")

    def requests(self) -> list[LoggedRequest]:
        """What the program asked, oldest first."""
        entries = [LoggedRequest(**entry) for entry in self.own("GET", "requests")]
        return [entry for entry in entries if not entry.agent.startswith("Boto3")]

    def reads(self) -> list[LoggedRequest]:
        return [request for request in self.requests() if request.kind == "read"]

    def writes(self) -> list[LoggedRequest]:
        return [request for request in self.requests() if request.kind == "write"]

    def carried_out(self) -> list[LoggedRequest]:
        """Writes that the service did, whatever it answered."""
        return [request for request in self.writes() if request.carried_out and request.status < 400]


def counts(requests: list[LoggedRequest]) -> Counter[str]:
    """How often each operation is among them."""
    return Counter(request.operation for request in requests)


@contextlib.contextmanager
def endpoint_without_hosts(kind: str, *options: str) -> Iterator[dict[str, str]]:
    """The variables of a box that is taken down whatever happens."""
    name = f"t{os.getpid()}-{kind}"

    def local(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "asiaq_local", arguments[0], "--name", name, *arguments[1:]],
            capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT / "local")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    try:
        local("up", "--no-hosts", *options)
        lines = local("env").splitlines()
        yield dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
    finally:
        local("down")
