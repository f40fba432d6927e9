"""How a call goes through the faults in force; no sockets, no real time."""

from __future__ import annotations

import json
import urllib.parse
from datetime import UTC, datetime
from typing import Any

import pytest
from asiaq_local.faults.call import Call
from asiaq_local.faults.rules import read_rules
from asiaq_local.faults.script import Script
from asiaq_local.http_server import Ending, Reply

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VPC, OTHER = "vpc-0123456789abcdef0", "vpc-11111111111111111"
VPCS = (
    '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet>'
    f"<item><vpcId>{VPC}</vpcId><state>available</state></item>"
    f"<item><vpcId>{OTHER}</vpcId><state>available</state></item>"
    "</vpcSet></DescribeVpcsResponse>"
)


def ec2(operation: str, agent: str = "asiaq/3", region: str = "us-west-2", **parameters: str) -> Call:
    body = urllib.parse.urlencode({"Action": operation, "Version": "2016-11-15", **parameters})
    return made("ec2", body, agent, region, CONTENT_TYPE="application/x-www-form-urlencoded")


def made(service: str, body: str, agent: str = "asiaq/3", region: str = "us-west-2", **environ: str) -> Call:
    return Call.of(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "HTTP_USER_AGENT": agent,
            "HTTP_X_AMZ_DATE": NOW.strftime("%Y%m%dT%H%M%SZ"),
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 Credential=A/20260102/{region}/{service}/aws4_request",
            **environ,
        },
        body.encode(),
    )


def dynamodb(operation: str, **parameters: Any) -> Call:
    target = f"DynamoDB_20120810.{operation}"
    return made("dynamodb", json.dumps(parameters), HTTP_X_AMZ_TARGET=target)


class Stage:
    """A script with a clock that only moves when told, and a service that always answers the same."""

    def __init__(self, *rules: dict[str, Any], seed: int = 0, answer: str = VPCS) -> None:
        self.now = NOW.timestamp()
        self.slept: list[float] = []
        self.carried_out: list[Call] = []
        self.answer = answer
        self.script = Script(lambda: self.now, lambda: self.now, self.slept.append)
        self.script.add(read_rules({"rules": list(rules), "seed": seed}))

    def ask(self, call: Call) -> Reply:
        self.carried_out.append(call)
        return Reply(200, [("Content-Type", "text/xml")], self.answer.encode())

    def __call__(self, call: Call) -> Reply:
        return self.script.carry(call, self.ask).reply

    def statuses(self, call: Call, count: int) -> list[int]:
        return [self(call).status for _ in range(count)]


def test_the_second_call_of_an_operation_fails_and_is_not_carried_out() -> None:
    stage = Stage({"operation": "DescribeVpcs", "nth": 2, "error": "RequestLimitExceeded"})
    stage(ec2("DescribeSubnets"))
    assert stage.statuses(ec2("DescribeVpcs"), 3) == [200, 503, 200]
    assert len(stage.carried_out) == 3


def test_an_error_after_the_work_was_done() -> None:
    stage = Stage({"error": "InternalError", "carried_out": True})
    outcome = stage.script.carry(ec2("CreateVpc"), stage.ask)
    assert (outcome.reply.status, outcome.carried_out, len(stage.carried_out)) == (500, True, 1)


def test_errors_are_in_the_form_of_the_service() -> None:
    stage = Stage({"error": "Nope", "message": "a < b", "status": 418})
    assert b"<Response><Errors><Error><Code>Nope</Code><Message>a &lt; b" in stage(ec2("DescribeVpcs")).content
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    answer = stage(made("iam", "Action=ListUsers&Version=2010-05-08", **form)).content
    assert answer.startswith(b"<ErrorResponse><Error><Type>Sender</Type><Code>Nope</Code>")
    assert stage(made("s3", "", PATH_INFO="/b/k", REQUEST_METHOD="GET")).content.startswith(b"<Error><Code>Nope</Code>")
    reply = stage(dynamodb("ListTables"))
    assert reply.status == 418 and json.loads(reply.content) == {"__type": "Nope", "message": "a < b"}


@pytest.mark.parametrize(
    "code, status", [("RequestLimitExceeded", 503), ("Throttling", 400), ("InternalError", 500), ("NoSuchEntity", 404)]
)
def test_codes_have_the_status_of_aws(code: str, status: int) -> None:
    assert Stage({"error": code})(ec2("DescribeVpcs")).status == status


