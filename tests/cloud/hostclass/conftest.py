"""An environment `ci` with images, made by boto3, and what the tests of hostclasses read back."""

from __future__ import annotations

import base64
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cloud_under_test import CloudUnderTest, tags_of
from program_under_test import ProgramUnderTest

DISCO_AWS = """
[disco_aws]
default_environment=ci
project_name=acme
default_meta_network=intranet
default_ssh_key_name=None
default_public_ip=no
default_smoketest_termination=no
default_instance_type=m5.large
"""

DISCO_VPC = """
[envtype:sandbox]
ami_stage=tested
credential_buckets=ci
"""


class Scene:
    """The environment and the program's view of it."""

    def __init__(self, cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
        self.cloud = cloud
        self.asiaq = asiaq
        self.ec2 = cloud.client("ec2")
        self.autoscaling = cloud.client("autoscaling")
        asiaq.environment["ASIAQ_WAIT_SCALE"] = "0.02"
        asiaq.environment["LOGNAME"] = "alice"
        asiaq.environment["ASIAQ_SSH_CONFIG"] = "/dev/null"
        self.configure()
        asiaq.write("disco_vpc.ini", DISCO_VPC)
        self.vpc = self.make_vpc("ci")
        self.subnets = {}
        self.security_groups = {}
        for metanetwork, ranges in {
            "intranet": {"us-west-2a": "10.101.0.0/22", "us-west-2b": "10.101.4.0/22"},
            "tunnel": {"us-west-2a": "10.101.16.0/22", "us-west-2b": "10.101.20.0/22"},
        }.items():
            self.add_metanetwork(metanetwork, ranges)
        cloud.forget_requests()

    # -- making things ----------------------------------------------------------------------------

    def configure(self, more: str = "") -> None:
        self.asiaq.write("disco_aws.ini", DISCO_AWS + more)

    def make_vpc(self, name: str) -> str:
        vpc = self.ec2.create_vpc(CidrBlock="10.101.0.0/16")["Vpc"]["VpcId"]
        self.ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": name},
                                                    {"Key": "type", "Value": "sandbox"}])
        return vpc

    def add_metanetwork(self, name: str, ranges: dict[str, str]) -> None:
        tags = [{"Key": "meta_network", "Value": name}]
        group = self.ec2.create_security_group(GroupName=f"ci_{name}", Description=name, VpcId=self.vpc)["GroupId"]
        self.ec2.create_tags(Resources=[group], Tags=tags)
        self.security_groups[name] = group
        self.subnets[name] = []
        for zone, cidr in ranges.items():
            subnet = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=cidr, AvailabilityZone=zone)["Subnet"]["SubnetId"]
            self.ec2.create_tags(Resources=[subnet], Tags=tags)
            self.subnets[name].append(subnet)

    def make_image(self, hostclass: str, timestamp: int = 1465400000, stage: str = "tested") -> str:
        image = self.ec2.register_image(
            Name=f"{hostclass} {timestamp}", RootDeviceName="/dev/sda1", Architecture="x86_64",
            BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8}}])["ImageId"]
        if stage:
            self.ec2.create_tags(Resources=[image], Tags=[{"Key": "stage", "Value": stage}])
        return image

    def run_host(self, tags: dict[str, str] | None = None, subnet: str | None = None, **more: Any) -> str:
        image = more.pop("ImageId", None) or self.make_image("mhcother", int(time.time() * 1000) % 10**10)
        made = self.ec2.run_instances(
            ImageId=image, MinCount=1, MaxCount=1, InstanceType="m5.large",
            SubnetId=subnet or self.subnets["intranet"][0], **more)["Instances"][0]["InstanceId"]
        self.tag(made, **(tags or {}))
        self.cloud.settle()
        return made

    def tag(self, instance: str, **tags: str) -> None:
        if tags:
            self.ec2.create_tags(Resources=[instance], Tags=[{"Key": k, "Value": v} for k, v in tags.items()])

    # -- running the program ----------------------------------------------------------------------

    def aws(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        self.cloud.forget_requests()
        return self.asiaq("disco_aws.py", "--env", "ci", *words, **environment)

    def ok(self, *words: str, tool: str = "disco_aws.py", **environment: str) -> str:
        self.cloud.forget_requests()
        return self.asiaq.ok(tool, "--env", "ci", *words, **environment)

    def fails(self, *words: str, status: int = 1, tool: str = "disco_aws.py", **environment: str) -> str:
        """Runs a command that must end with `status` and one line of error, which is returned."""
        self.cloud.forget_requests()
        done = self.asiaq(tool, "--env", "ci", *words, **environment)
        assert done.returncode == status, f"status {done.returncode}\n{done.stdout}\n{done.stderr}"
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        assert len(errors) == (0 if status == 2 else 1), done.stderr
        return errors[0] if errors else done.stderr

    def unchanged(self, *words: str, tool: str = "disco_aws.py") -> None:
        """Runs a command that must succeed without a write."""
        self.ok(*words, tool=tool)
        assert [request.operation for request in self.cloud.writes()] == []

    def start(self, *words: str, **environment: str) -> subprocess.Popen[str]:
        self.cloud.forget_requests()
        return subprocess.Popen(["disco_aws.py", "--env", "ci", *words], cwd=self.asiaq.folder, text=True,
                                env={**self.asiaq.environment, **environment}, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    # -- reading back -----------------------------------------------------------------------------

    def groups(self) -> list[dict[str, Any]]:
        return self.autoscaling.describe_auto_scaling_groups()["AutoScalingGroups"]

    def groups_of(self, hostclass: str) -> list[dict[str, Any]]:
        return [group for group in self.groups() if group["AutoScalingGroupName"].split("_")[1] == hostclass]

    def group(self, hostclass: str = "mhcfoo") -> dict[str, Any]:
        (group,) = self.groups_of(hostclass)
        return group

    def sizes(self, hostclass: str = "mhcfoo") -> tuple[int, int, int]:
        group = self.group(hostclass)
        return group["MinSize"], group["DesiredCapacity"], group["MaxSize"]

    def templates(self) -> list[str]:
        found = self.ec2.describe_launch_templates(MaxResults=200)["LaunchTemplates"]
        return sorted(template["LaunchTemplateName"] for template in found)

    def template(self, hostclass: str = "mhcfoo") -> dict[str, Any]:
        """The content that the hostclass's group launches from."""
        reference = self.group(hostclass)["LaunchTemplate"]
        assert reference["Version"] == "1"
        (version,) = self.ec2.describe_launch_template_versions(
            LaunchTemplateId=reference["LaunchTemplateId"], Versions=["1"])["LaunchTemplateVersions"]
        return version["LaunchTemplateData"]

    def user_data(self, hostclass: str = "mhcfoo") -> str:
        return base64.b64decode(self.template(hostclass)["UserData"]).decode()

    def hosts(self, hostclass: str = "mhcfoo") -> list[dict[str, Any]]:
        found = self.ec2.describe_instances(Filters=[
            {"Name": "tag:hostclass", "Values": [hostclass]},
            {"Name": "instance-state-name", "Values": ["pending", "running"]}])["Reservations"]
        return [instance for reservation in found for instance in reservation["Instances"]]

    def host_ids(self, hostclass: str = "mhcfoo") -> list[str]:
        return sorted(host["InstanceId"] for host in self.hosts(hostclass))

    def state(self, instance: str) -> str:
        """The state of an instance that is not on its way to another."""
        self.cloud.settle()
        found = self.ec2.describe_instances(InstanceIds=[instance])
        return found["Reservations"][0]["Instances"][0]["State"]["Name"]

    def schedule(self) -> list[dict[str, Any]]:
        return self.autoscaling.describe_scheduled_actions()["ScheduledUpdateGroupActions"]

    def interfaces_at(self, address: str) -> list[dict[str, Any]]:
        return self.ec2.describe_network_interfaces(
            Filters=[{"Name": "private-ip-address", "Values": [address]}])["NetworkInterfaces"]


class Guest:
    """Plays the hosts: tags those of its hostclasses as tested, as long as it lives."""

    def __init__(self, scene: Scene, *hostclasses: str, delay: float = 0.0) -> None:
        self._scene = scene
        self._hostclasses = hostclasses
        self._delay = delay
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._play, daemon=True)

    def __enter__(self) -> Guest:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _play(self) -> None:
        while not self._stop.wait(0.05):
            for hostclass in self._hostclasses:
                for host in self._scene.hosts(hostclass):
                    if "smoketest" not in tags_of(host):
                        time.sleep(self._delay)
                        self._scene.tag(host["InstanceId"], smoketest="tested")


def interrupt(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[str, str]:
    process.send_signal(number)
    return process.communicate(timeout=60)


def wait_for(condition: Any, limit: float = 120.0) -> Any:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("what the test waits for did not happen")


@pytest.fixture
def scene(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> Iterator[Scene]:
    made = Scene(cloud, asiaq)
    made.image = made.make_image("mhcfoo")
    cloud.forget_requests()
    yield made


@pytest.fixture
def fake_ssh(scene: Scene) -> Path:
    """An ssh that notes its arguments, prints the command and ends with what the file `status` of its host says."""
    program = scene.asiaq.write("fake/ssh", """#!/bin/bash
folder=$(dirname "$0")
printf '%s\\n' "$@" >>"$folder/log"; echo -- >>"$folder/log"
host= ; for word in "$@"; do case $word in *10.101.*) host=${word##*@};; esac; done
echo "from $host: ${!#}"
status=0; [ ! -e "$folder/$host" ] || status=$(cat "$folder/$host")
exit "$status"
""")
    program.chmod(0o755)
    scene.asiaq.environment["PATH"] = f"{program.parent}:{scene.asiaq.environment['PATH']}"
    return program.parent
