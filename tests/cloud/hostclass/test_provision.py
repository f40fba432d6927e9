"""Provisioning one hostclass. Numbers in names are those of the acceptance scenarios."""

from __future__ import annotations

import re
import signal
import subprocess

import pytest

from .conftest import Guest, Scene, interrupt, tags_of, wait_for

QUICK = ("--hostclass", "mhcfoo", "--no-smoke-test")


def test_01_makes_one_group_with_its_template_and_hosts(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--min-size", "1", "--desired-size", "2")
    group = scene.group()
    assert re.fullmatch(r"ci_mhcfoo_\d+", group["AutoScalingGroupName"])
    assert scene.sizes() == (1, 2, 2)
    assert [bool(re.fullmatch(r"ci_mhcfoo_\d+", name)) for name in scene.templates()] == [True]
    assert all(tag["PropagateAtLaunch"] for tag in group["Tags"])
    assert tags_of(group) == {"hostclass": "mhcfoo", "owner": "alice", "environment": "ci", "chaos": "True",
                              "is_testing": "0"}
    assert len(scene.hosts()) == 2
    assert sorted(group["VPCZoneIdentifier"].split(",")) == sorted(scene.subnets["intranet"])
    assert group["TerminationPolicies"] == ["OldestLaunchTemplate"]


def test_01_describes_new_hosts_in_the_template(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nssh_key_name=bake\ninstance_profile_name=web\npublic_ip=yes\n"
                    "metadata_http_tokens=required\n")
    scene.ok("provision", *QUICK, "--desired-size", "1")
    template = scene.template()
    assert template["ImageId"] == scene.image
    assert template["InstanceType"] == "m5.large"
    assert template["KeyName"] == "bake"
    assert template["IamInstanceProfile"] == {"Name": "web"}
    assert template["MetadataOptions"]["HttpTokens"] == "required"
    assert template["Monitoring"] == {"Enabled": False}
    (interface,) = template["NetworkInterfaces"]
    assert interface["DeviceIndex"] == 0 and interface["AssociatePublicIpAddress"] is True
    assert interface["Groups"] == [scene.security_groups["intranet"]]
    assert "SecurityGroupIds" not in template


@pytest.mark.parametrize("written,public", [("Aye", True), ("TRUE", True), ("1", True), ("on", False), ("", False)])
def test_core_06_truth_is_one_of_six_words(scene: Scene, written: str, public: bool) -> None:
    scene.configure(f"[mhcfoo]\npublic_ip={written}\n")
    scene.ok("provision", *QUICK)
    (interface,) = scene.template()["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is public


def test_core_02_abbreviations_mean_what_they_meant(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--d", "1", "--t")
    assert scene.sizes() == (0, 1, 1)
    assert tags_of(scene.group())["is_testing"] == "1"


def test_02_a_second_run_writes_nothing(scene: Scene) -> None:
    words = ("provision", *QUICK, "--min-size", "1", "--desired-size", "2")
    scene.ok(*words)
    scene.unchanged(*words)
    assert "nothing to change" in scene.ok(*words, "--dry-run")


def test_02_fewer_hosts_are_wanted_and_settings_stay(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--min-size", "1", "--desired-size", "2")
    before = scene.group()
    scene.ok("provision", *QUICK, "--desired-size", "1")
    assert scene.sizes() == (1, 1, 2)
    assert scene.group()["AutoScalingGroupName"] == before["AutoScalingGroupName"]
    assert scene.group()["LaunchTemplate"] == before["LaunchTemplate"]
    assert [r.operation for r in scene.cloud.writes()] == ["UpdateAutoScalingGroup"]


def test_02_another_type_means_another_template(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--min-size", "1", "--desired-size", "2")
    scene.ok("provision", *QUICK, "--desired-size", "1")
    hosts = scene.host_ids()
    scene.ok("provision", *QUICK, "--instance-type", "t3.small")
    assert scene.template()["InstanceType"] == "t3.small"
    assert scene.sizes() == (1, 1, 2)
    assert scene.host_ids() == hosts
    scene.ok("cleanconfigs", tool="disco_autoscale.py")
    assert scene.templates() == [scene.group()["LaunchTemplate"]["LaunchTemplateName"]]
    # The type is the group's own from now on.
    scene.unchanged("provision", *QUICK)


def test_03_sizes_by_the_clock_come_and_go(scene: Scene) -> None:
    words = ("provision", *QUICK, "--desired-size", "1@30 10 * * *:5@45 1 * * *")
    scene.ok(*words)
    assert scene.sizes() == (0, 5, 5)
    group = scene.group()["AutoScalingGroupName"]
    actions = {action["ScheduledActionName"]: action for action in scene.schedule()}
    assert set(actions) == {f"{group}_30_10_star_star_star", f"{group}_45_1_star_star_star"}
    assert actions[f"{group}_30_10_star_star_star"]["DesiredCapacity"] == 1
    assert actions[f"{group}_30_10_star_star_star"]["Recurrence"] == "30 10 * * *"
    scene.unchanged(*words)
    # Without a size only launch settings change.
    scene.unchanged("provision", *QUICK)
    scene.ok("provision", *QUICK, "--desired-size", "2")
    assert scene.schedule() == []
    assert scene.sizes() == (0, 2, 5)


def test_03_leaves_actions_alone_that_do_not_recur(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--desired-size", "1")
    scene.autoscaling.put_scheduled_update_group_action(
        AutoScalingGroupName=scene.group()["AutoScalingGroupName"], ScheduledActionName="once",
        StartTime="2050-01-01T00:00:00Z", DesiredCapacity=1)
    scene.ok("provision", *QUICK, "--desired-size", "2@0 1 * * *")
    scene.ok("provision", *QUICK, "--desired-size", "2")
    assert [action["ScheduledActionName"] for action in scene.schedule()] == ["once"]


@pytest.mark.parametrize("option,value", [("--min-size", "abc"), ("--min-size", "2:3@0 1 * * *"),
                                          ("--desired-size", "-1"), ("--max-size", "1@")])
def test_04_refuses_sizes_that_make_no_sense(scene: Scene, option: str, value: str) -> None:
    assert option in scene.fails("provision", "--hostclass", "mhcfoo", f"{option}={value}")
    assert scene.cloud.requests() == []


def test_04_refuses_a_minimum_above_the_maximum(scene: Scene) -> None:
    assert "min_size" in scene.fails("provision", *QUICK, "--min-size", "3", "--max-size", "2")
    assert scene.cloud.requests() == []


def test_needs_hostclass_or_image(scene: Scene) -> None:
    assert "must specify either hostclass or AMI" in scene.fails("provision", "--desired-size", "1")


def test_takes_the_hostclass_from_the_image(scene: Scene) -> None:
    image = scene.make_image("mhcbar", stage="")
    scene.ok("provision", "--ami", image, "--hostclass", "mhcfoo", "--desired-size", "1", "--no-smoke-test")
    assert scene.template("mhcbar")["ImageId"] == image
    assert scene.groups_of("mhcfoo") == []


def test_takes_the_newest_image_of_the_stage(scene: Scene) -> None:
    scene.make_image("mhcfoo", 1465400002, stage="untested")
    newer = scene.make_image("mhcfoo", 1465400001)
    scene.ok("provision", *QUICK, "--desired-size", "1")
    assert scene.template()["ImageId"] == newer


def test_an_unknown_image_or_hostclass_is_named(scene: Scene) -> None:
    assert "mhcnone" in scene.fails("provision", "--hostclass", "mhcnone", "--desired-size", "1")
    assert "ami-12345678" in scene.fails("provision", "--ami", "ami-12345678", "--desired-size", "1")
    assert scene.cloud.writes() == []


def test_an_unknown_metanetwork_is_named(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nmeta_network=maintenance\n")
    assert "could not locate required subnets maintenance" in scene.fails("provision", *QUICK)
    assert scene.cloud.writes() == []


def test_a_missing_option_is_named_before_any_write(scene: Scene) -> None:
    scene.asiaq.write("disco_aws.ini", "[disco_aws]\nproject_name=acme\ndefault_meta_network=intranet\n")
    assert "ssh_key_name" in scene.fails("provision", *QUICK)
    assert scene.cloud.writes() == []


def test_07_undoes_a_new_group_whose_hosts_are_never_ready(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nsmoketest_timeout=50\n")
    error = scene.fails("provision", "--hostclass", "mhcfoo", "--desired-size", "1")
    assert "Timeout" in error and "listhosts --hostclass mhcfoo" in error
    assert scene.groups() == [] and scene.templates() == []


def test_07_leaves_a_new_group_when_told_so(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nsmoketest_timeout=50\n")
    error = scene.fails("provision", "--hostclass", "mhcfoo", "--desired-size", "1", "--no-destroy")
    assert scene.host_ids()[0] in error
    assert len(scene.groups()) == 1 and len(scene.templates()) == 1


def test_07_gives_a_group_that_was_there_its_settings_back(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nsmoketest_timeout=50\n")
    scene.ok("provision", *QUICK, "--desired-size", "1@0 1 * * *")
    before, schedule = scene.group(), scene.schedule()
    scene.tag(scene.host_ids()[0], smoketest="tested")
    scene.fails("provision", "--hostclass", "mhcfoo", "--desired-size", "2", "--instance-type", "t3.small",
                "--no-chaos")
    after = scene.group()
    assert after["LaunchTemplate"] == before["LaunchTemplate"]
    assert scene.sizes() == (0, 1, 1)
    assert tags_of(after) == tags_of(before)
    assert [(a["ScheduledActionName"], a["DesiredCapacity"]) for a in scene.schedule()] == [
        (a["ScheduledActionName"], a["DesiredCapacity"]) for a in schedule]
    assert scene.templates() == [before["LaunchTemplate"]["LaunchTemplateName"]]


def test_08_fails_at_once_when_a_host_goes_away(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nsmoketest_timeout=5000\n")
    process = scene.start("provision", "--hostclass", "mhcfoo", "--desired-size", "1", "--no-destroy")
    (host,) = wait_for(scene.host_ids)
    wait_for(lambda: any(r.operation == "DescribeInstances" for r in scene.cloud.requests()))
    scene.ec2.terminate_instances(InstanceIds=[host])
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "ERROR SmokeTest" in errors and host in errors


def test_09_waits_for_hosts_although_the_minimum_is_0(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nsmoketest_timeout=50\n")
    assert "Timeout" in scene.fails("provision", "--hostclass", "mhcfoo", "--desired-size", "1")
    scene.configure()
    with Guest(scene, "mhcfoo"):
        scene.ok("provision", "--hostclass", "mhcfoo", "--desired-size", "1")


def test_11_static_addresses_have_interfaces(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nmeta_network=tunnel\nprivate_ip=+5\n")
    words = ("provision", *QUICK, "--desired-size", "1")
    scene.ok(*words)
    (interface,) = scene.interfaces_at("10.101.16.5")
    assert interface["Description"] == "floating interface"
    assert [group["GroupId"] for group in interface["Groups"]] == [scene.security_groups["tunnel"]]
    assert scene.group()["VPCZoneIdentifier"] == scene.subnets["tunnel"][0]
    assert 'floating_ip="10.101.16.5"' in scene.user_data().splitlines()
    scene.unchanged(*words)
    assert len(scene.interfaces_at("10.101.16.5")) == 1


def test_11_refuses_an_address_outside_of_the_metanetwork(scene: Scene) -> None:
    scene.configure("[mhcfoo]\nmeta_network=tunnel\nip_address=192.0.2.9\n")
    assert "IPRange" in scene.fails("provision", *QUICK)
    assert scene.cloud.writes() == []


def test_12_disks_are_kept_until_others_are_chosen(scene: Scene) -> None:
    volume = scene.ec2.create_volume(Size=20, AvailabilityZone="us-west-2a")["VolumeId"]
    snapshot = scene.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    scene.ec2.create_tags(Resources=[snapshot], Tags=[{"Key": "hostclass", "Value": "mhcfoo"}])
    scene.ok("provision", *QUICK, "--desired-size", "0", "--extra-space", "5", "--extra-disk", "50", "--iops", "1000")
    (image,) = scene.ec2.describe_images(ImageIds=[scene.image])["Images"]
    root_size = image["BlockDeviceMappings"][0]["Ebs"]["VolumeSize"]
    wanted = [
        {"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": root_size + 5, "DeleteOnTermination": True}},
        {"DeviceName": "/dev/sdb", "Ebs": {"SnapshotId": snapshot, "VolumeSize": 20, "VolumeType": "io1", "Iops": 1000,
                                           "DeleteOnTermination": True}},
        {"DeviceName": "/dev/sdc", "Ebs": {"VolumeSize": 50, "VolumeType": "io1", "Iops": 1000,
                                           "DeleteOnTermination": True}},
    ]
    assert scene.template()["BlockDeviceMappings"] == wanted
    scene.unchanged("provision", *QUICK)
    scene.make_image("mhcfoo", 1465400009)
    scene.ok("provision", *QUICK)
    assert scene.template()["BlockDeviceMappings"] == wanted


def test_12_refuses_iops_that_no_volume_can_have(scene: Scene) -> None:
    assert "iops 60000" in scene.fails("provision", *QUICK, "--extra-disk", "10", "--iops", "60000")
    assert scene.cloud.writes() == []


def test_13_user_data_can_be_sourced(scene: Scene) -> None:
    scene.configure("zookeeper_hostclass=mhczookeeper\nhttp_proxy_hostclass=mhcproxy\n"
                    "[mhcproxy]\nip_address=+9\n[mhczookeeper]\nip_address=+7\n[mhcfoo]\nenable_proxy=False\n")
    scene.ok("provision", *QUICK, "--desired-size", "1")
    data = scene.user_data()
    assert "http_proxy_ip" not in data
    assert 'zookeepers="[\\"10.101.0.7:2181\\"]"' in data.splitlines()
    assert 'owner="alice"' in data.splitlines()
    assert 'credential_buckets="us-west-2.acme.credentials.ci"' in data.splitlines()
    assert "is_testing" not in data
    shell = subprocess.run(["bash", "-c", "source /dev/stdin; echo $zookeepers $environment_name"],
                           input=data, text=True, capture_output=True, check=True)
    assert shell.stdout == '["10.101.0.7:2181"] ci\n'


def test_13_testing_hosts_know_what_they_are(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--desired-size", "1", "--testing")
    assert 'is_testing="1"' in scene.user_data().splitlines()
    assert tags_of(scene.group())["is_testing"] == "1"


def test_18_refuses_two_groups(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--desired-size", "1")
    group = scene.group()
    scene.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="ci_mhcfoo_1", MinSize=0, MaxSize=0, VPCZoneIdentifier=scene.subnets["intranet"][0],
        LaunchTemplate={"LaunchTemplateId": group["LaunchTemplate"]["LaunchTemplateId"], "Version": "1"})
    error = scene.fails("provision", *QUICK, "--desired-size", "2")
    assert "too many autoscaling groups" in error and "ci_mhcfoo_1" in error
    assert scene.cloud.writes() == []


def test_22_moves_a_group_from_its_launch_configuration(scene: Scene) -> None:
    scene.autoscaling.create_launch_configuration(
        LaunchConfigurationName="ci_mhcfoo_77", ImageId=scene.image, InstanceType="t3.micro",
        SecurityGroups=[scene.security_groups["intranet"]])
    scene.autoscaling.create_auto_scaling_group(
        AutoScalingGroupName="ci_mhcfoo_1", LaunchConfigurationName="ci_mhcfoo_77", MinSize=1, MaxSize=3,
        DesiredCapacity=2, VPCZoneIdentifier=scene.subnets["intranet"][0])
    assert scene.image in scene.ok("listgroups", tool="disco_autoscale.py")
    scene.ok("provision", *QUICK)
    assert scene.template()["InstanceType"] == "t3.micro"
    assert scene.sizes() == (1, 2, 3)
    listing = scene.ok("listconfigs", tool="disco_autoscale.py")
    assert "ci_mhcfoo_77" in listing and scene.group()["LaunchTemplate"]["LaunchTemplateName"] in listing
    scene.unchanged("provision", *QUICK)


def test_dry_run_shows_the_plan_and_writes_nothing(scene: Scene) -> None:
    output = scene.ok("provision", "--hostclass", "mhcfoo", "--desired-size", "1", "--dry-run")
    plan = " ".join(output.split())
    for line in ("would create launch template ci_mhcfoo", "would create auto scaling group ci_mhcfoo_",
                 "would wait for smoke test of mhcfoo"):
        assert line in plan
    assert scene.cloud.writes() == [] and scene.groups() == []


def test_reads_each_kind_of_resource_once(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--desired-size", "1")
    reads = [r.operation for r in scene.cloud.requests() if r.kind == "read"]
    assert len(reads) == len(set(reads)), reads
    assert len(reads) <= 10


def test_ready_hosts_are_not_waited_for_again(scene: Scene) -> None:
    with Guest(scene, "mhcfoo"):
        scene.ok("provision", "--hostclass", "mhcfoo", "--desired-size", "2")
    scene.unchanged("provision", "--hostclass", "mhcfoo", "--desired-size", "2")
    assert "nothing to change" in scene.ok("provision", "--hostclass", "mhcfoo", "--desired-size", "2", "--dry-run")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_undoes_what_it_made(scene: Scene, number: int) -> None:
    process = scene.start("provision", "--hostclass", "mhcfoo", "--desired-size", "1", ASIAQ_WAIT_SCALE="1")
    wait_for(scene.host_ids)
    interrupt(process, number)
    assert process.returncode == 1
    assert scene.groups() == [] and scene.templates() == []


def test_a_template_of_a_killed_run_is_put_to_use(scene: Scene) -> None:
    scene.ok("provision", *QUICK, "--desired-size", "1")
    left = scene.templates()
    scene.autoscaling.delete_auto_scaling_group(
        AutoScalingGroupName=scene.group()["AutoScalingGroupName"], ForceDelete=True)
    scene.cloud.settle()
    scene.ok("provision", *QUICK, "--desired-size", "1")
    assert scene.templates() == left