def test_hints_are_headers() -> None:
    reply = Stage({"error": "SlowDown", "retry_after": 3, "retry_after_ms": 1500})(ec2("DescribeVpcs"))
    assert ("Retry-After", "3") in reply.headers and ("x-amz-retry-after", "1500") in reply.headers


def test_at_most_so_often() -> None:
    assert Stage({"error": "SlowDown", "times": 2}).statuses(ec2("DescribeVpcs"), 4) == [503, 503, 200, 200]


def test_a_delay_counts_from_the_beginning_and_goes_with_another_fault() -> None:
    stage = Stage({"delay": 2.0}, {"error": "SlowDown", "nth": 2})
    assert stage.statuses(ec2("DescribeVpcs"), 2) == [200, 503] and stage.slept == [2.0, 2.0]


def test_chances_come_from_the_seed_and_the_number_of_the_call() -> None:
    rule = {"error": "RequestLimitExceeded", "chance": 0.3}
    first = Stage(rule, seed=1).statuses(ec2("DescribeVpcs"), 400)
    mixed = Stage(rule, seed=1)
    again = []
    for _ in range(400):
        mixed(ec2("DescribeSubnets"))
        again.append(mixed(ec2("DescribeVpcs")).status)
    assert first == again and first != Stage(rule, seed=2).statuses(ec2("DescribeVpcs"), 400)
    assert 80 < first.count(503) < 160


def test_a_script_that_was_cleared_meets_the_same_chances_again() -> None:
    stage = Stage({"error": "SlowDown", "chance": 0.5})
    first = stage.statuses(ec2("DescribeVpcs"), 50)
    assert stage.script.clear()
    stage.script.add(read_rules([{"error": "SlowDown", "chance": 0.5}]))
    assert stage.statuses(ec2("DescribeVpcs"), 50) == first


def test_the_first_rule_that_refuses_a_call_is_the_last_that_counts_it() -> None:
    stage = Stage({"error": "SlowDown", "nth": 1}, {"error": "InternalError", "nth": 1})
    assert stage.statuses(ec2("DescribeVpcs"), 3) == [503, 500, 200]


def test_a_rule_can_be_cleared_by_its_number() -> None:
    stage = Stage({"error": "SlowDown"}, {"error": "InternalError"})
    assert stage.script.clear(1) and not stage.script.clear(1)
    assert stage(ec2("DescribeVpcs")).status == 500


def test_the_facts_tell_how_often_a_rule_struck() -> None:
    stage = Stage({"operation": "DescribeVpcs", "nth": "2-", "error": "SlowDown"})
    stage.statuses(ec2("DescribeVpcs"), 3)
    stage(ec2("DescribeSubnets"))
    (facts,) = stage.script.facts()["rules"]
    assert (facts["met"], facts["struck"]) == (3, 2)


@pytest.mark.parametrize("close, ending", [(False, Ending.RESET), (True, Ending.CLOSED)])
def test_connections_end_before_or_after_the_work(close: bool, ending: Ending) -> None:
    before = Stage({"drop": "before", "close": close})
    assert before(ec2("CreateVpc")).delivery.dropped is ending and before.carried_out == []
    after = Stage({"drop": "after", "close": close})
    assert after(ec2("CreateVpc")).delivery.dropped is ending and len(after.carried_out) == 1


def test_requests_whose_headers_name_them_are_dropped_before_their_body_and_counted_once() -> None:
    stage = Stage({"drop": "headers", "nth": 1})
    put = made("s3", "", PATH_INFO="/b/k", REQUEST_METHOD="PUT")
    outcome = stage.script.at_headers(put)
    assert outcome is not None and outcome.reply.delivery.dropped is Ending.RESET
    assert stage.script.at_headers(put) is None and stage(put).status == 200
    # A form has its name in the body: it is dropped when that is read.
    form = Stage({"drop": "headers", "operation": "CreateVpc"})
    assert form.script.at_headers(ec2("CreateVpc")) is None
    assert form(ec2("CreateVpc")).delivery.dropped is Ending.RESET and form.carried_out == []


