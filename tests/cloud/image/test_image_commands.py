"""Images: listed, promoted, removed; bakes that are refused before anything is launched."""

from __future__ import annotations

import json
import re
import stat
from typing import Any

import pytest

SETTINGS = """
[disco_aws]
project_name=acme

[bake]
bakery_environment=build
bakery_instance_type=t3.small
bake_key=bake
repo_hostclass=mhcrepo
no_repo_hostclasses=mhcgeneric
phase=2
phase1_ami_name=base
phase1_hostclass=mhcgeneric
config_data_source=.
data_destination=/opt/wgen/discoaws
ami_stages=untested failed tested
prod_account_ids=111111111111 222222222222
prod_baker=jenkins

[base]
bake_ami={source}
"""


def tags(**values: str) -> list[dict[str, str]]:
    return [{"Key": key.replace("_dash_", "-"), "Value": value} for key, value in values.items()]


def register(cloud: Any, name: str, device: str = "/dev/xvda", **tagged: str) -> str:
    """An image with a snapshot of its root device."""
    ec2 = cloud.client("ec2")
    volume = ec2.create_volume(AvailabilityZone="us-west-2a", Size=1)["VolumeId"]
    snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    image = ec2.register_image(
        Name=name, RootDeviceName=device, Architecture="x86_64",
        BlockDeviceMappings=[{"DeviceName": device, "Ebs": {"SnapshotId": snapshot}}],
    )["ImageId"]
    if tagged:
        ec2.create_tags(Resources=[image], Tags=tags(**tagged))
    return image


def stage_of(cloud: Any, image: str) -> str | None:
    found = cloud.client("ec2").describe_images(ImageIds=[image])["Images"][0].get("Tags", [])
    return {tag["Key"]: tag["Value"] for tag in found}.get("stage")


def permitted(cloud: Any, image: str) -> set[str]:
    answer = cloud.client("ec2").describe_image_attribute(ImageId=image, Attribute="launchPermission")
    return {permission["UserId"] for permission in answer["LaunchPermissions"]}


@pytest.fixture
def bakery(cloud: Any, asiaq: Any) -> Any:
    """A configuration, and the environment in which it bakes."""
    ec2 = cloud.client("ec2")

    def tagged(kind: str, **values: str) -> list[dict[str, Any]]:
        return [{"ResourceType": kind, "Tags": tags(**values)}]

    vpc = ec2.create_vpc(CidrBlock="10.100.0.0/16", TagSpecifications=tagged("vpc", Name="build", type="build"))
    vpc_id = vpc["Vpc"]["VpcId"]
    ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.100.16.0/20", AvailabilityZone="us-west-2a",
                      TagSpecifications=tagged("subnet", Name="build_tunnel_us-west-2a", meta_network="tunnel"))
    ec2.create_security_group(GroupName="build_tunnel", Description="x", VpcId=vpc_id,
                              TagSpecifications=tagged("security-group", Name="build_tunnel", meta_network="tunnel"))
    vendor = register(cloud, "debian-12")
    asiaq.write("disco_aws.ini", SETTINGS.format(source=vendor))
    asiaq.write("disco_vpc.ini", "[envtype:build]\nvpc_cidr=10.100.0.0/16\n")
    asiaq.write("discoroot/acfg.metadata", "")
    asiaq.write("payload/bin/acfg1.py", "")
    asiaq.write("payload/bin/asiaq", "")
    asiaq.environment["ASIAQ_PAYLOAD"] = str(asiaq.folder / "payload")
    asiaq.environment["LOGNAME"] = "alice"
    cloud.forget_requests()
    return asiaq


def refused(cloud: Any, done: Any, *said: str) -> None:
    """The command failed with one line that holds these words, and nothing was launched."""
    assert done.returncode == 1, done.stderr
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR ")]
    assert len(errors) == 1, done.stderr
    for word in said:
        assert word in errors[0]
    assert not cloud.writes()


def test_d1_listamis_by_hostclass_is_oldest_first(cloud: Any, bakery: Any) -> None:
    newer = register(cloud, "mhcfoo 1500000100", stage="untested")
    older = register(cloud, "mhcfoo 1500000000", stage="tested", productline="astro")
    register(cloud, "mhcbar 1500000050", stage="tested")
    rows = bakery.ok("disco_bake.py", "listamis", "--hostclass", "mhcfoo").splitlines()
    assert [row.split()[0] for row in rows] == [older, newer]
    age = rows[0].split()[-1]
    assert rows[0] == (
        f"{older:<12} 2017-07-14 02:40:00 {'mhcfoo':<35} {'available':<12} {'tested':<8} {'astro':<15} {age:<5}"
    )
    nothing = bakery("disco_bake.py", "listamis", "--hostclass", "mhcnone")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert bakery("disco_bake.py", "listamis", "--stage", "nosuch").returncode == 1


