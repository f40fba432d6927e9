"""Volumes hold what hosts write on them, through snapshots, attaching and detaching."""

from __future__ import annotations

import os

import pytest

from box_under_test import BoxUnderTest, needs_root, wait_for

pytestmark = [
    needs_root,
    pytest.mark.skipif(
        not os.path.exists("/dev/loop-control"), reason="no loop devices on this machine"
    ),
]


def test_life_of_a_volume(box: BoxUnderTest) -> None:
    ec2 = box.client("ec2")
    [first] = box.launch(
        BlockDeviceMappings=[
            {"DeviceName": "/dev/sdb", "Ebs": {"VolumeSize": 1, "DeleteOnTermination": True}}
        ]
    )
    address = first["PrivateIpAddress"]
    box.wait_ssh(address)
    box.ssh(
        address,
        "sudo mkfs.xfs -q /dev/xvdb && sudo mount /dev/xvdb /mnt && echo data | sudo tee /mnt/file && sudo umount /mnt",
    )
    assert box.ssh(address, "sudo blkid -s TYPE -o value /dev/sdb").strip() == "xfs"
    mappings = {
        one["DeviceName"]: one["Ebs"]["VolumeId"]
        for one in box.instance(first["InstanceId"])["BlockDeviceMappings"]
    }
    snapshot = ec2.create_snapshot(VolumeId=mappings["/dev/sdb"], Description="tests")["SnapshotId"]
    wait_for(
        lambda: (
            ec2.describe_snapshots(SnapshotIds=[snapshot])["Snapshots"][0]["State"] == "completed"
        ),
        "the snapshot",
    )

    zone = first["Placement"]["AvailabilityZone"]
    volume = ec2.create_volume(AvailabilityZone=zone, SnapshotId=snapshot, Size=2)["VolumeId"]
    ec2.attach_volume(VolumeId=volume, InstanceId=first["InstanceId"], Device="/dev/sdf")
    wait_for(
        lambda: box.ssh(address, "test -b /dev/xvdf && echo there", check=False),
        "the volume in the running host",
    )
    assert (
        box.ssh(address, "sudo mount -o nouuid /dev/xvdf /mnt && cat /mnt/file && sudo umount /mnt")
        == "data\n"
    )
    ec2.detach_volume(VolumeId=volume)
    wait_for(
        lambda: not box.ssh(address, "ls /dev/xvdf 2>/dev/null", check=False), "the volume to go"
    )

    # It is found at the next boot when it is attached to a host that is down.
    ec2.stop_instances(InstanceIds=[first["InstanceId"]])
    box.wait_state(first["InstanceId"], "stopped")
    ec2.attach_volume(VolumeId=volume, InstanceId=first["InstanceId"], Device="/dev/sdg")
    ec2.start_instances(InstanceIds=[first["InstanceId"]])
    box.wait_ssh(address)
    assert box.ssh(address, "sudo mount -o nouuid /dev/xvdg /mnt && cat /mnt/file") == "data\n"
    box.terminate(first["InstanceId"])
    wait_for(lambda: _loops(box) == 0, "the loop devices to be let go")
    assert ec2.describe_volumes(VolumeIds=[volume])["Volumes"][0]["State"] == "available"
    ec2.delete_volume(VolumeId=volume)
    ec2.delete_snapshot(SnapshotId=snapshot)
    wait_for(
        lambda: os.listdir(f"/var/lib/asiaq-box/{box.name}/volumes") == [],
        "the files to be deleted",
    )


def _loops(box: BoxUnderTest) -> int:
    from pathlib import Path

    files = [path.read_text() for path in Path("/sys/block").glob("loop*/loop/backing_file")]
    return sum(f"/{box.name}/" in file for file in files)
