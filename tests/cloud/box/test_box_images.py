"""Images made of hosts boot, are named once, and go when nobody needs them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from box_under_test import BASE_IMAGE, BoxUnderTest, needs_root, wait_for

pytestmark = needs_root


def _image(box: BoxUnderTest, image_id: str) -> dict[str, Any]:
    return box.client("ec2").describe_images(ImageIds=[image_id])["Images"][0]


def _make_image(box: BoxUnderTest, instance_id: str, name: str, **request: Any) -> str:
    image_id = box.client("ec2").create_image(InstanceId=instance_id, Name=name, **request)[
        "ImageId"
    ]
    wait_for(lambda: _image(box, image_id)["State"] == "available", f"{image_id} to be available")
    return str(image_id)


def _layers(box: BoxUnderTest) -> set[str]:
    return {path.name for path in Path(f"/var/lib/asiaq-box/{box.name}/layers").iterdir()}


def test_base_image_is_debians(box: BoxUnderTest) -> None:
    found = box.client("ec2").describe_images(
        Filters=[{"Name": "name", "Values": ["debian-12-amd64-*"]}]
    )["Images"]
    assert [(image["ImageId"], image["Public"], image["RootDeviceName"]) for image in found] == [
        (BASE_IMAGE, True, "/dev/xvda")
    ]
    assert found[0]["OwnerId"] != "123456789012"
    parameter = box.client("ssm").get_parameter(Name="/aws/service/debian/release/12/latest/amd64")
    assert parameter["Parameter"]["Value"] == BASE_IMAGE


def test_image_of_a_stopped_host_boots_as_another_host(box: BoxUnderTest) -> None:
    ec2 = box.client("ec2")
    [builder] = box.launch()
    address = builder["PrivateIpAddress"]
    box.wait_ssh(address)
    box.ssh(
        address,
        "echo baked | sudo tee /etc/baked >/dev/null; sudo rm /etc/issue.net; sudo mkdir /opt/d; sudo touch /opt/d/a;"
        "sudo ln /opt/d/a /opt/d/b; sudo setcap cap_net_raw+ep /usr/bin/less; sudo chown -h 1000 /etc/os-release",
    )
    old_key = box.ssh(address, "cat /etc/ssh/ssh_host_ed25519_key.pub")
    box.ssh(address, "sudo shutdown now -h", check=False)
    box.wait_state(builder["InstanceId"], "stopped")
    before = _layers(box)
    image_id = _make_image(
        box, builder["InstanceId"], "mhcx 1700000000", NoReboot=True,
        TagSpecifications=[{"ResourceType": "image", "Tags": [{"Key": "stage", "Value": "untested"}]}],
    )  # fmt: skip
    image = _image(box, image_id)
    assert image["Tags"] == [{"Key": "stage", "Value": "untested"}]
    mapping = image["BlockDeviceMappings"][0]
    assert mapping["DeviceName"] == "/dev/xvda" and mapping["Ebs"]["VolumeSize"] == 8
    [snapshot] = ec2.describe_snapshots(SnapshotIds=[mapping["Ebs"]["SnapshotId"]])["Snapshots"]
    assert (
        snapshot["Description"] == f"Created by CreateImage({builder['InstanceId']}) for {image_id}"
    )
    box.terminate(builder["InstanceId"])

    [host] = box.launch(ImageId=image_id)
    address = host["PrivateIpAddress"]
    box.wait_ssh(address)
    assert box.ssh(
        address,
        "cat /etc/baked; ls /etc/issue.net 2>/dev/null; stat -c %h /opt/d/a; sudo getcap /usr/bin/less",
    ) == ("baked\n2\n/usr/bin/less cap_net_raw=ep\n")
    assert box.ssh(address, "cat /etc/ssh/ssh_host_ed25519_key.pub") != old_key
    assert box.ssh(address, "hostname").strip() == "ip-" + address.replace(".", "-")
    added = _layers(box) - before
    assert len(added) == 1
    ec2.deregister_image(ImageId=image_id)
    assert added <= _layers(box), "the layer of a running host was deleted"
    assert box.ssh(address, "cat /etc/baked") == "baked\n"
    box.terminate(host["InstanceId"])
    wait_for(lambda: not added & _layers(box), "the layer to be deleted with its last host")
    with pytest.raises(ClientError, match="InvalidAMIID.NotFound"):
        ec2.describe_images(ImageIds=[image_id])


def test_image_of_a_running_host_with_reboot(box: BoxUnderTest) -> None:
    [builder] = box.launch()
    address = builder["PrivateIpAddress"]
    box.wait_ssh(address)
    box.ssh(address, "echo one | sudo tee /etc/baked >/dev/null")
    image_id = _make_image(box, builder["InstanceId"], "rebooted image")
    box.wait_ssh(address)
    assert box.instance(builder["InstanceId"])["State"]["Name"] == "running"
    with pytest.raises(ClientError, match="InvalidAMIName.Duplicate"):
        box.client("ec2").create_image(InstanceId=builder["InstanceId"], Name="rebooted image")
    # A second layer upon the first.
    [second] = box.launch(ImageId=image_id)
    box.wait_ssh(second["PrivateIpAddress"])
    box.ssh(second["PrivateIpAddress"], "echo two | sudo tee -a /etc/baked >/dev/null")
    upper = _make_image(box, second["InstanceId"], "second image", NoReboot=True)
    [third] = box.launch(ImageId=upper)
    box.wait_ssh(third["PrivateIpAddress"])
    assert box.ssh(third["PrivateIpAddress"], "cat /etc/baked") == "one\ntwo\n"
    box.terminate(builder["InstanceId"], second["InstanceId"], third["InstanceId"])
    for image in (image_id, upper):
        box.client("ec2").deregister_image(ImageId=image)


def test_image_is_made_of_a_host_that_is_terminated_meanwhile(box: BoxUnderTest) -> None:
    ec2 = box.client("ec2")
    [builder] = box.launch()
    box.wait_ssh(builder["PrivateIpAddress"])
    image_id = ec2.create_image(InstanceId=builder["InstanceId"], Name="made in the end")["ImageId"]
    box.terminate(builder["InstanceId"])
    wait_for(lambda: _image(box, image_id)["State"] == "available", "the image")
    ec2.deregister_image(ImageId=image_id)


def test_unknown_image_is_refused(box: BoxUnderTest) -> None:
    with pytest.raises(ClientError, match="InvalidAMIID.NotFound"):
        box.launch(ImageId="ami-0123456789abcdef0")


def test_debians_image_cannot_be_deregistered(box: BoxUnderTest) -> None:
    with pytest.raises(ClientError, match="AuthFailure"):
        box.client("ec2").deregister_image(ImageId=BASE_IMAGE)