def test_damage_leaves_the_answer_to_be_sent_badly() -> None:
    assert Stage({"truncate": 20})(ec2("DescribeVpcs")).delivery.cut_after == 20
    assert Stage({"length": -5})(ec2("DescribeVpcs")).delivery.length_error == -5


def test_a_page_of_html() -> None:
    reply = Stage({"html": 502})(ec2("DescribeVpcs"))
    assert reply.status == 502 and reply.content.startswith(b"<html>") and ("Content-Type", "text/html") in reply.headers


def test_a_repeated_token_never_ends() -> None:
    stage = Stage({"repeat_token": True})
    first = stage(ec2("DescribeVpcs"))
    again = stage(ec2("DescribeVpcs", NextToken="the-same-page-again"))
    assert b"<nextToken>the-same-page-again</nextToken>" in first.content and first == again
    assert all(call.parameter("NextToken") is None for call in stage.carried_out)


def test_an_empty_page_comes_before_the_first() -> None:
    stage = Stage({"empty_page": True})
    first, second = stage(ec2("DescribeVpcs")), stage(ec2("DescribeVpcs", NextToken="after-the-empty-page"))
    assert b"vpcId" not in first.content and b"<nextToken>after-the-empty-page</nextToken>" in first.content
    assert second.content.decode() == VPCS and stage.carried_out[1].parameter("NextToken") is None


def test_pages_of_json_services_have_tokens_too() -> None:
    stage = Stage({"empty_page": True}, answer='{"TableNames": ["a"]}')
    assert json.loads(stage(dynamodb("ListTables")).content) == {
        "TableNames": [], "LastEvaluatedTableName": "after-the-empty-page"}  # fmt: skip
    assert json.loads(stage(dynamodb("ListTables", ExclusiveStartTableName="after-the-empty-page")).content) == {
        "TableNames": ["a"]}  # fmt: skip
    assert stage.carried_out[1].parameter("ExclusiveStartTableName") is None


def test_pages_of_iam_say_that_there_are_more() -> None:
    answer = "<ListUsersResponse><ListUsersResult><Users><member/></Users><IsTruncated>false</IsTruncated></ListUsersResult></ListUsersResponse>"
    stage = Stage({"repeat_token": True}, answer=answer)
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    content = stage(made("iam", "Action=ListUsers&Version=2010-05-08", **form)).content.decode()
    assert "<IsTruncated>true</IsTruncated>" in content and "<Marker>the-same-page-again</Marker>" in content


def test_what_does_not_page_has_no_tokens() -> None:
    stage = Stage({"repeat_token": True})
    assert stage(ec2("CreateVpc")).content.decode() == VPCS


CREATED = f"<CreateVpcResponse><vpc><vpcId>{VPC}</vpcId></vpc></CreateVpcResponse>"


def test_what_was_made_is_unknown_to_the_next_calls_that_name_it() -> None:
    stage = Stage({"operation": "CreateVpc", "invisible": 2}, answer=CREATED)
    stage(ec2("CreateVpc", CidrBlock="10.0.0.0/16"))
    reply = stage(ec2("DescribeVpcAttribute", VpcId=VPC))
    assert reply.status == 400 and b"<Code>InvalidVpcID.NotFound</Code>" in reply.content and VPC.encode() in reply.content
    assert stage(ec2("DescribeVpcAttribute", VpcId=OTHER)).status == 200
    assert stage.statuses(ec2("CreateSubnet", VpcId=VPC), 3) == [400, 200, 200]


def test_lists_leave_out_what_is_not_visible_yet() -> None:
    stage = Stage({"operation": "CreateVpc", "invisible": 1}, answer=CREATED)
    stage(ec2("CreateVpc"))
    stage.answer = VPCS
    first = stage(ec2("DescribeVpcs")).content
    assert VPC.encode() not in first and OTHER.encode() in first
    assert VPC.encode() in stage(ec2("DescribeVpcs")).content


def test_other_programs_see_everything_at_once() -> None:
    stage = Stage({"operation": "CreateVpc", "agent": "asiaq", "invisible": 5}, answer=CREATED)
    stage(ec2("CreateVpc"))
    assert stage(ec2("CreateSubnet", agent="Boto3/1.0", VpcId=VPC)).status == 200


