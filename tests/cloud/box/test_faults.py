"""`asiaq local faults` and the server of faults alone, as programs meet them."""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest
from asiaq_local.faults.proxy import Proxy, Upstream
from asiaq_local.faults.rules import read_rules
from botocore.exceptions import ClientError

from box_under_test import ROOT, BoxUnderTest, running_box

FORM = {
    "Content-Type": "application/x-www-form-urlencoded",
    "Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-west-2/ec2/aws4_request",
    "User-Agent": "raw",
}


@pytest.fixture(scope="module")
def api(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxUnderTest]:
    """A box of these tests' own: one of them resets it."""
    state = str(tmp_path_factory.mktemp("state"))
    with running_box("faults", key, "--no-hosts", ASIAQ_BOX_STATE=state) as running:
        yield running


@pytest.fixture
def faulty(api: BoxUnderTest) -> Iterator[BoxUnderTest]:
    """A box whose faults end with the test."""
    yield api
    api.local("faults", "clear")


def connect(endpoint: str) -> http.client.HTTPConnection:
    parts = urllib.parse.urlsplit(endpoint)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)


def describe_vpcs(endpoint: str) -> http.client.HTTPResponse:
    connection = connect(endpoint)
    connection.request("POST", "/", "Action=DescribeVpcs&Version=2016-11-15", FORM)
    return connection.getresponse()


def test_a_fault_is_typed_listed_struck_and_cleared(faulty: BoxUnderTest) -> None:
    words = "--service ec2 --operation DescribeVpcs --nth 2 --error RequestLimitExceeded"
    added = faulty.local("faults", "add", *words.split())
    assert added.stdout == "" and added.stderr == "asiaq local: faults in force: 1\n"
    ec2 = faulty.client("ec2")
    ec2.describe_vpcs()
    with pytest.raises(ClientError, match="RequestLimitExceeded") as caught:
        ec2.describe_vpcs()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 503
    ec2.describe_vpcs()
    assert faulty.local("faults").stdout == f"  1      1 of 3      {words}\n"
    (listed,) = json.loads(faulty.local("faults", "list", "--json").stdout)["rules"]
    assert (listed["struck"], listed["rule"]["error"]) == (1, "RequestLimitExceeded")
    faulty.local("faults", "clear", "1")
    assert faulty.local("faults").stdout == ""


def test_what_cannot_be_is_one_line(faulty: BoxUnderTest) -> None:
    for words, reason in (
        (["add"], "A fault needs something to do, such as --error CODE or --delay SECONDS."),
        (["add", "--states", "a,,b"], "--states needs words with commas between them, such as pending,pending."),
        (["clear", "7"], "There is no fault 7; 'asiaq local faults' lists them."),
    ):
        done = faulty.local("faults", *words, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"ERROR asiaq local: {reason}\n")


def test_the_log_tells_which_calls_were_struck_and_whether_they_were_carried_out(faulty: BoxUnderTest) -> None:
    ec2 = faulty.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    faulty.local("faults", "add", "--operation", "CreateVpc", "--drop", "after")
    faulty.local("requests", "--reset")
    with pytest.raises((botocore.exceptions.ConnectionClosedError, botocore.exceptions.EndpointConnectionError)):
        ec2.create_vpc(CidrBlock="10.0.0.0/16")
    assert len(ec2.describe_vpcs()["Vpcs"]) == before + 1
    entries = json.loads(faulty.local("requests", "--json").stdout)
    assert [(e["operation"], e["status"], e["fault"], e["carried_out"]) for e in entries] == [
        ("CreateVpc", 0, "drop after", True),
        ("DescribeVpcs", 200, "", True),
    ]
    assert "ec2:CreateVpc client  [drop after]" in faulty.local("requests").stdout
    assert json.loads(faulty.local("requests", "--counts", "--json").stdout)["ec2:CreateVpc"]["failed"] == 1


def test_a_script_comes_from_a_file_and_survives_a_reset(faulty: BoxUnderTest, tmp_path: Path) -> None:
    script = tmp_path / "faults.json"
    script.write_text(json.dumps({"seed": 1, "rules": [{"error": "SlowDown", "chance": 0.5}, {"delay": 0.01}]}))
    faulty.local("faults", "add", "--script", str(script))
    faulty.local("reset")
    assert faulty.local("faults").stdout.endswith("seed 1\n")


def test_every_answer_takes_a_while(faulty: BoxUnderTest) -> None:
    faulty.local("faults", "add", "--delay", "0.2")
    begin = time.monotonic()
    faulty.client("ec2").describe_vpcs()
    assert time.monotonic() - begin >= 0.2


def test_faults_of_the_box_leave_its_own_words_alone(faulty: BoxUnderTest) -> None:
    faulty.local("faults", "add", "--drop", "before")
    assert json.loads(faulty.local("status", "--json").stdout)["running"]


