"""Hosts of the sample configuration's mhcservice, on real boots, for the tests of what runs on hosts."""

from __future__ import annotations

import contextlib
import json
import os
import shlex
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from box_under_test import ROOT, BoxUnderTest, wait_for

PAYLOAD = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin")).resolve().parent / "payload"
BUCKETS = ["us-west-2.sample-project.credentials.first", "us-west-2.sample-project.credentials.second"]
SECRET = "a&b\\1 ~ $HOME `id`\n-----inner-----\n{s3cred://app_conf/one}"
Host = dict[str, Any]


def user_data(**more: str) -> str:
    values = {
        "hostclass": "mhcservice", "environment_name": "demo", "owner": "alice smith",
        "project_name": "sample-project", "credential_buckets": " ".join(BUCKETS), "zookeepers": "[]",
        "eip": "None", "floating_ips": "", "floating_ip": "", "smoketest_termination": "1",
        "logger_ip": "10.9.8.7", "logforwarder_ip": "", **more,
    }  # fmt: skip
    return "\n".join(f'{key}="{value}"' for key, value in values.items())


def tags_of(box: BoxUnderTest, host: Host) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in box.instance(host["InstanceId"]).get("Tags", [])}


def requests_of(box: BoxUnderTest, host: Host) -> list[str]:
    """Operations that a host has asked AWS for."""
    log = f"{box.variables['AWS_ENDPOINT_URL']}/asiaq/requests?source={host['InstanceId']}"
    with urllib.request.urlopen(log) as answer:
        return [request["operation"] for request in json.load(answer)]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    found = {name: folder / name for name in ("smoketest", "test", "snapshot", "operator", "rotated")}
    for name, path in found.items():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
    return found


@pytest.fixture(scope="session")
def buckets(box: BoxUnderTest, keys: dict[str, Path]) -> None:
    s3 = box.client("s3")
    for bucket in BUCKETS:
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

    def put(bucket: int, key: str, body: str) -> None:
        s3.put_object(Bucket=BUCKETS[bucket], Key=key, Body=body.encode())

    for name in ("smoketest", "test", "snapshot"):
        put(1, f"public_keys/ssh/{name}.pub", keys[name].with_suffix(".pub").read_text())
    put(0, "app_conf/one", "from the first\n")
    put(1, "app_conf/one", "from the second\n")
    put(1, "app_conf/secret", SECRET + "\n\n")
    put(0, "accounts/groups/olga", "[group]\nid = 2001\n\n")
    put(0, "accounts/users/olga", "[user]\nid = 2001\nshell = /bin/bash\ngroups = disco_operators,newgroup\n"
        f"ssh_key_0 = {keys['operator'].with_suffix('.pub').read_text().strip()}\n\n")
    put(0, "accounts/users/broken", "this is no account")


@pytest.fixture(scope="session")
def image(box: BoxUnderTest, buckets: None) -> str:
    """An image of mhcservice, made by the scripts of the sample configuration as a bake would."""
    assert (PAYLOAD / "bin" / "acfg1.py").exists(), f"{PAYLOAD} is missing: make package makes it"
    [builder] = box.launch()
    address = builder["PrivateIpAddress"]
    box.wait_ssh(address)
    shell = ["ssh", "-F", box.variables["ASIAQ_SSH_CONFIG"], "-i", str(box.key), "-oBatchMode=yes"]
    box.ssh(address, "sudo mkdir -p /opt/wgen/discoaws/asiaq")
    for source, target in ((f"{ROOT}/sample_configuration/.", ""), (f"{PAYLOAD}/", "/asiaq")):
        subprocess.run(["rsync", "-a", "--rsync-path=sudo rsync", "--chown=root:root", "-e", " ".join(shell), source,
                        f"admin@{address}:/opt/wgen/discoaws{target}"], check=True)
    for script in ("phase1.sh mhcgeneric ''", "phase2.sh mhcservice ''"):
        box.ssh(address, f"sudo -H /opt/wgen/discoaws/init/{script} 2>&1")
    box.ssh(address, "echo '<{s3cred://app_conf/secret}|{s3cred://app_conf/one}|{s3cred://app_conf/none}>' |"
            " sudo install -m 640 -g adm /dev/stdin /opt/wgen/etc/secret.conf")
    box.client("ec2").stop_instances(InstanceIds=[builder["InstanceId"]])
    box.wait_state(builder["InstanceId"], "stopped")
    answer = box.client("ec2").create_image(InstanceId=builder["InstanceId"], Name="mhcservice 1500000000")
    box.client("ec2").get_waiter("image_available").wait(ImageIds=[answer["ImageId"]])
    box.terminate(builder["InstanceId"])
    return answer["ImageId"]


Boot = Callable[..., Host]


@pytest.fixture(scope="session")
def boot(box: BoxUnderTest, image: str) -> Iterator[Boot]:
    """Launches a host of the image and waits for the tag `until`; all go away at the end."""
    launched: list[str] = []

    def launch(until: str = "smoketest", tags: dict[str, str] | None = None, subnet: str = "", **values: str) -> Host:
        specification = [{"ResourceType": "instance", "Tags": [
            {"Key": key, "Value": value} for key, value in {"hostclass": "mhcservice", **(tags or {})}.items()]}]
        [host] = box.launch(ImageId=image, UserData=user_data(**values), TagSpecifications=specification,
                            IamInstanceProfile={"Name": "instance_disco_common"},
                            MetadataOptions={"HttpTokens": "required"}, **({"SubnetId": subnet} if subnet else {}))
        launched.append(host["InstanceId"])
        if until:
            wait_for(lambda: until in tags_of(box, host), f"tag {until} of {host['InstanceId']}")
        return box.instance(host["InstanceId"])

    yield launch
    with contextlib.suppress(Exception):
        box.terminate(*launched)


@pytest.fixture(scope="session")
def host(boot: Boot) -> Host:
    return boot()


def as_root(box: BoxUnderTest, host: Host, command: str) -> str:
    return box.ssh(host["PrivateIpAddress"], f"sudo sh -c {shlex.quote(command)}")


def ssh_status(box: BoxUnderTest, host: Host, user: str, key: Path, command: str = "") -> int:
    return subprocess.run(
        ["ssh", "-F", box.variables["ASIAQ_SSH_CONFIG"], "-i", str(key), "-oIdentitiesOnly=yes", "-oBatchMode=yes",
         f"{user}@{host['PrivateIpAddress']}", *command.split()], capture_output=True, timeout=60).returncode