def test_listamis_by_instance_and_as_json(cloud: Any, bakery: Any) -> None:
    image = register(cloud, "mhcfoo 1500000000")
    register(cloud, "mhcbar 1500000000")
    instance = cloud.client("ec2").run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    rows = json.loads(bakery.ok("disco_bake.py", "listamis", "--instance", instance, "--output", "json"))
    assert [row["id"] for row in rows] == [image]
    assert rows[0]["created"] == "2017-07-14T02:40:00Z"
    assert rows[0]["stage"] is None
    other = bakery("disco_bake.py", "listamis", "--instance", instance, "--ami", "ami-12345678")
    assert (other.returncode, other.stdout) == (1, "")


def test_listamis_makes_one_call(cloud: Any, bakery: Any) -> None:
    for number in range(5):
        register(cloud, f"mhcfoo 150000000{number}")
    cloud.forget_requests()
    bakery.ok("disco_bake.py", "listamis")
    assert [request.operation for request in cloud.requests()] == ["DescribeImages"]


def test_d2_listlatestami_is_the_newest_of_the_stage(cloud: Any, bakery: Any) -> None:
    tested = register(cloud, "mhcfoo 1500000000", stage="tested")
    register(cloud, "mhcfoo 1500000100", stage="untested")
    rows = bakery.ok("disco_bake.py", "listlatestami", "--stage", "tested", "--hostclass", "mhcfoo").splitlines()
    assert [row.split()[0] for row in rows] == [tested]
    assert bakery("disco_bake.py", "listlatestami", "--hostclass", "mhcfoo").returncode == 2
    assert bakery("disco_bake.py", "listlatestami", "--stage", "failed", "--hostclass", "mhcfoo").returncode == 1


def test_d3_promote_refuses_unknown_stages_and_images(cloud: Any, bakery: Any) -> None:
    image = register(cloud, "mhcfoo 1500000000", stage="untested")
    cloud.forget_requests()
    refused(cloud, bakery("disco_bake.py", "promote", "--ami", image, "--stage", "shiny"), "shiny", "ami_stages")
    refused(cloud, bakery("disco_bake.py", "promote", "--ami", "ami-00000bad", "--stage", "tested"), "ami-00000bad")
    assert stage_of(cloud, image) == "untested"


def test_promote_twice_writes_once(cloud: Any, bakery: Any) -> None:
    image = register(cloud, "mhcfoo 1500000000", stage="untested")
    command = ("disco_bake.py", "promote", "--ami", image, "--stage", "tested")
    cloud.forget_requests()
    assert "untested -> tested" in bakery.ok(*command, "--dry-run")
    assert not cloud.writes()
    bakery.ok(*command)
    assert stage_of(cloud, image) == "tested"
    cloud.forget_requests()
    bakery.ok(*command)
    assert not cloud.writes()


def test_d4_promotion_shares_what_the_production_baker_baked(cloud: Any, bakery: Any) -> None:
    official = register(cloud, "mhcfoo 1500000000", stage="untested", baker="jenkins")
    private = register(cloud, "mhcfoo 1500000100", stage="untested", baker="alice")
    for image in (official, private):
        bakery.ok("disco_bake.py", "promote", "--ami", image, "--stage", "tested")
    both = {"111111111111", "222222222222"}
    assert permitted(cloud, official) == both
    assert permitted(cloud, private) == set()
    rows = bakery.ok("disco_bake.py", "listamis", "--hostclass", "mhcfoo", "--in-prod").splitlines()
    assert rows[0].endswith("     prod")
    assert rows[1].endswith(" non-prod")
    bakery.ok("disco_bake.py", "promote", "--ami", private, "--stage", "tested", "--promote-to-prod")
    assert permitted(cloud, private) == both
    cloud.forget_requests()
    bakery.ok("disco_bake.py", "promote", "--ami", private, "--stage", "tested", "--promote-to-prod")
    assert not cloud.writes()


