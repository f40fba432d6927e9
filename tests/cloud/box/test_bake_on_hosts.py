"""Bakes on hosts that really boot, read back with boto3 and plain ssh."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from box_under_test import BASE_IMAGE, running_box, wait_for

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="hosts that boot need root")

SETTINGS = """
[disco_aws]
project_name=trial
default_product_line=astro

[bake]
bakery_environment=bakery
bakery_instance_type=t3.small
bake_key=bakery
repo_hostclass=
no_repo_hostclasses=
phase=2
phase1_ami_name=base
phase1_hostclass=mhcgeneric
config_data_source=.
data_destination=/opt/wgen/discoaws
ami_stages=untested failed tested

[base]
bake_ami=resolve:ssm:/aws/service/debian/release/12/latest/amd64
"""

PHASE_1 = """#!/bin/bash
set -e
echo "phase 1 of $1, repository '$2', bake $3, as $(id -un) in $PWD"
printf '%s\\n' "$1" >/etc/baked-by
"""

PHASE_2 = """#!/bin/bash
echo "phase 2 of $1 on what phase 1 of $(cat /etc/baked-by) left"
case $1 in
  mhcbad) echo 'no such package: banana' >&2; exit 3 ;;
  mhcslow) echo 'taking my time'; sleep 300 ;;
