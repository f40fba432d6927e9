"""Listing, ending, tagging and asking hosts. Numbers in names are those of the acceptance scenarios; those of
the core's list stand behind `core`."""

from __future__ import annotations

import json
import re
import signal
import time
from pathlib import Path

import pytest

from .conftest import Scene, interrupt, tags_of, wait_for


def provision(scene: Scene, count: int, hostclass: str = "mhcfoo") -> list[str]:
    scene.ok("provision", "--hostclass", hostclass, "--no-smoke-test", "--desired-size", str(count))
    return scene.host_ids(hostclass)


def test_14_columns_that_companion_scripts_read(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcbanana", "hostname": "banana"})
    (line,) = scene.ok("listhosts", "--hostname", "--private-ip").splitlines()
    address = scene.hosts("mhcbanana")[0]["PrivateIpAddress"]
    public = scene.hosts("mhcbanana")[0].get("PublicIpAddress", address)
    assert line == f"{host} {'mhcbanana':<30} {public:<15} y {address:<16}"
    assert len(line.split()) == 5


def test_14_prefers_the_second_interface_by_its_index(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcbanana"})
    interface = scene.ec2.create_network_interface(
        SubnetId=scene.subnets["intranet"][0], PrivateIpAddress="10.101.0.99")["NetworkInterface"]["NetworkInterfaceId"]
    scene.ec2.attach_network_interface(NetworkInterfaceId=interface, InstanceId=host, DeviceIndex=1)
    (line,) = scene.ok("listhosts", "--hostname", "--private-ip").splitlines()
    assert line.split()[4] == "10.101.0.99"


def test_14_most_works_with_an_image_that_is_gone(scene: Scene) -> None:
    image = scene.make_image("mhcold", int(time.time()) - 7200)
    gone = scene.make_image("mhcgone")
    scene.run_host({"hostclass": "a"}, ImageId=image)
    scene.run_host({"hostclass": "b"}, ImageId=gone)
    scene.ec2.deregister_image(ImageId=gone)
    first, second = scene.ok("listhosts", "--most").splitlines()
    assert re.search(r" m5\.large +\S+ +- 2    0  $", first), first
    assert re.search(r" - None 0  $", second), second
    assert [r.operation for r in scene.cloud.requests()].count("DescribeImages") == 1


def test_14_terminated_hosts_are_not_listed(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcbanana"})
    scene.ec2.terminate_instances(InstanceIds=[host])
    scene.cloud.settle()
    assert scene.ok("listhosts") == ""
    assert scene.ok("listhosts", "--most") == ""


def test_core_09_lists_by_state_hostclass_and_hostname(scene: Scene) -> None:
    names = {
        scene.run_host({"hostclass": "mhcb", "hostname": "b1"}): ("running", "mhcb"),
        scene.run_host({"hostname": "a"}): ("running", "-"),
        scene.run_host({"hostclass": "mhca"}): ("stopped", "mhca"),
    }
    ids = list(names)
    scene.ec2.stop_instances(InstanceIds=[ids[2]])
    scene.cloud.settle()
    other = scene.make_vpc("other")
    subnet = scene.ec2.create_subnet(VpcId=other, CidrBlock="10.101.0.0/24")["Subnet"]["SubnetId"]
    scene.run_host({"hostclass": "mhcelsewhere"}, subnet=subnet)
    lines = [line.split() for line in scene.ok("listhosts", "--state").splitlines()]
    assert [line[0] for line in lines] == [ids[1], ids[0], ids[2]]
    assert [line[1] for line in lines] == ["-", "mhcb", "mhca"]
    assert [line[3] for line in lines] == ["running", "running", "stopped"]
    assert len(scene.ok("listhosts", "--hostclass", "mhcb").splitlines()) == 1


def test_listing_as_json(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcbanana", "smoketest": "tested"})
    (row,) = json.loads(scene.ok("listhosts", "--output", "json"))
    assert row["id"] == host and row["hostclass"] == "mhcbanana" and row["smoke_tested"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["launched"])


def test_listing_asks_once_per_kind_of_resource(scene: Scene) -> None:
    image = scene.make_image("mhcmany")
    scene.ec2.run_instances(ImageId=image, MinCount=120, MaxCount=120, InstanceType="m5.large",
                            SubnetId=scene.subnets["intranet"][0])
    assert len(scene.ok("listhosts", "--all").splitlines()) == 120
    assert sorted(r.operation for r in scene.cloud.requests()) == ["DescribeImages", "DescribeInstances", "DescribeVpcs"]


def test_15_terminates_what_is_named(scene: Scene) -> None:
    first, second, other = (scene.run_host({"hostclass": "mhcx"}) for _ in range(3))
    assert scene.ok("terminate", "--instance", first, "--instance", second) == (
        f"Terminated: Instance:{first},Instance:{second}\n")
    assert [scene.state(each) for each in (first, second, other)] == ["terminated", "terminated", "running"]
    # Once more: they are gone already.
    assert scene.ok("terminate", "--instance", first, "--instance", second) == "Terminated: \n"
    assert scene.cloud.writes() == []


def test_15_core_03_takes_exactly_one_kind_of_selector(scene: Scene) -> None:
    scene.fails("terminate", "--instance", "i-1", "--hostclass", "x", status=2)
    scene.fails("terminate", status=2)
    assert scene.cloud.requests() == []


def test_15_core_14_an_unknown_id_is_not_waited_for(scene: Scene) -> None:
    error = scene.fails("terminate", "--instance", "i-0123456789abcdef0")
    assert "InvalidInstanceID.NotFound" in error
    assert [request.operation for request in scene.cloud.requests()] == ["DescribeVpcs", "DescribeInstances"]


def test_15_leaves_hosts_of_other_environments_alone(scene: Scene) -> None:
    other = scene.make_vpc("other")
    subnet = scene.ec2.create_subnet(VpcId=other, CidrBlock="10.101.0.0/24")["Subnet"]["SubnetId"]
    host = scene.run_host({"hostclass": "mhcx"}, subnet=subnet)
    assert scene.ok("terminate", "--instance", host) == "Terminated: \n"
    assert scene.ok("terminate", "--hostclass", "mhcx") == "Terminated: \n"
    assert scene.state(host) == "running"


def test_terminates_by_hostname_image_and_group(scene: Scene) -> None:
    named = scene.run_host({"hostname": "banana"})
    assert named in scene.ok("terminate", "--hostname", "banana")
    assert "could not find an instance with hostname nope" in scene.fails("terminate", "--hostname", "nope")
    image = scene.make_image("mhcimage")
    of_image = scene.run_host(ImageId=image)
    assert scene.ok("terminate", "--ami", image) == f"Terminated: Instance:{of_image}\n"
    (member,) = provision(scene, 1)
    group = scene.group()["AutoScalingGroupName"]
    assert scene.ok("terminate", "--asg", group) == f"Terminated: Instance:{member}\n"
    assert scene.host_ids() not in ([], [member])


def test_a_route_to_a_terminated_host_goes_first(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcnat"})
    table = scene.ec2.create_route_table(VpcId=scene.vpc)["RouteTable"]["RouteTableId"]
    scene.ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", InstanceId=host)
    scene.ok("terminate", "--hostclass", "mhcnat")
    assert [r.operation for r in scene.cloud.writes()] == ["DeleteRoute", "TerminateInstances"]
    (left,) = scene.ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert "10.9.0.0/16" not in [route.get("DestinationCidrBlock") for route in left["Routes"]]


def test_stops_hosts(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcx"})
    assert "would" in scene.ok("stop", "--hostclass", "mhcx", "--dry-run")
    assert scene.cloud.writes() == []
    assert scene.ok("stop", "--hostclass", "mhcx") == f"Stopped: Instance:{host}\n"
    assert scene.state(host) == "stopped"
    assert scene.ok("stop", "--hostclass", "mhcx") == "Stopped: \n"
    assert scene.cloud.writes() == []


def test_16_readiness_is_the_hosts_tag(scene: Scene) -> None:
    hosts = provision(scene, 2)
    scene.tag(hosts[0], smoketest="tested", hostname="one")
    done = scene.aws("isready", "--hostclass", "mhcfoo")
    assert done.returncode == 1
    assert f"...one {hosts[0]} is ready" in done.stdout.splitlines()
    assert f"Checking None {hosts[1]}..." in done.stdout.splitlines()
    assert f"...None {hosts[1]} is NOT ready" in done.stdout.splitlines()
    scene.tag(hosts[1], smoketest="tested")
    assert scene.ok("isready", "--hostclass", "mhcfoo").count("is ready") == 2


def test_16_nothing_found_is_no_failure(scene: Scene) -> None:
    assert scene.ok("isready", "--hostclass", "mhcnone") == "No instances found\n"
    assert scene.ok("isready") == "No instances found\n"


def test_16_selectors_of_isready_can_be_combined(scene: Scene) -> None:
    (member,) = provision(scene, 1)
    other = scene.run_host({"hostname": "banana", "smoketest": "tested"})
    scene.tag(member, smoketest="tested")
    output = scene.ok("isready", "--hostname", "banana", "--instance", member, "--hostclass", "mhcfoo")
    assert output.count("is ready") == 2 and other in output


def test_16_tags_come_and_go(scene: Scene) -> None:
    host = scene.run_host()
    words = ("tag", "--instance", host, "--key", "team")
    assert scene.ok(*words, "--value", "red") == ""
    read = lambda: tags_of(scene.ec2.describe_instances(InstanceIds=[host])["Reservations"][0]["Instances"][0])  # noqa: E731
    assert read() == {"team": "red"}
    scene.unchanged(*words, "--value", "red")
    scene.ok(*words, "--value", "blue")
    assert read() == {"team": "blue"}
    scene.ok(*words)
    assert read() == {}
    scene.unchanged(*words)


def test_23_the_environment_is_chosen_in_order(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcx"})
    scene.asiaq.write("disco_aws.ini", "[disco_aws]\ndefault_environment=nosuch\nproject_name=acme\n")
    assert host in scene.asiaq.ok("disco_aws.py", "listhosts", DEFAULT_ENV="ci")
    assert host in scene.asiaq.ok("disco_aws.py", "--env", "ci", "listhosts", DEFAULT_ENV="nosuch")
    for environment in ("nosuch", "none", "-"):
        done = scene.asiaq("disco_aws.py", "--env", environment, "listhosts")
        assert done.returncode == 1 and "failed to select environment" in done.stderr
    assert "nosuch" in scene.asiaq("disco_aws.py", "listhosts").stderr


def test_core_02_the_environment_may_stand_behind_the_command(scene: Scene) -> None:
    host = scene.run_host({"hostclass": "mhcx"})
    assert host in scene.asiaq.ok("disco_aws.py", "listhosts", "--env", "ci", DEFAULT_ENV="nosuch")


@pytest.mark.parametrize("tool,words", [
    ("disco_aws.py", ("listhosts",)), ("disco_aws.py", ("terminate", "--hostclass", "mhcx")),
    ("disco_aws.py", ("exec", "--hostclass", "mhcx", "--user", "u", "--command", "true")),
    ("disco_aws.py", ("provision", "--hostclass", "mhcfoo", "--desired-size", "1")),
    ("disco_autoscale.py", ("listgroups",)), ("disco_autoscale.py", ("cleangroups",)),
    ("disco_creds.py", ("list",)), ("disco_ssh.py", ("mhcx",)),
])
def test_core_10_two_vpcs_of_the_name_are_both_told(scene: Scene, tool: str, words: tuple[str, ...]) -> None:
    other = scene.make_vpc("ci")
    error = scene.fails(*words, tool=tool)
    assert scene.vpc in error and other in error
    assert scene.cloud.writes() == []


@pytest.mark.parametrize("tool,words", [
    ("disco_aws.py", ("listhosts",)), ("disco_aws.py", ("stop", "--hostclass", "mhcx")),
    ("disco_aws.py", ("provision", "--hostclass", "mhcfoo", "--desired-size", "1")),
    ("disco_autoscale.py", ("listgroups",)), ("disco_creds.py", ("list",)), ("disco_ssh.py", ("mhcx",)),
])
def test_core_10_an_unknown_environment_is_named(scene: Scene, tool: str, words: tuple[str, ...]) -> None:
    done = scene.asiaq(tool, "--env", "nosuch", *words)
    assert (done.returncode, done.stdout) == (1, "")
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR ")]
    assert len(errors) == 1 and "nosuch" in errors[0], done.stderr
    assert scene.cloud.writes() == []


def test_core_04_options_of_a_hostclass(scene: Scene) -> None:
    scene.configure("default_eip@ci=7.7.7.7\n[mhcx]\neip=5.5.5.5\neip@staging=1.3.3.7\n")
    words = ("gethostclassoption", "--option", "eip", "--hostclass")
    assert scene.asiaq.ok("disco_aws.py", "--env", "staging", *words, "mhcx") == "1.3.3.7\n"
    assert scene.ok(*words, "mhcx") == "5.5.5.5\n"
    assert scene.ok(*words, "mhcother") == "7.7.7.7\n"
    assert "no such option" in scene.asiaq.ok("disco_aws.py", "--env", "qa", *words, "mhcother")


def test_24_exec_passes_the_command_on_as_it_is(scene: Scene, fake_ssh: Path) -> None:
    hosts = {host["InstanceId"]: host["PrivateIpAddress"] for host in [
        scene.ec2.describe_instances(InstanceIds=[scene.run_host({"hostclass": "mhcx"})])["Reservations"][0]["Instances"][0]
        for _ in range(3)]}
    second = list(hosts.values())[1]
    (fake_ssh / second).write_text("3")
    command = "echo 'a b' \"$HOME\" $(id)"
    done = scene.aws("exec", "--hostclass", "mhcx", "--user", "bob", "--command", command)
    assert done.returncode == 3, done.stderr
    for address in hosts.values():
        assert f"from {address}: {command}" in done.stdout
    assert command in (fake_ssh / "log").read_text().splitlines()


def test_24_exec_goes_through_the_jump_host(scene: Scene, fake_ssh: Path) -> None:
    scene.configure("jump_box_hostclasses=mhcnojump mhcjump\n")
    scene.run_host({"hostclass": "mhcjump", "smoketest": "tested"})
    scene.run_host({"hostclass": "mhcjump"})
    jump = next(host["PrivateIpAddress"] for host in scene.hosts("mhcjump") if "smoketest" in tags_of(host))
    scene.run_host({"hostclass": "mhcx"})
    scene.ok("exec", "--hostclass", "mhcx", "--user", "bob", "--command", "true")
    words = (fake_ssh / "log").read_text().splitlines()
    assert any(jump in word or any(h.get("PublicIpAddress", "-") in word for h in scene.hosts("mhcjump"))
               for word in words), words


def test_24_exec_without_a_host_is_no_failure(scene: Scene) -> None:
    assert scene.ok("exec", "--hostclass", "mhcnone", "--user", "bob", "--command", "true") == ""


def test_a_host_may_be_asked_by_ssh_whether_it_is_ready(scene: Scene, fake_ssh: Path) -> None:
    scene.configure("default_smoketest_ssh_user=smoketest\n")
    scene.ok("provision", "--hostclass", "mhcfoo", "--desired-size", "1")
    assert "is ready" in scene.ok("isready", "--hostclass", "mhcfoo")
    address = scene.hosts()[0]["PrivateIpAddress"]
    (fake_ssh / address).write_text("2")
    assert scene.aws("isready", "--hostclass", "mhcfoo").returncode == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_24_exec_takes_its_ssh_along_when_it_ends(scene: Scene, number: int) -> None:
    program = scene.asiaq.write("fake/ssh", """#!/bin/bash
for word in "$@"; do [ "$word" != sleepy ] || { echo "$$" >"$(dirname "$0")/pid"; exec sleep 300; }; done
exit 0
""")
    program.chmod(0o755)
    scene.asiaq.environment["PATH"] = f"{program.parent}:{scene.asiaq.environment['PATH']}"
    scene.run_host({"hostclass": "mhcx"})
    process = scene.start("exec", "--hostclass", "mhcx", "--user", "bob", "--command", "sleepy")
    started = wait_for(lambda: (program.parent / "pid").exists() and (program.parent / "pid").read_text().strip())
    interrupt(process, number)
    assert process.returncode == 1
    wait_for(lambda: not Path(f"/proc/{started}").exists())


def test_24_of_several_hosts_ssh_takes_the_first_when_told_so(scene: Scene, fake_ssh: Path) -> None:
    hosts = [scene.run_host({"hostclass": "mhcx", "hostname": name}) for name in ("x-1", "x-2")]
    error = scene.fails("mhcx", tool="disco_ssh.py")
    assert "x-1" in error and "x-2" in error
    assert not (fake_ssh / "log").exists()
    addresses = {host["PrivateIpAddress"] for host in scene.hosts("mhcx")}
    for address in addresses:
        (fake_ssh / address).write_text("7")
    done = scene.asiaq("disco_ssh.py", "--env", "ci", "--first", "mhcx")
    assert done.returncode == 7, done.stderr
    assert len([word for word in (fake_ssh / "log").read_text().split() if word in addresses]) == 1
    scene.run_host({"hostclass": "mhcxy"})
    assert "mhcxy" in scene.fails("--first", "mhcx", tool="disco_ssh.py")
    assert hosts[0] in scene.ok("listhosts")


def test_ssh_that_is_refused_is_said_with_the_host(scene: Scene, fake_ssh: Path) -> None:
    host = scene.run_host({"hostclass": "mhcx"})
    (fake_ssh / scene.hosts("mhcx")[0]["PrivateIpAddress"]).write_text("255")
    done = scene.aws("exec", "--hostclass", "mhcx", "--user", "bob", "--command", "true")
    assert done.returncode == 255 and host in done.stderr
