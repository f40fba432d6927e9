"""What a killed run leaves is finished, or removed, by the next (scenario 18)."""

from __future__ import annotations

import signal

import pytest

from .conftest import Asiaq, Cloud, Tap

VPC = "disco_vpc_ui.py"
CREATE = [VPC, "create", "--name", "demo", "--type", "sandbox"]
DESTROY = [VPC, "destroy", "--name", "demo"]
HOSTCLASSES = "[disco_aws]\n[mhcproxy]\nip_address=+5\nmeta_network=tunnel\n"
#: Of about 70 writes; the first make single things, later ones come in crowds.
CREATE_SAMPLE = [1, 2, 4, 6, 9, 16, 27, 40, 54, 66, 70]
DESTROY_SAMPLE = [1, 2, 3, 5, 8, 21, 40, 55, 58, 60]


@pytest.fixture
def undisturbed(cloud: Cloud, sandbox: Asiaq) -> dict:
    sandbox.write("disco_aws.ini", HOSTCLASSES)
    sandbox.ok(*CREATE)
    dump = cloud.dump("demo")
    sandbox.ok(*DESTROY)
    cloud.reset()
    return dump


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_scenario_18_a_killed_create_is_completed(
    cloud: Cloud, sandbox: Asiaq, tap: Tap, undisturbed: dict, before: bool
) -> None:
    for at in CREATE_SAMPLE:
        cloud.reset()
        assert tap.killed(sandbox, CREATE, at, before), f"it makes less than {at} writes"
        output = sandbox.ok(*CREATE)
        assert "has been created" in output
        assert cloud.dump("demo") == undisturbed, f"killed at write {at}"


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_scenario_18_a_killed_create_is_removed(
    cloud: Cloud, sandbox: Asiaq, tap: Tap, undisturbed: dict, before: bool
) -> None:
    for at in CREATE_SAMPLE[1:]:
        cloud.reset()
        clean = cloud.everything()
        assert tap.killed(sandbox, CREATE, at, before), f"it makes less than {at} writes"
        sandbox.ok(*DESTROY)
        assert cloud.everything() == clean, f"killed at write {at}"


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_scenario_18_a_killed_destroy_is_completed(
    cloud: Cloud, sandbox: Asiaq, tap: Tap, undisturbed: dict, before: bool
) -> None:
    for at in DESTROY_SAMPLE:
        cloud.reset()
        clean = cloud.everything()
        sandbox.ok(*CREATE)
        assert tap.killed(sandbox, DESTROY, at, before), f"it makes less than {at} writes"
        if cloud.vpcs_named("demo"):
            sandbox.ok(*DESTROY)
        assert cloud.everything() == clean, f"killed at write {at}"


def test_an_unfinished_vpc_of_another_type_is_left_alone(cloud: Cloud, sandbox: Asiaq, tap: Tap) -> None:
    assert tap.killed(sandbox, CREATE, 10, False)
    sandbox.write("disco_vpc.ini", (sandbox.folder / "disco_vpc.ini").read_text().replace("sandbox", "other"))
    cloud.forget_requests()
    error = sandbox.fails(1, VPC, "create", "--name", "demo", "--type", "other")
    assert "unfinished" in error and not cloud.writes()


def test_dynamic_ranges_are_read_back(cloud: Cloud, asiaq: Asiaq, tap: Tap) -> None:
    asiaq.write("disco_vpc.ini", "[envtype:sandbox]\nip_space=10.0.0.0/8\nvpc_cidr_size=20\n"
                "intranet_cidr=auto\ntunnel_cidr=auto\ndmz_cidr=auto\nmaintenance_cidr=auto\n")
    for at in (2, 20, 30, 50):
        cloud.reset()
        assert tap.killed(asiaq, CREATE, at, False)
        before = cloud.vpc("demo")
        half = {n: s["CidrBlock"] for n, s in cloud.subnets(before["VpcId"]).items()}
        asiaq.ok(*CREATE)
        after = cloud.vpc("demo")
        assert (after["VpcId"], after["CidrBlock"]) == (before["VpcId"], before["CidrBlock"])
        whole = {n: s["CidrBlock"] for n, s in cloud.subnets(after["VpcId"]).items()}
        assert len(whole) == 16 and half.items() <= whole.items()


def interrupted(asiaq: Asiaq, tap: Tap, command: list[str], at: int, number: int) -> str:
    """Runs a command and sends it a signal at that write; what it said."""
    original = tap.pass_on
    sent: list[bool] = []

    def interrupting(handler, body: bytes) -> None:
        original(handler, body)
        if tap.writes >= at and tap.victim is not None and not sent:
            sent.append(True)
            tap.victim.send_signal(number)

    tap.pass_on = interrupting
    tap.writes = 0
    tap.victim = asiaq.start(*command, AWS_ENDPOINT_URL=tap.endpoint)
    output, errors = tap.victim.communicate(timeout=60)
    assert sent and tap.victim.returncode == 1 and output == ""
    tap.pass_on = original
    tap.victim = None
    return errors


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_create_says_how_to_go_on(cloud: Cloud, sandbox: Asiaq, tap: Tap, number: int) -> None:
    errors = interrupted(sandbox, tap, CREATE, 8, number)
    assert "the same command goes on from here" in errors
    assert "has been created" in sandbox.ok(*CREATE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_destroy_says_how_to_go_on(cloud: Cloud, sandbox: Asiaq, tap: Tap, number: int) -> None:
    clean = cloud.everything()
    sandbox.ok(*CREATE)
    errors = interrupted(sandbox, tap, DESTROY, 8, number)
    assert "the same command goes on from here" in errors
    sandbox.ok(*DESTROY)
    assert cloud.everything() == clean
