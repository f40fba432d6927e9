"""Groups keep their size with hosts that boot."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from box_under_test import BASE_IMAGE, BoxUnderTest, needs_root, wait_for

pytestmark = needs_root


class Group:
    """A group in a VPC of its own."""

    def __init__(self, box: BoxUnderTest, name: str):
        self.box, self.name = box, name
        self.ec2, self.scaling = box.client("ec2"), box.client("autoscaling")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [
            self.ec2.create_subnet(
                VpcId=self.vpc, CidrBlock=f"10.7.{number}.0/24", AvailabilityZone=f"us-west-2{zone}"
            )["Subnet"]["SubnetId"]
            for number, zone in enumerate("ab")
        ]
        self.security_group = self.ec2.create_security_group(
            GroupName=name, Description="tests", VpcId=self.vpc
        )["GroupId"]
        self.gateway = box.open_to_the_internet(self.vpc, self.security_group)
        self.template = self.ec2.create_launch_template(
            LaunchTemplateName=name, LaunchTemplateData=self.data()
        )["LaunchTemplate"]["LaunchTemplateId"]

    def data(self) -> dict[str, Any]:
        return {
            "ImageId": BASE_IMAGE,
            "InstanceType": "t3.small",
            "KeyName": "tests",
            "UserData": base64.b64encode(b'hostclass="mhctest"\n').decode(),
            "IamInstanceProfile": {"Name": "instance_disco_common"},
            "NetworkInterfaces": [
                {
                    "DeviceIndex": 0,
                    "AssociatePublicIpAddress": True,
                    "Groups": [self.security_group],
                }
            ],
            "BlockDeviceMappings": [
                {
                    "DeviceName": "/dev/xvda",
                    "Ebs": {"VolumeSize": 12, "VolumeType": "io1", "Iops": 100},
                }
            ],
        }

    def create(self, **sizes: Any) -> None:
        self.scaling.create_auto_scaling_group(
            AutoScalingGroupName=self.name,
            LaunchTemplate={"LaunchTemplateId": self.template, "Version": "$Latest"},
            VPCZoneIdentifier=",".join(self.subnets),
            Tags=[
                {"Key": "hostclass", "Value": "mhctest", "PropagateAtLaunch": True},
                {"Key": "private", "Value": "yes", "PropagateAtLaunch": False},
            ],
            **sizes,
        )

    def show(self) -> dict[str, Any] | None:
        groups = self.scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[self.name])[
            "AutoScalingGroups"
        ]
        return groups[0] if groups else None

    def members(self) -> dict[str, str]:
        group = self.show()
        return (
            {one["InstanceId"]: one["LifecycleState"] for one in group["Instances"]}
            if group
            else {}
        )

    def wait_in_service(self, count: int, without: str = "") -> dict[str, str]:
        def ready() -> dict[str, str] | None:
            members = self.members()
            good = (
                len(members) == count
                and set(members.values()) == {"InService"}
                and without not in members
            )
            return members if good else None

        return wait_for(ready, f"{count} members in service")

    def delete(self) -> None:
        if self.show():
            self.scaling.delete_auto_scaling_group(AutoScalingGroupName=self.name, ForceDelete=True)
            wait_for(lambda: self.show() is None, "the group to be gone")
        self.ec2.delete_launch_template(LaunchTemplateId=self.template)
        self.ec2.delete_security_group(GroupId=self.security_group)
        for subnet in self.subnets:
            self.ec2.delete_subnet(SubnetId=subnet)
        self.box.close_to_the_internet(self.vpc, self.gateway)
        self.ec2.delete_vpc(VpcId=self.vpc)


@pytest.fixture
def group(box: BoxUnderTest) -> Iterator[Group]:
    group = Group(box, "ci_mhctest_1")
    try:
        yield group
    finally:
        group.delete()


def test_life_of_a_group(box: BoxUnderTest, group: Group) -> None:
    group.create(MinSize=1, MaxSize=3, DesiredCapacity=2, HealthCheckGracePeriod=300)
    assert set(group.members().values()) <= {"Pending"}
    members = group.wait_in_service(2)
    hosts = [box.instance(instance_id) for instance_id in members]
    assert {host["Placement"]["AvailabilityZone"] for host in hosts} == {"us-west-2a", "us-west-2b"}
    first = hosts[0]
    tags = {tag["Key"]: tag["Value"] for tag in first["Tags"]}
    assert tags["hostclass"] == "mhctest" and tags["aws:autoscaling:groupName"] == group.name
    assert "private" not in tags
    assert [one["GroupId"] for one in first["SecurityGroups"]] == [group.security_group]
    assert first["IamInstanceProfile"]["Arn"].endswith("/instance_disco_common")
    volume = first["BlockDeviceMappings"][0]["Ebs"]["VolumeId"]
    [volume] = box.client("ec2").describe_volumes(VolumeIds=[volume])["Volumes"]
    assert (volume["Size"], volume["VolumeType"], volume["Iops"]) == (12, "io1", 100)
    box.wait_ssh(first["PrivateIpAddress"])
    assert box.ssh(first["PublicIpAddress"], "hostname").strip() == "ip-" + first[
        "PrivateIpAddress"
    ].replace(".", "-")

    # A host that is terminated behind the group's back is replaced, nobody describing anything.
    box.terminate(first["InstanceId"])
    members = group.wait_in_service(2, without=first["InstanceId"])

    # Told to be unhealthy: ignored during the grace period, replaced after it.
    victim = next(iter(members))
    group.scaling.set_instance_health(InstanceId=victim, HealthStatus="Unhealthy")
    assert group.show()["Instances"][0]["HealthStatus"] == "Healthy"  # type: ignore[index]
    group.scaling.set_instance_health(
        InstanceId=victim, HealthStatus="Unhealthy", ShouldRespectGracePeriod=False
    )
    members = group.wait_in_service(2, without=victim)

    # Shut down from inside: a stopped member is unhealthy.
    victim = next(iter(members))
    address = box.instance(victim)["PrivateIpAddress"]
    box.wait_ssh(address)
    box.ssh(address, "sudo poweroff", check=False)
    members = group.wait_in_service(2, without=victim)

    # A new version of the template is for new members only; members tell which one they have.
    group.ec2.create_launch_template_version(
        LaunchTemplateId=group.template,
        LaunchTemplateData={**group.data(), "InstanceType": "t3.medium"},
    )
    group.scaling.set_desired_capacity(AutoScalingGroupName=group.name, DesiredCapacity=3)
    three = group.wait_in_service(3)
    versions = {
        one["InstanceId"]: one["LaunchTemplate"]["Version"] for one in group.show()["Instances"]
    }  # type: ignore[index]
    [new] = three.keys() - members.keys()
    assert versions[new] == "2" and {versions[one] for one in members} == {"1"}

    group.scaling.update_auto_scaling_group(AutoScalingGroupName=group.name, MinSize=1, MaxSize=1)
    wait_for(lambda: len(group.members()) == 1, "the group to shrink to one")
    activities = group.scaling.describe_scaling_activities(AutoScalingGroupName=group.name)[
        "Activities"
    ]
    assert sum(one["Description"].startswith("Launching") for one in activities) == 6
    assert sum(one["Description"].startswith("Terminating") for one in activities) == 5

    with pytest.raises(ClientError, match="ResourceInUse"):
        group.scaling.delete_auto_scaling_group(AutoScalingGroupName=group.name)
    group.scaling.delete_auto_scaling_group(AutoScalingGroupName=group.name, ForceDelete=True)
    wait_for(lambda: group.show() is None, "the group to be gone")


def test_launch_that_cannot_be_is_told_in_an_activity(box: BoxUnderTest, group: Group) -> None:
    group.ec2.create_launch_template_version(
        LaunchTemplateId=group.template,
        LaunchTemplateData={**group.data(), "ImageId": "ami-0123456789abcdef0"},
    )
    group.create(MinSize=0, MaxSize=1, DesiredCapacity=1)

    def failure() -> Any:
        activities = group.scaling.describe_scaling_activities(AutoScalingGroupName=group.name)[
            "Activities"
        ]
        return [one for one in activities if one["StatusCode"] == "Failed"]

    [activity] = wait_for(failure, "a failed activity")
    assert "ami-0123456789abcdef0" in activity["StatusMessage"]
