"""up, down, reset and what is left when the box is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from box_under_test import (
    ROOT,
    BoxUnderTest,
    fresh_name,
    needs_root,
    running_box,
    wait_for,
)


@needs_root
def test_killed_server_is_cleaned_up_by_the_next_up_and_by_down(key: Any) -> None:
    with running_box("killed", key) as box:
        for follow_up in ("up", "down"):
            [instance] = box.launch()
            box.wait_ssh(instance["PrivateIpAddress"])
            pid = json.loads(box.local("status", "--json").stdout)["pid"]
            os.kill(pid, signal.SIGKILL)
            wait_for(
                lambda: not Path(f"/proc/{pid}").exists() or _is_zombie(pid),
                "the server to be gone",
            )
            assert box.leftovers(), "the host should have outlived the server"
            refused = box.local("env", check=False)
            assert refused.returncode == 1 and "is not running" in refused.stderr
            if follow_up == "up":
                box.up()
                assert json.loads(box.local("status", "--json").stdout)["hosts"] == []
                box.client("ec2").import_key_pair(
                    KeyName="tests", PublicKeyMaterial=key.with_suffix(".pub").read_bytes()
                )
            else:
                box.local("down")
                assert box.leftovers() == []


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@needs_root
def test_up_killed_at_any_moment_can_be_repeated(key: Any) -> None:
    name = fresh_name("upkill")
    box = BoxUnderTest(name)
    try:
        for delay in (0.05, 0.3, 0.6, 1.0, 1.5):
            process = subprocess.Popen(
                [sys.executable, "-m", "asiaq_local", "up", "--name", name],
                env={**os.environ, "PYTHONPATH": str(ROOT / "local")},
                stderr=subprocess.DEVNULL,
            )
            time.sleep(delay)
            process.kill()
            process.wait()
        box.up()
        again = box.local("up")
        assert "running already" in again.stderr
    finally:
        box.local("down")
    assert box.leftovers() == []


@needs_root
def test_reset_gives_a_fresh_account(key: Any) -> None:
    with running_box("reset", key) as box:
        ec2 = box.client("ec2")
        [instance] = box.launch()
        box.wait_ssh(instance["PrivateIpAddress"])
        vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
        box.client("s3").create_bucket(
            Bucket="some-bucket", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
        )
        box.local("reset")
        assert ec2.describe_instances()["Reservations"] == []
        assert vpc not in [one["VpcId"] for one in ec2.describe_vpcs()["Vpcs"]]
        assert box.client("s3").list_buckets()["Buckets"] == []
        profile = box.client("iam").get_instance_profile(
            InstanceProfileName="instance_disco_common"
        )
        assert profile["InstanceProfile"]["Roles"][0]["RoleName"] == "instance_disco_common"
        assert not [one for one in box.leftovers() if instance["InstanceId"] in one]
        ec2.import_key_pair(KeyName="tests", PublicKeyMaterial=key.with_suffix(".pub").read_bytes())
        [instance] = box.launch()
        box.wait_ssh(instance["PrivateIpAddress"])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 40 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@needs_root
def test_full_disk_is_said(small_disk: Path) -> None:
    box = BoxUnderTest(fresh_name("full"), ASIAQ_BOX_STATE=str(small_disk))
    refused = box.local("up", check=False)
    assert refused.returncode == 1
    assert len(refused.stderr.strip().splitlines()) == 1
    assert f"{small_disk}/{box.name} is full" in refused.stderr
    box.local("down")


@needs_root
def test_disk_that_fills_up_refuses_hosts_and_fails_images(key: Any, tmp_path: Path) -> None:
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", str(folder)], check=True)
    try:
        with running_box("filled", key, ASIAQ_BOX_STATE=str(folder)) as box:
            ec2 = box.client("ec2")
            [instance] = box.launch()
            box.wait_ssh(instance["PrivateIpAddress"])
            box.ssh(
                instance["PrivateIpAddress"],
                "sudo dd if=/dev/zero of=/big bs=1M count=270 status=none",
                check=False,
            )
            with pytest.raises(Exception, match="No room left under"):
                box.launch()
            image = ec2.create_image(
                InstanceId=instance["InstanceId"], Name="too big", NoReboot=True
            )["ImageId"]
            shown = wait_for(
                lambda: [
                    one
                    for one in ec2.describe_images(ImageIds=[image])["Images"]
                    if one["State"] == "failed"
                ],
                "the image to fail",
            )
            assert "No room left under" in shown[0]["StateReason"]["Message"]
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_state_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    box = BoxUnderTest(fresh_name("odd"), ASIAQ_BOX_STATE=str(tmp_path / "file"))
    refused = box.local("up", "--no-hosts", check=False)
    assert refused.returncode == 1 and "cannot be used" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_bad_name_is_said() -> None:
    refused = BoxUnderTest("Not/Good").local("up", check=False)
    assert refused.returncode == 1 and "cannot be the name of a box" in refused.stderr


@needs_root
def test_without_root_it_says_so_and_offers_the_api_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    for parent in tmp_path.parents:
        if parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/"):
            parent.chmod(parent.stat().st_mode | 0o055)
    nobody = {"user": 65534, "group": 65534, "extra_groups": [], "cwd": "/"}
    box = BoxUnderTest(
        fresh_name("user"), ASIAQ_BOX_STATE=str(tmp_path / "state"), HOME=str(tmp_path)
    )
    refused = box.local("up", check=False, **nobody)
    assert (
        refused.returncode == 1
        and "needs root" in refused.stderr
        and "--no-hosts" in refused.stderr
    )
    box.local("up", "--no-hosts", **nobody)
    try:
        assert "AWS_ENDPOINT_URL" in box.local("env", **nobody).stdout
        assert "ASIAQ_SSH_CONFIG" not in box.local("env", **nobody).stdout
    finally:
        box.local("down", **nobody)
    assert box.leftovers() == []


def test_shell_has_the_environment(api: BoxUnderTest) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "asiaq_local", "shell", "--name", api.name],
        input="echo $ASIAQ_BOX $AWS_ENDPOINT_URL\nexit 7\n",
        capture_output=True,
        text=True,
        env={**os.environ, **api.extra, "PYTHONPATH": str(ROOT / "local"), "SHELL": "/bin/sh"},
    )
    assert done.stdout.split() == [api.name, api.variables["AWS_ENDPOINT_URL"]]
    assert done.returncode == 7


def test_down_of_nothing_is_fine() -> None:
    done = BoxUnderTest(fresh_name("none")).local("down")
    assert "there was no box" in done.stderr


def test_status_of_nothing_says_so() -> None:
    done = BoxUnderTest(fresh_name("none")).local("status", check=False)
    assert done.returncode == 1 and "not running" in done.stdout