esac
printf '%s\\n' "$1" >/etc/hostclass
ls -A /opt/wgen/discoaws >/etc/copied
"""


class Bakery:
    """A configuration folder and an environment to bake in."""

    def __init__(self, box: Any, folder: Path) -> None:
        self.box = box
        self.folder = folder
        self.ec2 = box.client("ec2")
        self.private = folder.with_name(f"{folder.name}-private")
        self.private.mkdir(mode=0o700)
        self.environment = {**os.environ, **box.variables, "PATH": f"{BIN}:{os.environ['PATH']}",
                            "ASIAQ_CONFIG": str(folder), "ASIAQ_PAYLOAD": str(folder / "payload"), "LOGNAME": "alice",
                            "SSH_AUTH_SOCK": "", "XDG_RUNTIME_DIR": str(self.private)}
        self._write_configuration()
        self._make_environment()

    def _write_configuration(self) -> None:
        for name, text in {
            "disco_aws.ini": SETTINGS,
            "disco_vpc.ini": "[envtype:build]\nvpc_cidr=10.177.0.0/16\ncredential_buckets=bakery\n",
            "init/phase1.sh": PHASE_1,
            "init/phase2.sh": PHASE_2,
            "discoroot/acfg.metadata": "",
            "iam/secret-of-the-account": "",
            ".nosync": "- *.swp\n",
            "editor.swp": "",
            "payload/bin/acfg1.py": "",
            "payload/bin/asiaq": "",
        }.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            path.chmod(0o755 if name.startswith("init/") else 0o644)

    def _make_environment(self) -> None:
        def tagged(kind: str, **values: str) -> list[dict[str, Any]]:
            return [{"ResourceType": kind, "Tags": [{"Key": k, "Value": v} for k, v in values.items()]}]

        ec2 = self.ec2
        vpc = ec2.create_vpc(CidrBlock="10.177.0.0/16", TagSpecifications=tagged("vpc", Name="bakery", type="build"))
        self.vpc = vpc["Vpc"]["VpcId"]
        self.subnet = ec2.create_subnet(
            VpcId=self.vpc, CidrBlock="10.177.0.0/20", AvailabilityZone="us-west-2a",
            TagSpecifications=tagged("subnet", Name="bakery_tunnel_us-west-2a", meta_network="tunnel"),
        )["Subnet"]["SubnetId"]
        group = ec2.create_security_group(
            GroupName="bakery_tunnel", Description="builders", VpcId=self.vpc,
            TagSpecifications=tagged("security-group", Name="bakery_tunnel", meta_network="tunnel"),
        )["GroupId"]
        self.box.open_to_the_internet(self.vpc, group)
        ec2.import_key_pair(KeyName="bakery", PublicKeyMaterial=Path(f"{self.box.key}.pub").read_bytes())
        s3 = self.box.client("s3")
        bucket = "us-west-2.trial.credentials.bakery"
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        s3.put_object(Bucket=bucket, Key="private_keys/ssh/bakery.key", Body=self.box.key.read_bytes())

    def start(self, *words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(["disco_bake.py", "bake", "--use-local-ip", *words], env=self.environment, text=True,
                                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def bake(self, *words: str) -> subprocess.CompletedProcess[str]:
        child = self.start(*words)
        out, err = child.communicate(timeout=180)
        return subprocess.CompletedProcess(child.args, child.returncode, out, err)

    def builders(self, *states: str) -> list[dict[str, Any]]:
        found = self.ec2.describe_instances(Filters=[
            {"Name": "vpc-id", "Values": [self.vpc]},
            {"Name": "instance-state-name", "Values": list(states or ("pending", "running", "stopping", "stopped"))}])
        return [instance for reservation in found["Reservations"] for instance in reservation["Instances"]]

    def images(self, hostclass: str) -> list[dict[str, Any]]:
        return self.ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": [f"{hostclass} *"]}])["Images"]

    def left_of_commands(self) -> list[str]:
        """What commands left in their private folders."""
        return [path.name for path in self.private.iterdir()]


def created(done: subprocess.CompletedProcess[str]) -> str:
    """The image that a bake says it made."""
    assert done.returncode == 0, done.stderr
    match = re.fullmatch(r"Created (\S+ \d+) AMI (ami-\w+)", done.stdout.splitlines()[-1])
    assert match, done.stdout
    return match.group(2)


@pytest.fixture(scope="module")
def bakery(box: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bakery]:
    made = Bakery(box, tmp_path_factory.mktemp("bakery"))
    yield made
    for builder in made.builders():
        made.ec2.terminate_instances(InstanceIds=[builder["InstanceId"]])


@pytest.fixture(scope="module")
def base(bakery: Bakery) -> dict[str, Any]:
    """The base image, baked and promoted by the program."""
    done = bakery.bake()
    image = created(done)
    promoted = subprocess.run(["disco_bake.py", "promote", "--ami", image, "--stage", "tested"], cwd=bakery.folder,
                              env=bakery.environment, capture_output=True, text=True)
    assert promoted.returncode == 0, promoted.stderr
    return {"id": image, "log": done.stderr}


def test_d9_d10_d13_phase_1_makes_the_base_image(bakery: Bakery, base: dict[str, Any]) -> None:
    assert re.search(r"^phase 1 of mhcgeneric, repository '', bake [0-9a-f]{32}, as root in /root$", base["log"], re.M)
    image = bakery.images("base")[0]
    assert image["ImageId"] == base["id"]
    tags = {tag["Key"]: tag["Value"] for tag in image["Tags"]}
    assert tags == {"stage": "tested", "source_ami": "ami-0de61a0000000012", "baker": "alice", "hostclass": "base",
                    "version-asiaq": "unknown", "productline": "astro", "is_private": "False"}


def test_d8_d14_phase_2_makes_an_image_that_boots_clean(bakery: Bakery, base: dict[str, Any]) -> None:
    begin = int(time.time())
    done = bakery.bake("--hostclass", "mhcfoo", "--tag", "ticket:42")
    end = int(time.time())
    image_id = created(done)
    assert "phase 2 of mhcfoo on what phase 1 of mhcgeneric left" in done.stderr
    assert "logged in to" in done.stderr and "as admin" in done.stderr
    image = bakery.images("mhcfoo")[0]
    assert image["ImageId"] == image_id
    assert begin <= int(image["Name"].split()[1]) <= end
    tags = {tag["Key"]: tag["Value"] for tag in image["Tags"]}
    assert tags["source_ami"] == base["id"] and tags["stage"] == "untested" and tags["ticket"] == "42"
    for device in image["BlockDeviceMappings"]:
        snapshots = bakery.ec2.describe_snapshots(SnapshotIds=[device["Ebs"]["SnapshotId"]])["Snapshots"]
        assert not snapshots[0].get("Tags")
    assert not bakery.builders()
    assert not bakery.left_of_commands()

    host = bakery.box.launch(ImageId=image_id, KeyName="tests", SubnetId=bakery.subnet)[0]
    address = host["PrivateIpAddress"]
    bakery.box.wait_ssh(address)
    seen = bakery.box.ssh(address, "cat /etc/hostclass /etc/copied; sudo ls -A /opt/wgen/discoaws; sudo ls -A /root/.ssh; "
                                   "sudo sshd -T | grep -i permitrootlogin; ls /etc/ssh/sshd_config.d; "
                                   "wc -l <.ssh/authorized_keys")
    bakery.box.terminate(host["InstanceId"])
    lines = seen.splitlines()
    assert lines[0] == "mhcfoo"
    copied, kept = seen.split("mhcfoo\n", 1)[1].split("init\npayload\n", 1)
    assert "editor.swp" not in copied and "iam" in copied
    assert kept.startswith("asiaq\ndisco_aws.ini\ninit\n")
    assert "permitrootlogin no" in seen
    assert "asiaq-bake" not in seen
    assert lines[-1] == "1"


def test_hosts_of_one_image_have_host_keys_of_their_own(bakery: Bakery, base: dict[str, Any]) -> None:
    hosts = bakery.box.launch(2, ImageId=base["id"], KeyName="tests", SubnetId=bakery.subnet)
    keys = set()
    for host in hosts:
        bakery.box.wait_ssh(host["PrivateIpAddress"])
        keys.add(bakery.box.ssh(host["PrivateIpAddress"], "cat /etc/ssh/ssh_host_ed25519_key.pub"))
    bakery.box.terminate(*[host["InstanceId"] for host in hosts])
    assert len(keys) == 2


def test_d12_a_script_that_fails_leaves_no_builder_and_no_image(bakery: Bakery, base: dict[str, Any]) -> None:
    done = bakery.bake("--hostclass", "mhcbad")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "no such package: banana\n" in done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR ")]
    assert len(errors) == 1 and "mhcbad" in errors[0] and "status 3" in errors[0]
    assert not bakery.builders()
    assert not bakery.images("mhcbad")


def test_d12_no_destroy_keeps_the_builder_of_a_failed_bake(bakery: Bakery, base: dict[str, Any]) -> None:
    done = bakery.bake("--hostclass", "mhcbad", "--no-destroy")
    assert done.returncode == 1
    builder = bakery.builders()[0]
    assert builder["State"]["Name"] == "running"
    assert {"Key": "hostclass", "Value": "bake_mhcbad"} in builder["Tags"]
    assert f"ssh -o UserKnownHostsFile=/dev/null root@{builder['PrivateIpAddress']}" in done.stderr
    assert bakery.box.ssh(builder["PrivateIpAddress"], "id -un", user="root") == "root\n"
    bakery.box.terminate(builder["InstanceId"])
    assert not bakery.images("mhcbad")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_d13_a_signal_ends_the_builder(bakery: Bakery, base: dict[str, Any], number: signal.Signals) -> None:
    child = bakery.start("--hostclass", "mhcslow")
    assert child.stderr
    for line in child.stderr:
        if "taking my time" in line:
            break
    assert bakery.builders("running")
    child.send_signal(number)
    child.communicate(timeout=60)
    assert child.returncode != 0
    assert not bakery.builders("pending", "running", "stopped")
    assert not bakery.images("mhcslow")
    assert not bakery.left_of_commands()


def test_d8_no_destroy_of_a_good_bake_makes_the_image(bakery: Bakery, base: dict[str, Any]) -> None:
    created(bakery.bake("--hostclass", "mhcgood", "--no-destroy"))
    assert bakery.images("mhcgood")
    assert not bakery.builders()


def test_bakes_run_side_by_side(bakery: Bakery, base: dict[str, Any]) -> None:
    children = [bakery.start("--hostclass", f"mhcside{number}") for number in range(3)]
    ends = [child.communicate(timeout=180) for child in children]
    for child, (_, err) in zip(children, ends):
        assert child.returncode == 0, err
    assert not bakery.builders()
    for number in range(3):
        assert len(bakery.images(f"mhcside{number}")) == 1


def test_ssh_that_is_refused_is_said_with_the_host(bakery: Bakery, base: dict[str, Any]) -> None:
    [host] = bakery.box.launch(SubnetId=bakery.subnet)
    bakery.box.wait_ssh(host["PrivateIpAddress"])

    def exec_as(user: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["disco_aws.py", "--env", "bakery", "exec", "--instance", host["InstanceId"], "--user", user, "--command",
             "id -un; exit 4"], cwd=bakery.folder, env=bakery.environment, capture_output=True, text=True, timeout=60)

    allowed = exec_as("admin")
    assert (allowed.returncode, allowed.stdout) == (4, "admin\n")
    refused = exec_as("nobody")
    assert refused.returncode == 255
    assert "Permission denied" in refused.stdout + refused.stderr and host["InstanceId"] in refused.stderr
    bakery.box.terminate(host["InstanceId"])


@pytest.fixture
def small_bakery(key: Path, tmp_path: Path) -> Iterator[Bakery]:
    """A bakery in a box whose disk is soon full."""
    disk, folder = tmp_path / "disk", tmp_path / "config"
    disk.mkdir()
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(disk)], check=True)
    try:
        with running_box("small", key, ASIAQ_BOX_STATE=str(disk)) as box:
            yield Bakery(box, folder)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def the_error(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR ")]
    return error


def test_a_full_disk_fails_the_image_and_leaves_nothing(small_bakery: Bakery) -> None:
    script = small_bakery.folder / "init" / "phase1.sh"
    script.write_text("#!/bin/bash\nset -e\nhead -c 250M /dev/zero >/big\n")
    error = the_error(small_bakery.bake())
    assert "No room left under" in error
    assert not small_bakery.builders() and not small_bakery.images("base")


def test_a_full_disk_fails_the_script_and_leaves_nothing(small_bakery: Bakery) -> None:
    script = small_bakery.folder / "init" / "phase1.sh"
    script.write_text("#!/bin/bash\nset -e\nhead -c 400M /dev/zero >/big\n")
    done = small_bakery.bake()
    assert "status 1" in the_error(done) and "No space left on device" in done.stderr
    assert not small_bakery.builders() and not small_bakery.images("base")
    # What the builder held is free again when it is gone.
    wait_for(lambda: not small_bakery.builders("shutting-down"), "the end of the builder")
    script.write_text("#!/bin/bash\ntrue\n")
    created(small_bakery.bake())


def test_a_full_disk_refuses_the_builder(small_bakery: Bakery, tmp_path: Path) -> None:
    with open(tmp_path / "disk" / "ballast", "wb") as ballast:
        ballast.write(bytes(250 << 20))
    assert "No room left under" in the_error(small_bakery.bake())
    assert not small_bakery.builders()


def test_a_full_disk_is_why_a_group_gets_no_hosts(small_bakery: Bakery, tmp_path: Path) -> None:
    (small_bakery.folder / "disco_aws.ini").write_text(SETTINGS.replace("[bake]", """default_meta_network=tunnel
default_ssh_key_name=None
default_public_ip=no
default_smoketest_termination=no

[bake]"""))
    small_bakery.ec2.copy_image(SourceImageId=BASE_IMAGE, SourceRegion="us-west-2", Name="mhcfoo 1500000000")
    with open(tmp_path / "disk" / "ballast", "wb") as ballast:
        ballast.write(bytes(250 << 20))
    done = subprocess.run(
        ["disco_aws.py", "--env", "bakery", "provision", "--hostclass", "mhcfoo", "--desired-size", "1", "--timeout", "15s"],
        cwd=small_bakery.folder, env=small_bakery.environment, capture_output=True, text=True, timeout=60)
    error = the_error(done)
    assert "AWS says of bakery_mhcfoo_" in error and "No room left under" in error and ".." not in error
    assert not small_bakery.builders() and not small_bakery.ec2.describe_launch_templates()["LaunchTemplates"]
    assert not small_bakery.box.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
