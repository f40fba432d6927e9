"""Spinning pipelines up and down. Numbers in names are those of the acceptance scenarios."""

from __future__ import annotations

import json
import re
import signal

import pytest
from kill_switch import run_and_interrupt

from .conftest import Guest, Scene, interrupt, tags_of, wait_for

HEADER = "sequence,hostclass,min_size,desired_size,max_size,instance_type,extra_disk,smoke_test,ami\n"
THREE = HEADER + "2,mhcthree,,1,,,,yes,\n1,mhcone,,1,,,,yes,\n1,mhctwo,1,2,,,,yes,\n"

# As printed in the manual of the original: rows 2 to 4 do not fit their own header.
MANUAL_SAMPLE = """\
sequence,hostclass,min_size,desired_size,max_size,instance_type,extra_disk,iops,smoke_test,ami,deployable,integration_test
1,mhcdiscologger,,1,,m3.large,200,,no,ami-12345678,no,
1,mhcdiscoes,,2,,m3.large,200,,no,no,
2,mhcdiscotaskstatus,,1,,m3.large,,,no,yes,disco_profiling_task_status_service
2,mhcdiscoinferenceworer,1,1@45 19 * * *:3@33 19 * * *,,5,m3.large,,,no,yes,disco_inference_workflow
"""


def pipeline(scene: Scene, text: str, name: str = "p.csv") -> tuple[str, str]:
    scene.asiaq.write(name, text)
    return "--pipeline", name


@pytest.fixture
def three(scene: Scene) -> tuple[str, str]:
    for hostclass in ("mhcone", "mhctwo", "mhcthree"):
        scene.make_image(hostclass)
    return pipeline(scene, THREE)


def hostclasses(scene: Scene) -> list[str]:
    return sorted(group["AutoScalingGroupName"].split("_")[1] for group in scene.groups())


def test_05_a_sequence_begins_when_all_hosts_before_it_are_tested(scene: Scene, three: tuple[str, str]) -> None:
    process = scene.start("spinup", *three)
    wait_for(lambda: len(scene.host_ids("mhcone") + scene.host_ids("mhctwo")) == 3)
    for host in scene.host_ids("mhcone") + scene.host_ids("mhctwo")[:1]:
        scene.tag(host, smoketest="tested")
    polls = len(scene.cloud.requests())
    wait_for(lambda: len(scene.cloud.requests()) > polls + 8)
    assert hostclasses(scene) == ["mhcone", "mhctwo"]
    with Guest(scene, "mhctwo", "mhcthree"):
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert hostclasses(scene) == ["mhcone", "mhcthree", "mhctwo"]
    scene.unchanged("spinup", *three)


def test_06_hosts_that_are_never_tested_are_named(scene: Scene, three: tuple[str, str]) -> None:
    scene.configure("default_smoketest_timeout=50\n")
    error = scene.fails("spinup", *three)
    for host in scene.host_ids("mhcone") + scene.host_ids("mhctwo"):
        assert host in error
    assert "disco_ssh.py --env ci i-" in error
    assert hostclasses(scene) == ["mhcone", "mhctwo"]
    # The same command goes on from here.
    with Guest(scene, "mhcone", "mhctwo", "mhcthree"):
        scene.configure()
        scene.ok("spinup", *three)
    assert hostclasses(scene) == ["mhcone", "mhcthree", "mhctwo"]


def test_without_smoke_tests_nothing_is_waited_for(scene: Scene, three: tuple[str, str]) -> None:
    scene.ok("spinup", *three, "--no-smoke-test")
    assert hostclasses(scene) == ["mhcone", "mhcthree", "mhctwo"]
    scene.unchanged("spinup", *three, "--no-smoke-test")


def test_10_a_hostclass_without_image_stops_everything(scene: Scene) -> None:
    words = pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n2,mhcnone,,1,,,,no,\n")
    assert "mhcnone" in scene.fails("spinup", *words)
    assert scene.cloud.writes() == []


def test_10_the_sample_of_the_manual_is_refused_by_line_and_column(scene: Scene) -> None:
    error = scene.fails("spinup", *pipeline(scene, MANUAL_SAMPLE))
    assert re.search(r"p\.csv:3: ami", error), error
    assert scene.cloud.requests() == []


def test_10_a_missing_header_is_named_with_those_found(scene: Scene) -> None:
    error = scene.fails("spinup", *pipeline(scene, "sequence,host,desired_size\n1,mhcfoo,1\n"))
    assert "hostclass" in error and "host, desired_size" in error
    assert scene.cloud.requests() == []


