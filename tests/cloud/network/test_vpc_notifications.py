"""Topics and subscriptions that create and update make (scenario 17)."""

from __future__ import annotations

from .conftest import Asiaq, Cloud, counts

VPC = "disco_vpc_ui.py"
CREATE = [VPC, "create", "--name", "demo", "--type", "sandbox"]
UPDATE = [VPC, "update", "--name", "demo"]
ALARMS = """[notifications]
team_demo_critical=a@x.com, b@x.com
demo_info=https://h/x
team_other_critical=c@x.com
"""


def subscriptions(cloud: Cloud) -> dict[str, set[tuple[str, str]]]:
    sns = cloud.client("sns")
    found: dict[str, set[tuple[str, str]]] = {}
    for topic in sns.list_topics()["Topics"]:
        listed = sns.list_subscriptions_by_topic(TopicArn=topic["TopicArn"])["Subscriptions"]
        assert len(listed) == len({(s["Protocol"], s["Endpoint"]) for s in listed})
        found[topic["TopicArn"].split(":")[-1]] = {(s["Protocol"], s["Endpoint"]) for s in listed}
    return found


EXPECTED = {
    "team_demo_critical": {("email", "a@x.com"), ("email", "b@x.com")},
    "demo_info": {("https", "https://h/x")},
}


def test_scenario_17_topics_are_made_and_outlive_the_environment(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_alarms.ini", ALARMS)
    sandbox.ok(*CREATE)
    assert subscriptions(cloud) == EXPECTED
    cloud.forget_requests()
    sandbox.ok(*UPDATE)
    assert not cloud.writes() and len(cloud.reads()) <= 12
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert subscriptions(cloud) == EXPECTED
    cloud.forget_requests()
    sandbox.ok(*CREATE)
    assert subscriptions(cloud) == EXPECTED and "Subscribe" not in counts(cloud.writes())


def test_scenario_17_an_update_adds_what_is_missing(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    sandbox.write("disco_alarms.ini", ALARMS.replace(", b@x.com", ""))
    assert "create    topic demo_info" in sandbox.ok(*UPDATE, "--dry-run")
    assert subscriptions(cloud) == {}
    sandbox.ok(*UPDATE)
    sandbox.write("disco_alarms.ini", ALARMS)
    cloud.forget_requests()
    sandbox.ok(*UPDATE)
    assert counts(cloud.writes()) == {"Subscribe": 1} and subscriptions(cloud) == EXPECTED


def test_scenario_17_a_wrong_level_comes_before_any_write(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_alarms.ini", ALARMS + "team_demo_urgent=a@x.com\n")
    error = sandbox.fails(1, *CREATE)
    assert "urgent" in error and "disco_alarms.ini:5" in error
    sandbox.write("disco_alarms.ini", ALARMS + "demo_info_critical=nobody\nx_demo_info=nobody\n")
    assert "'nobody' is neither a URL nor an e-mail address" in sandbox.fails(1, *CREATE)
    assert not cloud.writes()


def test_what_is_not_configured_is_named_and_kept(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_alarms.ini", ALARMS)
    sandbox.ok(*CREATE)
    sandbox.write("disco_alarms.ini", "[notifications]\nteam_demo_critical=a@x.com\n")
    done = sandbox(*UPDATE)
    assert done.returncode == 0
    assert "topic demo_info" in done.stderr and "subscription of b@x.com to topic team_demo_critical" in done.stderr
    assert subscriptions(cloud) == EXPECTED


def test_without_a_configuration_nobody_is_told(cloud: Cloud, sandbox: Asiaq) -> None:
    done = sandbox(*CREATE)
    assert done.returncode == 0 and done.stderr.count("nobody will be told of alarms") == 1
    assert subscriptions(cloud) == {}
