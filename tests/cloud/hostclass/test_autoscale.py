"""Auto scaling groups and what they launch from, as disco_autoscale.py shows and cleans them."""

from __future__ import annotations

import json

from .conftest import Scene

TOOL = "disco_autoscale.py"


def provision(scene: Scene, hostclass: str = "mhcfoo", *words: str, size: int = 1) -> str:
    scene.ok("provision", "--hostclass", hostclass, "--no-smoke-test", "--desired-size", str(size), *words)
    return scene.group(hostclass)["AutoScalingGroupName"]


def test_listgroups_has_fixed_columns_newest_first(scene: Scene) -> None:
    image = scene.make_image("mhcbar")
    foo, bar = provision(scene, size=2), provision(scene, "mhcbar")
    lines = scene.ok("listgroups", tool=TOOL).splitlines()
    assert lines == [f"{foo:<37} {scene.image:<12} {0:>3} {2:>3} {2:>3} {2:>3}",
                     f"{bar:<37} {image:<12} {0:>3} {1:>3} {1:>3} {1:>3}"]
    assert scene.ok("--debug", "listgroups", tool=TOOL).splitlines()[0].split() == [
        "Name", "AMI", "min", "des", "max", "cnt"]
    rows = json.loads(scene.ok("listgroups", "--output", "json", tool=TOOL))
    assert rows[0]["name"] == foo and rows[0]["members"] == 2 and rows[0]["is_testing"] is False


def test_listgroups_asks_once_per_kind_of_resource(scene: Scene) -> None:
    scene.make_image("mhcbar")
    provision(scene), provision(scene, "mhcbar")
    scene.ok("listgroups", tool=TOOL)
    assert sorted(r.operation for r in scene.cloud.requests()) == [
        "DescribeAutoScalingGroups", "DescribeLaunchTemplateVersions", "DescribeVpcs"]


def test_listconfigs_shows_name_and_image(scene: Scene) -> None:
    provision(scene)
    (name,) = scene.templates()
    assert scene.ok("listconfigs", tool=TOOL) == f"{name:<24} {scene.image}\n"


def test_groups_of_other_environments_are_not_seen(scene: Scene) -> None:
    provision(scene)
    template = scene.group()["LaunchTemplate"]["LaunchTemplateId"]
    scene.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="ci-two_mhcfoo_1", MinSize=0, MaxSize=0, VPCZoneIdentifier=scene.subnets["intranet"][0],
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"})
    assert "ci-two" not in scene.ok("listgroups", tool=TOOL)
    scene.ok("cleangroups", tool=TOOL)
    assert "ci-two_mhcfoo_1" in [group["AutoScalingGroupName"] for group in scene.groups()]


def test_cleangroups_takes_only_groups_that_are_empty_and_want_nothing(scene: Scene) -> None:
    scene.make_image("mhcempty")
    provision(scene)
    provision(scene, "mhcempty", size=0)
    assert "ci_mhcempty_" in scene.ok("cleangroups", "--dry-run", tool=TOOL)
    assert scene.cloud.writes() == []
    scene.ok("cleangroups", tool=TOOL)
    assert [group["AutoScalingGroupName"].split("_")[1] for group in scene.groups()] == ["mhcfoo"]
    scene.unchanged("cleangroups", tool=TOOL)


def test_deletegroup_needs_force_for_a_group_with_hosts(scene: Scene) -> None:
    name = provision(scene)
    assert "--force" in scene.fails("deletegroup", "--name", name, tool=TOOL)
    assert scene.cloud.writes() == []
    scene.ok("deletegroup", "--name", name, "--force", tool=TOOL)
    assert scene.groups() == [] and scene.templates() == []
    scene.unchanged("deletegroup", "--name", name, "--force", tool=TOOL)


def test_deletegroup_by_hostclass(scene: Scene) -> None:
    scene.make_image("mhcfoobar")
    provision(scene, size=0), provision(scene, "mhcfoobar")
    scene.ok("deletegroup", "--hostclass", "mhcfoo", tool=TOOL)
    assert [group["AutoScalingGroupName"].split("_")[1] for group in scene.groups()] == ["mhcfoobar"]
    scene.fails("deletegroup", tool=TOOL, status=2)
    scene.fails("deletegroup", "--hostclass", "x", "--name", "y", tool=TOOL, status=2)


def test_cleanconfigs_keeps_what_is_in_use_and_what_is_new(scene: Scene) -> None:
    provision(scene)
    (used,) = scene.templates()
    old = {"ImageId": scene.image, "InstanceType": "t3.micro"}
    for name in ("ci_mhcother_1", "ci_mhclone_2", "ci-two_mhcother_3"):
        scene.ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=old)
    lone = scene.ec2.run_instances(LaunchTemplate={"LaunchTemplateName": "ci_mhclone_2"}, MinCount=1, MaxCount=1,
                                   SubnetId=scene.subnets["intranet"][0])["Instances"][0]["InstanceId"]
    # Nobody uses ci_mhcother_1, but it is young.
    scene.asiaq.environment["ASIAQ_WAIT_SCALE"] = "1"
    scene.unchanged("cleanconfigs", tool=TOOL)
    scene.asiaq.environment["ASIAQ_WAIT_SCALE"] = "0.000001"
    scene.ok("cleanconfigs", tool=TOOL)
    assert scene.templates() == sorted([used, "ci_mhclone_2", "ci-two_mhcother_3"])
    scene.unchanged("cleanconfigs", tool=TOOL)
    scene.ec2.terminate_instances(InstanceIds=[lone])
    scene.ok("cleanconfigs", tool=TOOL)
    assert scene.templates() == sorted([used, "ci-two_mhcother_3"])


def test_cleanconfigs_takes_configurations_of_former_times(scene: Scene) -> None:
    for name in ("ci_mhcfoo_1", "ci_mhcfoo_2"):
        scene.autoscaling.create_launch_configuration(LaunchConfigurationName=name, ImageId=scene.image,
                                                      InstanceType="t3.micro")
    scene.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="ci_mhcfoo_9", LaunchConfigurationName="ci_mhcfoo_2", MinSize=0, MaxSize=0,
        VPCZoneIdentifier=scene.subnets["intranet"][0])
    scene.asiaq.environment["ASIAQ_WAIT_SCALE"] = "0.000001"
    scene.ok("cleanconfigs", tool=TOOL)
    left = scene.autoscaling.describe_launch_configurations()["LaunchConfigurations"]
    assert [each["LaunchConfigurationName"] for each in left] == ["ci_mhcfoo_2"]
