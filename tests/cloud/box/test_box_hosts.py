"""Hosts boot, know who they are, stop, start, reboot, die and go."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from box_under_test import BoxUnderTest, needs_root, wait_for

pytestmark = needs_root

TOKEN = (
    "T=$(curl -sf -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 60' http://169.254.169.254/latest/api/token);"
    ' imds() { curl -sf -H "X-aws-ec2-metadata-token: $T" http://169.254.169.254/latest/$1; };'
)


@pytest.fixture(scope="module")
def host(box: BoxUnderTest) -> Iterator[dict[str, Any]]:
    """A host with a role and user data that is a script."""
    script = '#!/bin/sh\necho "$(id -u) $0" >/var/tmp/user-data-ran\n'
    [instance] = box.launch(
        UserData=script,
        IamInstanceProfile={"Name": "instance_disco_common"},
        MetadataOptions={"HttpTokens": "required", "InstanceMetadataTags": "enabled"},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "hostclass", "Value": "mhctest"}]}
        ],
    )
    assert instance["State"]["Name"] == "pending"
    box.wait_ssh(instance["PrivateIpAddress"])
    box.wait_state(instance["InstanceId"], "running")
    yield box.instance(instance["InstanceId"])
    box.terminate(instance["InstanceId"])


def test_login_user_is_admin_with_sudo(box: BoxUnderTest, host: dict[str, Any]) -> None:
    assert box.ssh(host["PrivateIpAddress"], "id -un; sudo -n id -u").split() == ["admin", "0"]


def test_root_is_told_to_log_in_as_admin(box: BoxUnderTest, host: dict[str, Any]) -> None:
    said = box.ssh(host["PrivateIpAddress"], "id -u", user="root", check=False)
    assert "Please login as the user" in said and "\n0\n" not in said


def test_user_data_script_ran_once_as_root(box: BoxUnderTest, host: dict[str, Any]) -> None:
    wait_for(
        lambda: box.ssh(
            host["PrivateIpAddress"], "cat /var/tmp/user-data-ran", check=False
        ).startswith("0 "),
        "user data to run",
    )


def test_system_is_healthy(box: BoxUnderTest, host: dict[str, Any]) -> None:
    wait_for(
        lambda: (
            box.ssh(host["PrivateIpAddress"], "systemctl is-system-running", check=False).strip()
            == "running"
        ),
        "the host to be wholly up",
    )


def test_metadata_needs_a_token_and_knows_the_host(box: BoxUnderTest, host: dict[str, Any]) -> None:
    script = TOKEN + (
        "curl -s -o /dev/null -w '%{http_code} ' http://169.254.169.254/latest/meta-data/instance-id;"
        "for p in instance-id local-ipv4 public-ipv4 placement/availability-zone placement/region"
        " mac tags/instance/hostclass; do imds meta-data/$p; echo; done; imds user-data | head -1"
    )
    words = box.ssh(host["PrivateIpAddress"], script).split()
    eni = host["NetworkInterfaces"][0]
    assert words == [
        "401", host["InstanceId"], host["PrivateIpAddress"], host["PublicIpAddress"],
        host["Placement"]["AvailabilityZone"], "us-west-2", eni["MacAddress"], "mhctest", "#!/bin/sh",
    ]  # fmt: skip


def test_identity_document_names_account_and_region(
    box: BoxUnderTest, host: dict[str, Any]
) -> None:
    text = box.ssh(host["PrivateIpAddress"], TOKEN + "imds dynamic/instance-identity/document")
    document = json.loads(text)
    assert (document["instanceId"], document["region"], document["accountId"]) == (
        host["InstanceId"], "us-west-2", "123456789012",
    )  # fmt: skip


def test_role_credentials_are_those_of_the_role(box: BoxUnderTest, host: dict[str, Any]) -> None:
    import boto3

    path = "meta-data/iam/security-credentials/instance_disco_common"
    credentials = json.loads(box.ssh(host["PrivateIpAddress"], TOKEN + f"imds {path}"))
    caller = boto3.client(
        "sts",
        endpoint_url=box.variables["AWS_ENDPOINT_URL"],
        region_name="us-west-2",
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["Token"],
    ).get_caller_identity()
    assert caller["Arn"].endswith(f"assumed-role/instance_disco_common/{host['InstanceId']}")


def test_neighbours_token_is_refused(box: BoxUnderTest, host: dict[str, Any]) -> None:
    [other] = box.launch(MetadataOptions={"HttpTokens": "required"})
    box.wait_ssh(other["PrivateIpAddress"])
    token = box.ssh(host["PrivateIpAddress"], TOKEN + "echo $T").strip()
    code = box.ssh(
        other["PrivateIpAddress"],
        f"curl -s -o /dev/null -w '%{{http_code}}' -H 'X-aws-ec2-metadata-token: {token}'"
        " http://169.254.169.254/latest/meta-data/instance-id",
    )
    assert code == "401"
    keys = [
        box.ssh(h["PrivateIpAddress"], "cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id")
        for h in (host, other)
    ]
    assert keys[0] != keys[1], "two hosts have the same host key or machine id"
    assert (
        box.ssh(
            host["PrivateIpAddress"],
            f"ping -c 1 -W 2 {other['PrivateIpAddress']} >/dev/null; echo $?",
        )
        == "0\n"
    )
    box.terminate(other["InstanceId"])


def test_host_reaches_the_api_and_is_named_in_the_log(
    box: BoxUnderTest, host: dict[str, Any]
) -> None:
    command = (
        "test \"$AWS_ENDPOINT_URL\" && curl -s -d 'Action=DescribeRegions&Version=2016-11-15'"
        " -H 'Authorization: AWS4-HMAC-SHA256 Credential=A/20260101/us-west-2/ec2/aws4_request' $AWS_ENDPOINT_URL/"
    )
    assert "us-west-2" in box.ssh(host["PrivateIpAddress"], command)
    entries = json.loads(box.local("requests", "--json", "--source", host["InstanceId"]).stdout)
    assert [(entry["service"], entry["operation"], entry["kind"]) for entry in entries] == [
        ("ec2", "DescribeRegions", "read")
    ]


def test_services_of_the_host_know_the_endpoint(box: BoxUnderTest, host: dict[str, Any]) -> None:
    command = "sudo systemd-run --quiet --wait --pipe env | grep ^AWS_ | sort"
    assert box.ssh(host["PrivateIpAddress"], command).split() == [
        "AWS_DEFAULT_REGION=us-west-2", "AWS_ENDPOINT_URL=http://169.254.169.250", "AWS_REGION=us-west-2",
    ]  # fmt: skip


def test_packages_install_through_the_proxy(box: BoxUnderTest, host: dict[str, Any]) -> None:
    box.ssh(
        host["PrivateIpAddress"],
        "sudo apt-get -qq update && sudo apt-get -qq install -y nginx-light >/dev/null",
    )
    assert "200 OK" in box.ssh(host["PrivateIpAddress"], "curl -sI http://127.0.0.1/")


def test_console_output_has_the_host_key(box: BoxUnderTest, host: dict[str, Any]) -> None:
    output = box.client("ec2").get_console_output(InstanceId=host["InstanceId"])["Output"]
    assert "BEGIN SSH HOST KEY KEYS" in output
    public = box.ssh(host["PrivateIpAddress"], "cat /etc/ssh/ssh_host_ed25519_key.pub").split()[1]
    assert public in output.replace("\r\n", "").replace("\n", "")


def test_reboot_keeps_disk_and_host_key_and_does_not_rerun_user_data(
    box: BoxUnderTest, host: dict[str, Any]
) -> None:
    address = host["PrivateIpAddress"]
    before = box.ssh(
        address, "cat /proc/sys/kernel/random/boot_id; stat -c %y /proc/1; cat /etc/ssh/*.pub"
    )
    box.ssh(
        address, "sudo rm -f /var/tmp/user-data-ran; echo kept | sudo tee /root/file >/dev/null"
    )
    box.client("ec2").reboot_instances(InstanceIds=[host["InstanceId"]])

    def rebooted() -> bool:
        return box.ssh(
            address,
            "cat /proc/sys/kernel/random/boot_id; stat -c %y /proc/1; cat /etc/ssh/*.pub",
            check=False,
        ) not in ("", before)

    wait_for(rebooted, "the reboot")
    assert (
        box.ssh(address, "sudo cat /root/file; ls /var/tmp/user-data-ran 2>/dev/null; true")
        == "kept\n"
    )
    assert box.ssh(address, "cat /etc/ssh/*.pub").split()[1] in before


def test_stop_and_start_keep_the_disk_and_the_private_address(box: BoxUnderTest) -> None:
    ec2 = box.client("ec2")
    [instance] = box.launch()
    instance_id, address = instance["InstanceId"], instance["PrivateIpAddress"]
    box.wait_ssh(address)
    box.ssh(address, "echo kept | sudo tee /root/file >/dev/null")
    answer = ec2.stop_instances(InstanceIds=[instance_id])["StoppingInstances"][0]
    assert answer["CurrentState"]["Name"] == "stopping"
    box.wait_state(instance_id, "stopped")
    assert "PublicIpAddress" not in box.instance(instance_id)
    ec2.start_instances(InstanceIds=[instance_id])
    box.wait_ssh(address)
    box.wait_state(instance_id, "running")
    assert box.ssh(address, "sudo cat /root/file") == "kept\n"
    box.terminate(instance_id)
    gone = box.instance(instance_id)
    assert "PrivateIpAddress" not in gone and "VpcId" not in gone


@pytest.mark.parametrize("behaviour, state", [("stop", "stopped"), ("terminate", "terminated")])
def test_shutdown_from_inside(box: BoxUnderTest, behaviour: str, state: str) -> None:
    [instance] = box.launch(InstanceInitiatedShutdownBehavior=behaviour)
    box.wait_ssh(instance["PrivateIpAddress"])
    box.ssh(instance["PrivateIpAddress"], "sudo shutdown -h now", check=False)
    box.wait_state(instance["InstanceId"], state)
    reason = box.instance(instance["InstanceId"])["StateReason"]["Code"]
    assert reason == "Client.InstanceInitiatedShutdown"
    if state == "stopped":
        box.terminate(instance["InstanceId"])


def test_host_that_dies_is_seen(box: BoxUnderTest) -> None:
    [instance] = box.launch()
    box.wait_ssh(instance["PrivateIpAddress"])
    group = f"/sys/fs/cgroup/pids/asiaq-box/{box.name}/{instance['InstanceId']}"
    if not os.path.isdir(group):
        pytest.skip("this machine keeps hosts in other control groups")
    for folder, _, _ in os.walk(group):
        for pid in open(f"{folder}/cgroup.procs", encoding="ascii").read().split():
            # Killing one may have ended others.
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
    box.wait_state(instance["InstanceId"], "stopped")
    assert box.instance(instance["InstanceId"])["StateReason"]["Code"] == "Server.InternalError"
    box.terminate(instance["InstanceId"])


def test_ssh_notices_that_the_host_has_gone(box: BoxUnderTest) -> None:
    [instance] = box.launch()
    box.wait_ssh(instance["PrivateIpAddress"])
    session = subprocess.Popen(
        ["ssh", "-F", box.variables["ASIAQ_SSH_CONFIG"], "-i", str(box.key), "-oBatchMode=yes",
         f"admin@{instance['PrivateIpAddress']}", "echo begun; sleep 300"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with session:
        assert session.stdout is not None and session.stdout.readline() == "begun\n"
        box.terminate(instance["InstanceId"])
        assert session.wait(15) == 255


def test_terminate_at_once_after_launch(box: BoxUnderTest) -> None:
    instances = box.launch(2)
    box.terminate(*(instance["InstanceId"] for instance in instances))


def test_boot_that_never_finishes_is_running_when_ssh_answers(box: BoxUnderTest) -> None:
    unit = "[Service]\\nType=oneshot\\nExecStart=/bin/sleep infinity\\n[Install]\\nWantedBy=multi-user.target\\n"
    [instance] = box.launch()
    instance_id, address = instance["InstanceId"], instance["PrivateIpAddress"]
    box.wait_ssh(address)
    box.ssh(
        address,
        f"printf '{unit}' | sudo tee /etc/systemd/system/slow.service >/dev/null && sudo systemctl -q enable slow",
    )
    box.client("ec2").stop_instances(InstanceIds=[instance_id])
    box.wait_state(instance_id, "stopped")
    box.client("ec2").start_instances(InstanceIds=[instance_id])
    box.wait_state(instance_id, "running")
    box.terminate(instance_id)


def test_idle_host_is_small_and_the_status_says_so(box: BoxUnderTest) -> None:
    [instance] = box.launch()
    box.wait_ssh(instance["PrivateIpAddress"])
    status = json.loads(box.local("status", "--json").stdout)
    [shown] = [one for one in status["hosts"] if one["id"] == instance["InstanceId"]]
    assert (shown["state"], shown["private_address"]) == ("running", instance["PrivateIpAddress"])
    assert shown["memory_bytes"] < 40 << 20
    assert instance["InstanceId"] in box.local("status").stdout
    box.terminate(instance["InstanceId"])


def test_private_paths_are_closed_to_hosts(box: BoxUnderTest, host: dict[str, Any]) -> None:
    code = box.ssh(
        host["PrivateIpAddress"],
        "curl -s -o /dev/null -w '%{http_code}' -X POST http://169.254.169.250/asiaq/reset",
    )
    assert code != "200"
    with urllib.request.urlopen(box.variables["AWS_ENDPOINT_URL"] + "/asiaq/status") as answer:
        assert json.loads(answer.read())["hosts"]