def test_d5_hostclasspromote_shares_the_newest_of_the_final_stage(cloud: Any, bakery: Any) -> None:
    missing = bakery("disco_bake.py", "hostclasspromote", "--hostclass", "mhcnew")
    refused(cloud, missing, "mhcnew", "tested")
    older = register(cloud, "mhcfoo 1500000000", stage="tested")
    newest = register(cloud, "mhcfoo 1500000100", stage="tested", baker="alice")
    register(cloud, "mhcfoo 1500000200", stage="untested")
    bakery.ok("disco_bake.py", "hostclasspromote", "--hostclass", "mhcfoo")
    assert permitted(cloud, newest) == {"111111111111", "222222222222"}
    assert permitted(cloud, older) == set()
    cloud.forget_requests()
    bakery.ok("disco_bake.py", "hostclasspromote", "--hostclass", "mhcfoo")
    assert not cloud.writes()


def test_d7_deleteami_takes_the_snapshots_along(cloud: Any, bakery: Any) -> None:
    ec2 = cloud.client("ec2")
    image = register(cloud, "mhcfoo 1500000000", device="/dev/xvda")
    snapshot = ec2.describe_images(ImageIds=[image])["Images"][0]["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"]
    cloud.forget_requests()
    plan = bakery.ok("disco_bake.py", "deleteami", "--ami", image, "--dry-run")
    assert image in plan and snapshot in plan
    assert not cloud.writes()
    bakery.ok("disco_bake.py", "deleteami", "--ami", image)
    assert not ec2.describe_images(Filters=[{"Name": "image-id", "Values": [image]}])["Images"]
    assert not ec2.describe_snapshots(Filters=[{"Name": "snapshot-id", "Values": [snapshot]}])["Snapshots"]
    cloud.forget_requests()
    refused(cloud, bakery("disco_bake.py", "deleteami", "--ami", image), image)


def test_d10_no_bake_without_the_repository(cloud: Any, bakery: Any) -> None:
    register(cloud, "base 1500000000", stage="tested")
    cloud.forget_requests()
    refused(cloud, bakery("disco_bake.py", "bake", "--hostclass", "mhcfoo"), "mhcrepo", "mhcfoo")


def test_d11_no_bake_without_a_base_image(cloud: Any, bakery: Any) -> None:
    bakery.write("disco_aws.ini", SETTINGS.format(source="ami-1").replace("repo_hostclass=mhcrepo", "repo_hostclass="))
    refused(cloud, bakery("disco_bake.py", "bake", "--hostclass", "mhcfoo"), "base", "tested")
    untested = register(cloud, "base 1500000000", stage="untested")
    warned = bakery("disco_bake.py", "bake", "--hostclass", "mhcfoo", "--dry-run")
    assert warned.returncode == 0, warned.stderr
    assert f"disco_bake.py promote --ami {untested} --stage tested" in warned.stderr
    assert f"from AMI {untested}" in warned.stdout


def test_d9_phase_1_bakes_from_the_image_that_its_section_names(cloud: Any, bakery: Any) -> None:
    base, other = register(cloud, "debian-12 again"), register(cloud, "centos-7")
    bakery.write("disco_aws.ini", SETTINGS.format(source=base) + f"\n[centos7_phase1]\nphase=1\nbake_ami={other}\n")
    cloud.forget_requests()
    for words, name, source in ((), "base", base), (("--hostclass", "centos7_phase1"), "centos7_phase1", other):
        plan = bakery.ok("disco_bake.py", "bake", *words, "--dry-run")
        assert f"from AMI {source}" in plan and name in plan
    assert not cloud.writes()