def test_names_of_iam_take_their_time() -> None:
    stage = Stage({"service": "iam", "operation": "CreateRole", "invisible": 1}, answer="<a/>")
    form = {"CONTENT_TYPE": "application/x-www-form-urlencoded"}
    stage(made("iam", "Action=CreateRole&RoleName=r&Version=2010-05-08", **form))
    get = made("iam", "Action=GetRole&RoleName=r&Version=2010-05-08", **form)
    assert b"NoSuchEntity" in stage(get).content and stage(get).status == 200


def test_each_resource_goes_through_its_states() -> None:
    stage = Stage({"operation": "DescribeVpcs", "states": "pending,pending"})
    assert [stage(ec2("DescribeVpcs")).content.count(b"<state>pending</state>") for _ in range(3)] == [2, 2, 0]


def test_states_of_instances_have_their_code() -> None:
    stage = Stage(
        {"states": "pending"},
        answer="<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-0123456789abcdef0</instanceId>"
        "<instanceState><code>16</code><name>running</name></instanceState></item></instancesSet></item></reservationSet>"
        "</DescribeInstancesResponse>",
    )
    first, second = stage(ec2("DescribeInstances")).content, stage(ec2("DescribeInstances")).content
    assert b"<code>0</code><name>pending</name>" in first and b"<code>16</code><name>running</name>" in second


def test_states_of_other_services_are_named_by_their_field() -> None:
    stage = Stage({"states": "CREATING", "field": "TableStatus"}, answer='{"Table": {"TableStatus": "ACTIVE"}}')
    states = [json.loads(stage(dynamodb("DescribeTable")).content)["Table"]["TableStatus"] for _ in range(2)]
    assert states == ["CREATING", "ACTIVE"]


def test_each_operation_has_a_bucket_that_is_refilled() -> None:
    stage = Stage({"bucket": 2, "refill": 0.5})
    assert stage.statuses(ec2("DescribeVpcs"), 3) == [200, 200, 503]
    assert stage(ec2("DescribeSubnets")).status == 200
    stage.now += 2
    assert stage.statuses(ec2("DescribeVpcs"), 2) == [200, 503]
    stage.now += 1000
    assert stage.statuses(ec2("DescribeVpcs"), 3) == [200, 200, 503]


@pytest.mark.parametrize("skew, status", [(0.0, 200), (290.0, 200), (310.0, 401), (-310.0, 401)])
def test_a_clock_that_differs_too_much_refuses_signatures(skew: float, status: int) -> None:
    assert Stage({"skew": skew})(ec2("DescribeVpcs")).status == status


def test_the_service_tells_its_time_with_every_answer() -> None:
    stage = Stage({"skew": 3600.0})
    reply = stage(made("s3", "", PATH_INFO="/b/k", REQUEST_METHOD="GET"))
    assert ("Date", "Fri, 02 Jan 2026 04:04:05 GMT") in reply.headers and b"RequestTimeTooSkewed" in reply.content
    right = made("s3", "", PATH_INFO="/b/k", REQUEST_METHOD="GET", HTTP_X_AMZ_DATE="20260102T040405Z")
    assert stage(right).status == 200


def test_another_region_is_told_where_to_go() -> None:
    stage = Stage({"service": "s3", "redirect": "eu-west-1"})
    reply = stage(made("s3", "", PATH_INFO="/b", REQUEST_METHOD="GET"))
    assert reply.status == 301 and ("x-amz-bucket-region", "eu-west-1") in reply.headers
    assert b"<Code>PermanentRedirect</Code>" in reply.content and b"<Region>eu-west-1</Region>" in reply.content
    assert stage(made("s3", "", region="eu-west-1", PATH_INFO="/b", REQUEST_METHOD="GET")).status == 200


def test_scripted_answers_need_no_service() -> None:
    stage = Stage({"operation": "DescribeVpcs", "answer": "<a/>", "status": 201})
    reply = stage(ec2("DescribeVpcs"))
    assert (reply.status, reply.content) == (201, b"<a/>") and stage.carried_out == []


def test_a_bad_rule_leaves_none_of_its_script_in_force() -> None:
    stage = Stage()
    with pytest.raises(Exception, match="--states"):
        stage.script.add(read_rules([{"error": "SlowDown"}, {"states": "a,,b"}]))
    assert not stage.script.has_any()