@pytest.mark.parametrize("column,size", [("min_size", "abc"), ("desired_size", "1@x:5"), ("max_size", "-1"),
                                         ("desired_size", "1@")])
def test_core_07_a_bad_size_is_named_by_line_and_column(scene: Scene, column: str, size: str) -> None:
    error = scene.fails("spinup", *pipeline(scene, f"sequence,hostclass,{column}\n1,mhcfoo,1\n2,mhcfoo,{size}\n"))
    assert f"p.csv:3: {column}: " in error
    assert scene.cloud.requests() == []


def test_core_08_cells_that_a_short_row_lacks_are_unset(scene: Scene) -> None:
    scene.ok("spinup", *pipeline(scene, "sequence,hostclass,desired_size,max_size,instance_type,smoke_test\n1,mhcfoo,1\n"))
    assert scene.sizes() == (0, 1, 1)
    assert scene.template()["InstanceType"] == "m5.large"


def test_a_column_that_nothing_reads_is_pointed_out(scene: Scene) -> None:
    words = pipeline(scene, "sequence,hostclass,desired_sise,note\n1,mhcfoo,3,for the team\n")
    done = scene.aws("spinup", *words)
    assert done.returncode == 0, done.stderr
    (warning,) = [line for line in done.stderr.splitlines() if " WARNING " in line]
    assert "p.csv:1: " in warning and "desired_sise, note" in warning
    assert scene.sizes() == (0, 0, 0)


def test_a_file_is_looked_for_in_the_configuration_folder(scene: Scene) -> None:
    scene.asiaq.write("pipelines/p.csv", HEADER + "1,mhcfoo,,1,,,,no,\n")
    scene.ok("spinup", "--pipeline", "pipelines/p.csv")
    assert hostclasses(scene) == ["mhcfoo"]
    assert "missing.csv" in scene.fails("spinup", "--pipeline", "missing.csv")


def test_the_stage_may_be_another_one(scene: Scene) -> None:
    image = scene.make_image("mhcbar", stage="untested")
    words = pipeline(scene, HEADER + "1,mhcbar,,1,,,,no,\n")
    assert "mhcbar" in scene.fails("spinup", *words)
    scene.ok("spinup", *words, "--stage", "untested")
    assert scene.template("mhcbar")["ImageId"] == image


def test_rows_of_one_hostclass_are_applied_one_after_another(scene: Scene) -> None:
    words = pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n2,mhcfoo,1,3,,t3.small,,no,\n")
    scene.ok("spinup", *words)
    assert scene.sizes() == (1, 3, 3)
    assert scene.template()["InstanceType"] == "t3.small"


