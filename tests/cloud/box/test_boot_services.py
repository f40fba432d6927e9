"""Hosts of the sample configuration on real boots: name, tags, credentials, operators, smoke test, addresses."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from box_under_test import ROOT, BoxUnderTest, needs_root, wait_for

pytestmark = needs_root

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
    with urllib.request.urlopen(box.variables["AWS_ENDPOINT_URL"] + "/asiaq/requests") as answer:
        requests = json.load(answer)
    return [r["operation"] for r in requests if host["InstanceId"] in json.dumps(r)]


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    found = {name: folder / name for name in ("smoketest", "test", "snapshot", "operator", "rotated")}
    for name, path in found.items():
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(path)], check=True)
    return found


@pytest.fixture(scope="module")
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


@pytest.fixture(scope="module")
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
    answer = box.client("ec2").create_image(InstanceId=builder["InstanceId"], Name="mhcservice 1500000000")
    box.terminate(builder["InstanceId"])
    return answer["ImageId"]


Boot = Callable[..., Host]


@pytest.fixture(scope="module")
def boot(box: BoxUnderTest, image: str) -> Iterator[Boot]:
    """Launches a host of the image and waits for it; all go away at the end."""
    launched: list[str] = []

    def launch(until: str = "smoketest", tags: dict[str, str] | None = None, **values: str) -> Host:
        specification = [{"ResourceType": "instance", "Tags": [
            {"Key": key, "Value": value} for key, value in {"hostclass": "mhcservice", **(tags or {})}.items()]}]
        [host] = box.launch(ImageId=image, UserData=user_data(**values), TagSpecifications=specification,
                            IamInstanceProfile={"Name": "instance_disco_common"},
                            MetadataOptions={"HttpTokens": "required"})
        launched.append(host["InstanceId"])
        wait_for(lambda: until in tags_of(box, host), f"tag {until} of {host['InstanceId']}")
        return box.instance(host["InstanceId"])

    yield launch
    with contextlib.suppress(Exception):
        box.terminate(*launched)


@pytest.fixture(scope="module")
def host(boot: Boot) -> Host:
    return boot()


def as_root(box: BoxUnderTest, host: Host, command: str) -> str:
    return box.ssh(host["PrivateIpAddress"], f"sudo sh -c {subprocess.list2cmdline([command])}")


def ssh_status(box: BoxUnderTest, host: Host, user: str, key: Path, command: str = "") -> int:
    return subprocess.run(
        ["ssh", "-F", box.variables["ASIAQ_SSH_CONFIG"], "-i", str(key), "-oIdentitiesOnly=yes", "-oBatchMode=yes",
         f"{user}@{host['PrivateIpAddress']}", *command.split()], capture_output=True, timeout=60).returncode


def test_a_host_tags_itself_in_one_call(box: BoxUnderTest, host: Host) -> None:
    name = f"service-{host['InstanceId']}"
    tags = tags_of(box, host)
    assert int(tags.pop("boottime")) < 300
    assert tags == {
        "hostclass": "mhcservice", "hostname": name, "Name": f"demo-mhcservice-{name}", "owner": "alice smith",
        "environment": "demo", "productline": "unknown", "smoketest": "tested",
    }  # fmt: skip
    assert requests_of(box, host).count("CreateTags") == 2, "what it is, and that it is tested"


def test_a_host_has_its_name_and_no_failed_unit(box: BoxUnderTest, host: Host) -> None:
    name = f"service-{host['InstanceId']}"
    address = host["PrivateIpAddress"]
    assert box.ssh(address, "hostname; cat /etc/hostname").split() == [name, name]
    hosts = box.ssh(address, "cat /etc/hosts")
    assert f"\n127.0.1.1 {name}\n" in hosts and "\n10.9.8.7 discologger\n" in hosts and "\n# no s3proxy\n" in hosts
    assert box.ssh(address, "systemctl --failed --no-legend --plain") == ""
    assert box.ssh(address, "curl -s localhost:8080") == f"mhcservice {name}\n"


def test_a_host_without_fixed_addresses_asks_for_none(box: BoxUnderTest, host: Host) -> None:
    assert not {"DescribeAddresses", "DescribeNetworkInterfaces"} & set(requests_of(box, host))


def test_credentials_are_put_in_byte_by_byte(box: BoxUnderTest, host: Host) -> None:
    read = as_root(box, host, "cat /opt/wgen/etc/secret.conf; stat -c %a:%U:%G /opt/wgen/etc/secret.conf")
    assert read == f"<{SECRET}|from the first|{{s3cred://app_conf/none}}>\n640:root:adm\n"
    log = as_root(box, host, "journalctl -b -o cat -u disco-update-creds")
    assert "no credential bucket has app_conf/none" in log


def test_rotated_credentials_come_with_a_restart(box: BoxUnderTest, host: Host, keys: dict[str, Path]) -> None:
    key = "public_keys/ssh/smoketest.pub"
    assert ssh_status(box, host, "smoketest", keys["smoketest"]) == 0
    s3 = box.client("s3")
    s3.put_object(Bucket=BUCKETS[0], Key=key, Body=keys["rotated"].with_suffix(".pub").read_bytes())
    as_root(box, host, "systemctl restart disco-update-creds")
    assert ssh_status(box, host, "smoketest", keys["rotated"]) == 0
    assert ssh_status(box, host, "smoketest", keys["smoketest"]) == 255
    s3.delete_object(Bucket=BUCKETS[0], Key=key)
    as_root(box, host, "systemctl restart disco-update-creds")
    assert ssh_status(box, host, "smoketest", keys["smoketest"]) == 0


def test_the_smoke_test_key_may_ask_for_the_state_only(box: BoxUnderTest, host: Host, keys: dict[str, Path]) -> None:
    assert ssh_status(box, host, "smoketest", keys["smoketest"], "true") == 0
    assert ssh_status(box, host, "smoketest", keys["smoketest"], "id") == 10


def test_operators_have_accounts_with_the_keys_of_the_bucket(
    box: BoxUnderTest, host: Host, keys: dict[str, Path]
) -> None:
    assert ssh_status(box, host, "olga", keys["operator"], "sudo -n true") == 0
    assert box.ssh(host["PrivateIpAddress"], "id -nG olga").split() == ["olga", "disco_operators", "newgroup"]
    s3 = box.client("s3")
    s3.put_object(Bucket=BUCKETS[1], Key="accounts/users/olga", Body=b"[user]\nid = 2001\nactive = no\n")
    as_root(box, host, "systemctl restart disco-add-operators")
    assert ssh_status(box, host, "olga", keys["operator"], "true") == 255
    s3.delete_object(Bucket=BUCKETS[1], Key="accounts/users/olga")
    as_root(box, host, "systemctl restart disco-add-operators")
    assert ssh_status(box, host, "olga", keys["operator"], "true") == 0


def test_a_host_is_tested_only_when_its_smoke_test_passes(box: BoxUnderTest, host: Host) -> None:
    address = host["PrivateIpAddress"]
    as_root(box, host, "systemctl stop disco-booted lighttpd")
    assert "smoketest" not in tags_of(box, host)
    assert box.ssh(address, "asiaq instance booted status || echo $?").strip() == "2"
    as_root(box, host, "systemctl start disco-booted")
    wait_for(lambda: "lighttpd is inactive" in as_root(box, host, "journalctl -b -o cat -u disco-booted"), "the reason")
    assert box.ssh(address, "asiaq instance booted status || echo $?").strip() == "1"
    assert "smoketest" not in tags_of(box, host)
    assert "failed at command 2" in box.ssh(address, "asiaq instance smoketest 2>&1 || true")
    as_root(box, host, "systemctl start lighttpd")
    wait_for(lambda: tags_of(box, host).get("smoketest") == "tested", "the tag", 40)
    assert box.ssh(address, "ls -l /tmp/disco_tested").strip().endswith("/run/disco/tested")


def test_hosts_lists_the_tested_hosts_of_the_network(box: BoxUnderTest, host: Host, boot: Boot) -> None:
    other = boot()
    listed = as_root(box, host, "asiaq instance hosts --hostclass mhcservice").split()
    assert listed == sorted([host["PrivateIpAddress"], other["PrivateIpAddress"]])
    box.client("ec2").stop_instances(InstanceIds=[other["InstanceId"]])
    box.wait_state(other["InstanceId"], "stopped")
    assert "smoketest" not in tags_of(box, other), "a host that goes down is no longer tested"
    assert as_root(box, host, "asiaq instance hosts --hostclass mhcservice").split() == [host["PrivateIpAddress"]]


def test_a_public_address_is_taken_when_testing_ends(box: BoxUnderTest, boot: Boot) -> None:
    ec2 = box.client("ec2")
    address = ec2.allocate_address(Domain="vpc")
    holder: Callable[[], str | None] = lambda: ec2.describe_addresses(  # noqa: E731
        AllocationIds=[address["AllocationId"]])["Addresses"][0].get("InstanceId") or None
    tested = boot(eip=address["PublicIp"], tags={"is_testing": "1"})
    assert holder() is None, "a host under test leaves it alone"
    assert "AssociateAddress" not in requests_of(box, tested)
    for _ in range(2):
        as_root(box, tested, "/etc/asiaq/bin/testing_mode.sh off")
    assert holder() == tested["InstanceId"]
    second = boot(eip=address["PublicIp"])
    assert holder() == tested["InstanceId"], "it stays with a host that runs"
    box.terminate(tested["InstanceId"])
    as_root(box, second, "systemctl start disco-watch-eip")
    assert holder() == second["InstanceId"]


def test_acfg_rehearses_and_refuses(box: BoxUnderTest, host: Host) -> None:
    address = host["PrivateIpAddress"]
    box.ssh(address, "mkdir -p s/etc d && echo of-x >s/etc/a~mhcservice && echo plain >s/etc/a && echo y >s/etc/b~mhcy"
            " && echo '/etc/a 0600 root root' >s/acfg.metadata")
    as_root(box, host, "acfg1.py /home/admin/s /home/admin/d --dry")
    assert box.ssh(address, "find d -type f") == ""
    as_root(box, host, "acfg1.py /home/admin/s /home/admin/d")
    assert box.ssh(address, "find d -type f; sudo cat d/etc/a; sudo stat -c %a d/etc/a").split() == [
        "d/etc/a", "of-x", "600"]
    refused = "sudo acfg1.py s d2 2>&1 || echo status $?"
    box.ssh(address, "mkdir d2; echo 'etc/a 0600 root' >s/acfg.metadata")
    assert "acfg.metadata:1: 3 words" in box.ssh(address, refused)
    assert box.ssh(address, "find d2 -type f") == ""
    as_root(box, host, "mv /opt/wgen/etc/hostclass /root/")
    assert "/opt/wgen/etc/hostclass does not exist" in box.ssh(address, refused)
    as_root(box, host, "mv /root/hostclass /opt/wgen/etc/")