def test_d11_a_given_source_needs_no_base_image(cloud: Any, bakery: Any) -> None:
    vendor = register(cloud, "some vendor's")
    cloud.forget_requests()
    done = bakery("disco_bake.py", "bake", "--source-ami", vendor, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert f"from AMI {vendor}" in done.stdout
    assert not cloud.writes()
    refused(cloud, bakery("disco_bake.py", "bake", "--source-ami", "ami-00000bad"), "ami-00000bad")


@pytest.mark.parametrize("option", ["bake_key", "bakery_environment", "bakery_instance_type"])
def test_d15_a_missing_option_is_named(cloud: Any, bakery: Any, option: str) -> None:
    bakery.write("disco_aws.ini", re.sub(f"^{option}=.*\n", "", SETTINGS.format(source="ami-1"), flags=re.MULTILINE))
    refused(cloud, bakery("disco_bake.py", "bake"), option)
    assert not cloud.requests()


def test_d15_a_missing_environment_or_stage_is_named(cloud: Any, bakery: Any) -> None:
    refused(cloud, bakery("disco_bake.py", "bake", "--stage", "nope"), "nope")
    assert not cloud.requests()
    bakery.write("disco_aws.ini", SETTINGS.format(source="ami-1").replace("environment=build", "environment=other"))
    refused(cloud, bakery("disco_bake.py", "bake"), "other")


def test_a_bake_needs_a_configuration_folder(cloud: Any, bakery: Any) -> None:
    (bakery.folder / "discoroot" / "acfg.metadata").unlink()
    (bakery.folder / "discoroot").rmdir()
    refused(cloud, bakery("disco_bake.py", "bake"), "WrongPath", "discoroot")


def test_d16_create_writes_the_script_once(asiaq: Any) -> None:
    template = asiaq.write("init/template.sh", "#!/bin/bash\necho $TEMPLATED_HOSTCLASS ${TEMPLATED_NAME} $$\n")
    template.chmod(0o755)
    script = asiaq.folder / "init" / "mhcbanana.sh"
    asiaq.ok("disco_bake.py", "create", "--hostclass", "mhcbanana", "--dry-run")
    assert not script.exists()
    assert asiaq.ok("disco_bake.py", "create", "--hostclass", "mhcbanana") == ""
    assert script.read_text() == "#!/bin/bash\necho mhcbanana banana $$\n"
    assert stat.S_IMODE(script.stat().st_mode) == 0o755
    script.write_text("mine")
    assert asiaq("disco_bake.py", "create", "--hostclass", "mhcbanana").returncode == 1
    assert script.read_text() == "mine"
    banana = asiaq("disco_bake.py", "create", "--hostclass", "banana")
    assert banana.returncode == 1
    assert "mhc" in banana.stderr


@pytest.mark.parametrize("words", [[], ["nosuch"], ["bake", "--nosuch"], ["promote", "--ami", "ami-1"], ["bake", "word"]])
def test_usage_errors_end_with_2(asiaq: Any, words: list[str]) -> None:
    done = asiaq("disco_bake.py", *words)
    assert done.returncode == 2
    assert "usage: disco_bake.py" in done.stderr


def test_c24_ssh_names_the_hosts_that_match(cloud: Any, bakery: Any) -> None:
    ec2 = cloud.client("ec2")
    image = register(cloud, "mhcweb 1500000000")
    subnet = ec2.describe_subnets(Filters=[{"Name": "tag:meta_network", "Values": ["tunnel"]}])["Subnets"][0]["SubnetId"]
    for hostname in ("web-1", "web-2"):
        ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=[
            {"ResourceType": "instance", "Tags": tags(hostclass="mhcweb", hostname=hostname)}])
    cloud.settle()
    several = bakery("disco_ssh.py", "--env", "build", "mhcweb")
    assert several.returncode == 1
    assert "web-1" in several.stderr and "web-2" in several.stderr
    none = bakery("disco_ssh.py", "--env", "build", "mhcnone")
    assert none.returncode == 1
    assert "mhcnone" in none.stderr
    assert bakery("disco_ssh.py").returncode == 1


def test_c24_ssh_goes_through_the_jump_host_and_returns_the_status_of_ssh(cloud: Any, bakery: Any) -> None:
    ec2 = cloud.client("ec2")
    image = register(cloud, "mhcweb 1500000000")
    subnet = ec2.describe_subnets(Filters=[{"Name": "tag:meta_network", "Values": ["tunnel"]}])["Subnets"][0]["SubnetId"]
    addresses = {}
    for hostclass in ("mhcjump", "mhcweb"):
        host = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=[
            {"ResourceType": "instance", "Tags": tags(hostclass=hostclass, hostname=hostclass, smoketest="tested")}])
        addresses[hostclass] = host["Instances"][0]["PrivateIpAddress"]
    cloud.settle()
    bakery.write("disco_aws.ini", "[disco_aws]\nproject_name=acme\njump_box_hostclasses=mhcnone mhcjump\n")
    ssh = bakery.write("bin/ssh", '#!/bin/sh\nshift 2\necho "$@"\nexit 42\n')
    ssh.chmod(0o755)
    path = f"{ssh.parent}:{bakery.environment['PATH']}"
    # With settings that say how addresses are reached nothing is probed.
    done = bakery("disco_ssh.py", "--env", "build", "-u", "tester", "mhcweb", PATH=path,
                  ASIAQ_SSH_CONFIG=str(bakery.folder / "ssh_config"))
    assert done.returncode == 42, done.stderr
    assert done.stdout == f"-J tester@{addresses['mhcjump']} -t -l tester -- {addresses['mhcweb']}\n"
    direct = bakery("disco_ssh.py", "10.9.8.7", PATH=path)
    assert (direct.returncode, direct.stdout) == (42, "-t -- 10.9.8.7\n")
