"""Smoke alarm and mark-unhealthy on members of an auto scaling group, and what the group does about it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from box_under_test import BoxUnderTest, needs_root, wait_for
from service_hosts import Host, as_root, requests_of, tags_of, user_data

pytestmark = needs_root

#: What makes the smoke alarm look at a host that has just booted.
NO_PATIENCE = "echo REASONABLE_BOOT_TIME=0 >>/etc/disco-boot.conf"


class Group:
    """An auto scaling group of one host."""

    def __init__(self, box: BoxUnderTest, image: str, name: str, **values: str) -> None:
        self.box = box
        self.name = name
        self._groups = box.client("autoscaling")
        self._ec2 = box.client("ec2")
        self._ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData={
            "ImageId": image, "InstanceType": "t3.small", "KeyName": "tests",
            "UserData": base64.b64encode(user_data(**values).encode()).decode(),
            "IamInstanceProfile": {"Name": "instance_disco_common"}})
        zone = self._ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        self._groups.create_auto_scaling_group(
            AutoScalingGroupName=name, MinSize=1, MaxSize=1, DesiredCapacity=1, VPCZoneIdentifier=zone,
            LaunchTemplate={"LaunchTemplateName": name, "Version": "1"}, HealthCheckGracePeriod=0,
            Tags=[{"Key": "hostclass", "Value": "mhcservice", "PropagateAtLaunch": True}])

    def members(self) -> list[dict[str, Any]]:
        (group,) = self._groups.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])["AutoScalingGroups"]
        return group["Instances"]

    def host(self) -> Host:
        """The member that has passed its smoke test."""

        def tested() -> Host | None:
            for member in self.members():
                found = self.box.instance(member["InstanceId"])
                if "smoketest" in tags_of(self.box, found):
                    return found
            return None

        return wait_for(tested, f"a tested host of {self.name}")

    def is_replaced(self, host: Host) -> bool:
        members = [member["InstanceId"] for member in self.members()]
        return bool(members) and host["InstanceId"] not in members

    def delete(self) -> None:
        self._groups.delete_auto_scaling_group(AutoScalingGroupName=self.name, ForceDelete=True)
        self._ec2.delete_launch_template(LaunchTemplateName=self.name)


@pytest.fixture(scope="module")
def group(box: BoxUnderTest, image: str) -> Iterator[Group]:
    made = Group(box, image, "demo_mhcservice_1")
    yield made
    made.delete()


def break_it(box: BoxUnderTest, host: Host) -> None:
    as_root(box, host, f"{NO_PATIENCE}; systemctl stop lighttpd")


def test_a_host_that_works_raises_no_alarm(box: BoxUnderTest, group: Group) -> None:
    host = group.host()
    as_root(box, host, f"{NO_PATIENCE}; systemctl start disco-smoke-alarm")
    assert "SetInstanceHealth" not in requests_of(box, host)
    assert [member["HealthStatus"] for member in group.members()] == ["Healthy"]
    assert "disco-smoke-alarm.timer" in box.ssh(host["PrivateIpAddress"], "systemctl list-timers --no-legend --plain")


def test_a_young_host_is_left_alone(box: BoxUnderTest, group: Group) -> None:
    host = group.host()
    as_root(box, host, "sed -i /REASONABLE_BOOT_TIME=0/d /etc/disco-boot.conf; systemctl stop lighttpd;"
            " /opt/wgen/bin/smokealarm.sh; systemctl start lighttpd")
    assert "SetInstanceHealth" not in requests_of(box, host)


def test_maintenance_keeps_the_alarm_quiet_for_a_while(box: BoxUnderTest, group: Group) -> None:
    host = group.host()
    break_it(box, host)
    as_root(box, host, "/opt/wgen/bin/maintenance-mode.sh pause; /opt/wgen/bin/smokealarm.sh")
    assert "SetInstanceHealth" not in requests_of(box, host)
    as_root(box, host, "/opt/wgen/bin/maintenance-mode.sh resume; systemctl start lighttpd")
    as_root(box, host, "/opt/wgen/bin/smokealarm.sh")
    assert "SetInstanceHealth" not in requests_of(box, host)


def test_too_much_maintenance_is_unhealthy(box: BoxUnderTest, group: Group) -> None:
    host = group.host()
    as_root(box, host, f"{NO_PATIENCE}; /opt/wgen/bin/maintenance-mode.sh pause;"
            " touch -d -1hour /opt/wgen/maintenance/maintenance; /opt/wgen/bin/smokealarm.sh")
    wait_for(lambda: group.is_replaced(host), "the group to replace the host")


def test_a_host_that_stops_working_is_replaced(box: BoxUnderTest, group: Group) -> None:
    host = group.host()
    break_it(box, host)
    as_root(box, host, "systemctl start disco-smoke-alarm || true")
    assert "SetInstanceHealth" in requests_of(box, host)
    wait_for(lambda: group.is_replaced(host), "the group to replace the host")
    assert group.host()["InstanceId"] != host["InstanceId"]


def test_mark_unhealthy_says_why_and_has_the_host_replaced(box: BoxUnderTest, group: Group) -> None:
    host = group.host()
    said = as_root(box, host, "/opt/wgen/bin/mark_unhealthy.sh the disk is odd 2>&1;"
                   " journalctl -b -o short -t disco.smoketest")
    assert "this host is unhealthy: the disk is odd" in said
    assert any("disco.smoketest" in line and line.endswith("the disk is odd") for line in said.splitlines())
    wait_for(lambda: group.is_replaced(host), "the group to replace the host")


def test_without_termination_the_alarm_only_says_so(box: BoxUnderTest, image: str) -> None:
    group = Group(box, image, "demo_mhcservice_2", smoketest_termination="0")
    try:
        host = group.host()
        break_it(box, host)
        assert "this host is unhealthy" in as_root(box, host, "/opt/wgen/bin/smokealarm.sh 2>&1")
        assert "SetInstanceHealth" not in requests_of(box, host)
        assert [member["HealthStatus"] for member in group.members()] == ["Healthy"]
    finally:
        group.delete()