@pytest.fixture
def proxy(api: BoxUnderTest) -> Iterator[Proxy]:
    """A server of faults in front of the box."""
    started = Proxy(Upstream(api.variables["AWS_ENDPOINT_URL"]))
    yield started
    started.close()


def add(proxy: Proxy, **rule: Any) -> None:
    proxy.script.add(read_rules([rule]))


def test_without_faults_the_proxy_passes_everything_on(api: BoxUnderTest, proxy: Proxy) -> None:
    def client(service: str) -> Any:
        return boto3.client(
            service, endpoint_url=proxy.endpoint, region_name="us-west-2", aws_access_key_id="a",
            aws_secret_access_key="b", config=botocore.config.Config(retries={"total_max_attempts": 1}),
        )  # fmt: skip

    s3 = client("s3")
    s3.create_bucket(Bucket="behind", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket="behind", Key="a/b c+ü", Body=b"x" * 100_000, Metadata={"a": "b"})
    found = s3.get_object(Bucket="behind", Key="a/b c+ü")
    assert found["Body"].read() == b"x" * 100_000 and found["Metadata"] == {"a": "b"}
    assert s3.head_object(Bucket="behind", Key="a/b c+ü")["ContentLength"] == 100_000
    s3.delete_object(Bucket="behind", Key="a/b c+ü")
    s3.delete_bucket(Bucket="behind")
    client("dynamodb").list_tables()
    vpc = client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    api.client("ec2").delete_vpc(VpcId=vpc)
    operations = [entry["operation"] for entry in proxy.requests.entries()]
    assert operations == ["CreateBucket", "PutObject", "GetObject", "HeadObject", "DeleteObject", "DeleteBucket",
                          "ListTables", "CreateVpc"]  # fmt: skip


def test_connections_of_the_proxy_are_reused(proxy: Proxy) -> None:
    connection = connect(proxy.endpoint)
    sockets = set()
    for _ in range(3):
        connection.request("POST", "/", "Action=DescribeVpcs&Version=2016-11-15", FORM)
        assert connection.getresponse().read()
        sockets.add(connection.sock.getsockname())  # type: ignore[union-attr]
    assert len(sockets) == 1


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_reset_is_a_reset(proxy: Proxy, moment: str) -> None:
    add(proxy, drop=moment)
    with pytest.raises(ConnectionResetError):
        describe_vpcs(proxy.endpoint)


def test_an_orderly_end_is_not_a_reset(proxy: Proxy) -> None:
    add(proxy, drop="before", close=True)
    with pytest.raises(http.client.RemoteDisconnected):
        describe_vpcs(proxy.endpoint)


def test_a_body_that_nobody_read(proxy: Proxy) -> None:
    add(proxy, drop="headers", operation="PutObject")
    connection = connect(proxy.endpoint)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        connection.request("PUT", "/bucket/key", b"x" * 50_000_000, {"Authorization": FORM["Authorization"].replace("/ec2/", "/s3/")})
        connection.getresponse()
    assert proxy.requests.entries()[0]["carried_out"] is False


def test_a_truncated_body_ends_early(proxy: Proxy) -> None:
    add(proxy, truncate=30)
    with pytest.raises(http.client.IncompleteRead) as caught:
        describe_vpcs(proxy.endpoint).read()
    assert len(caught.value.partial) == 30


@pytest.mark.parametrize("error", [7, -7])
def test_a_length_that_is_wrong(proxy: Proxy, error: int) -> None:
    whole = len(describe_vpcs(proxy.endpoint).read())
    add(proxy, length=error)
    answer = describe_vpcs(proxy.endpoint)
    assert answer.headers["Content-Length"] == str(whole + error)
    if error < 0:
        assert len(answer.read()) == whole - 7
    else:
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


def test_the_clock_of_a_service_is_in_its_answers(proxy: Proxy) -> None:
    add(proxy, skew=-86400.0)
    date = describe_vpcs(proxy.endpoint).headers.get_all("Date")
    assert date is not None and len(date) == 1
    from email.utils import parsedate_to_datetime

    assert 86300 < time.time() - parsedate_to_datetime(date[0]).timestamp() < 86500


def test_alone_it_answers_from_its_script(tmp_path: Path) -> None:
    script = tmp_path / "faults.json"
    page = "<DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></DescribeVpcsResponse>"
    script.write_text(json.dumps([{"operation": "DescribeVpcs", "answer": page}]))
    process = subprocess.Popen(
        [sys.executable, "-m", "asiaq_local.faults", "--script", str(script)],
        cwd=ROOT / "local", stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        ec2 = boto3.client(
            "ec2", endpoint_url=process.stdout.readline().strip(), region_name="us-west-2",
            aws_access_key_id="a", aws_secret_access_key="b",
        )  # fmt: skip
        assert [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]] == ["vpc-1"]
        with pytest.raises(ClientError, match="No rule answers ec2:DescribeSubnets"):
            ec2.describe_subnets()
    finally:
        process.terminate()
        process.wait(10)