def test_testing_marks_groups(scene: Scene) -> None:
    scene.ok("spinup", *pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n"), "--testing")
    assert tags_of(scene.group())["is_testing"] == "1"
    assert 'is_testing="1"' in scene.user_data()


def test_dry_run_shows_all_sequences_as_text_and_json(scene: Scene, three: tuple[str, str]) -> None:
    text = scene.ok("spinup", *three, "--dry-run")
    assert text.index("auto scaling group ci_mhctwo_") < text.index("smoke test of mhcone, mhctwo")
    assert text.index("smoke test of mhcone, mhctwo") < text.index("launch template ci_mhcthree")
    changes = json.loads(scene.ok("spinup", *three, "--dry-run", "--output", "json"))
    assert {change["verb"] for change in changes} == {"create", "wait for"}
    assert scene.cloud.writes() == [] and scene.groups() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_names_what_it_leaves(scene: Scene, three: tuple[str, str], number: int) -> None:
    process = scene.start("spinup", *three, ASIAQ_WAIT_SCALE="1")
    wait_for(lambda: len(scene.host_ids("mhctwo")) == 2)
    _, errors = interrupt(process, number)
    assert process.returncode == 1
    assert hostclasses(scene) == ["mhcone", "mhctwo"]
    for group in scene.groups():
        assert group["AutoScalingGroupName"] in errors


def test_17_spindown_takes_only_its_own_hostclasses(scene: Scene) -> None:
    scene.make_image("mhcfoobar")
    both = pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n1,mhcfoobar,,1,,,,no,\n", "both.csv")
    one = pipeline(scene, "hostclass\nmhcfoo\n", "one.csv")
    scene.ok("spinup", *both)
    scene.cloud.settle()
    left = scene.group("mhcfoobar")
    assert "auto scaling group ci_mhcfoo_" in scene.ok("spindown", *one, "--dry-run")
    assert scene.cloud.writes() == []
    scene.ok("spindown", *one)
    assert scene.groups() == [left]
    assert scene.templates() == [left["LaunchTemplate"]["LaunchTemplateName"]]
    assert scene.host_ids("mhcfoo") == []
    scene.unchanged("spindown", *one)


def test_17_spindown_takes_replaced_templates_as_well(scene: Scene) -> None:
    words = pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n")
    scene.ok("spinup", *words)
    scene.ok("provision", "--hostclass", "mhcfoo", "--no-smoke-test", "--instance-type", "t3.small")
    scene.ok("spindown", *words)
    assert scene.templates() == [] and scene.groups() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", ["spindown", "spindownandup"])
def test_an_interrupted_spindown_is_finished_by_the_next(scene: Scene, command: str, number: int) -> None:
    for hostclass in ("mhcone", "mhctwo", "mhcthree"):
        scene.make_image(hostclass)
    words = pipeline(scene, HEADER + "".join(f"1,{each},,1,,,,no,\n" for each in ("mhcone", "mhctwo", "mhcthree")))
    scene.ok("spinup", *words)
    done = run_and_interrupt(
        scene.cloud, scene.asiaq, ("disco_aws.py", "--env", "ci", command, *words),
        lambda call: call.operation == "DeleteAutoScalingGroup", number, ASIAQ_WAIT_SCALE="1",
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "Interrupted" in done.stderr and "Traceback" not in done.stderr
    scene.ok("spindown", *words)
    assert scene.groups() == [] and scene.templates() == []


def test_17_spindownandup_ends_with_one_group_of_new_hosts(scene: Scene) -> None:
    words = pipeline(scene, HEADER + "1,mhcfoo,,2,,,,yes,\n")
    with Guest(scene, "mhcfoo"):
        scene.ok("spinup", *words)
        before, hosts = scene.group()["AutoScalingGroupName"], scene.host_ids()
        scene.ok("spindownandup", *words)
    assert scene.group()["AutoScalingGroupName"] != before
    assert len(scene.host_ids()) == 2 and not set(hosts) & set(scene.host_ids())
    assert len(scene.templates()) == 1


def test_spindownandup_takes_nothing_down_that_cannot_come_up(scene: Scene) -> None:
    scene.ok("spinup", *pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n"))
    words = pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n2,mhcnone,,1,,,,no,\n")
    assert "mhcnone" in scene.fails("spindownandup", *words)
    assert hostclasses(scene) == ["mhcfoo"] and scene.cloud.writes() == []


def test_spindown_goes_on_after_a_failure_and_says_so(scene: Scene) -> None:
    scene.make_image("mhcbar")
    words = pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n1,mhcbar,,1,,,,no,\n")
    scene.ok("spinup", *words)
    scene.cloud.fault({"operation": "DeleteAutoScalingGroup", "nth": "1", "error": "ScalingActivityInProgress",
                       "message": "busy"})
    done = scene.aws("spindown", *words)
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    assert done.returncode == 1 and "busy" in error
    assert done.stderr.count("busy") == 1, "each failure is said once"
    assert len(scene.groups()) == 1
    scene.cloud.heal()
    scene.ok("spindown", *words)
    assert scene.groups() == [] and scene.templates() == []


@pytest.mark.parametrize("tool,words", [
    ("disco_aws.py", ("provision", "--hostclass", "mhcfoo", "--desired-size", "1")),
    ("disco_aws.py", ("spinup", "--pipeline", "p.csv")), ("disco_aws.py", ("spindownandup", "--pipeline", "p.csv")),
    ("disco_aws.py", ("isready", "--hostclass", "mhcfoo")), ("disco_creds.py", ("list",)),
])
@pytest.mark.parametrize("file", ["disco_aws.ini", "disco_vpc.ini"])
def test_core_06_a_broken_file_is_reported_before_any_call(
    scene: Scene, file: str, tool: str, words: tuple[str, ...]
) -> None:
    pipeline(scene, HEADER + "1,mhcfoo,,1,,,,no,\n")
    text = (scene.asiaq.folder / file).read_text()
    scene.asiaq.write(file, text + "[mhcx]\nno separator\n")
    error = scene.fails(*words, tool=tool)
    assert f"/{file}:{len(text.splitlines()) + 2}: " in error
    assert scene.cloud.requests() == []


def test_10_a_quote_that_is_never_closed_is_reported_with_its_line(scene: Scene) -> None:
    error = scene.fails("spinup", *pipeline(scene, 'sequence,hostclass\n1,mhcfoo\n2,"mhcbar\n'))
    assert "p.csv:3: " in error
    assert scene.cloud.requests() == []
