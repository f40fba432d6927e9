"""What commands that change environments say with `--output json`: one document on stdout, however they end."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections import Counter
from typing import Any

import pytest
from asiaq_local.faults.call import Call
from asiaq_local.faults.proxy import Proxy, Upstream
from asiaq_local.http_server import Reply
from kill_switch import run_and_interrupt

from .conftest import SANDBOX, Asiaq, Cloud, name_of
from .test_vpc_peerings import both, connections

__all__ = ["both"]

CREATE = ("asiaq", "vpc", "create", "--name", "demo", "--type", "sandbox", "--output", "json")
UPDATE = ("asiaq", "vpc", "update", "--name", "demo", "--output", "json")
DESTROY = ("asiaq", "vpc", "destroy", "--name", "demo", "--output", "json")
LIMIT_SECONDS = 60.0

Document = dict[str, Any]


def document_of(done: subprocess.CompletedProcess[str]) -> Document:
    """The one document on stdout, once what every such document has is checked."""
    document: Document = json.loads(done.stdout)
    assert list(document)[:2] == ["outcome", "error"] and list(document)[-4:] == ["started", "seconds", "counts", "changes"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["started"]) and document["seconds"] >= 0
    found = Counter(change["outcome"] for change in document["changes"])
    assert document["counts"] == {kind: found[kind] for kind in ("done", "failed", "not_started", "unknown")}
    for change in document["changes"]:
        assert (change["reason"] is not None) == (change["outcome"] == "failed") or change["outcome"] == "unknown", change
        assert all(document["changes"][i]["outcome"] == "done" for i in change["after"]) or \
            change["outcome"] == "not_started", change
    assert ("ERROR" in done.stderr) == (document["outcome"] == "failed") or document["outcome"] == "interrupted"
    return document


def ran(asiaq: Asiaq, command: tuple[str, ...], status: int, **environment: str) -> Document:
    done = asiaq(*command, **environment)
    assert done.returncode == status, done.stderr
    return document_of(done)


def those(document: Document, kind: str, verb: str = "create") -> dict[str, Document]:
    """Changes of a kind of resource by their names."""
    return {change["name"]: change for change in document["changes"] if (change["kind"], change["verb"]) == (kind, verb)}


def ids(document: Document, kind: str) -> dict[str, str]:
    return {name: change["id"] for name, change in those(document, kind).items()}


def test_a_creation_names_all_it_made(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_aws.ini", "[disco_aws]\ndefault_meta_network=intranet\n[mhcbanana]\nip_address=10.101.0.9\n")
    sandbox.write("disco_alarms.ini", "[notifications]\ndemo_critical=a@example.com\n")
    document = ran(sandbox, CREATE, 0)
    vpc_id = cloud.vpc("demo")["VpcId"]
    assert (document["outcome"], document["error"]) == ("done", None)
    assert document["environment"] == {"id": vpc_id, "name": "demo", "type": "sandbox"}
    assert document["counts"]["done"] == len(document["changes"]) > 60
    assert ids(document, "VPC") == {"demo": vpc_id}
    assert ids(document, "subnet") == {name: subnet["SubnetId"] for name, subnet in cloud.subnets(vpc_id).items()}
    assert ids(document, "route table") == {name: table["RouteTableId"] for name, table in cloud.tables(vpc_id).items()}
    groups = cloud.groups(vpc_id)
    assert ids(document, "security group") == {n: g["GroupId"] for n, g in groups.items() if n != "default"}
    (interface,) = cloud.of_vpc("describe_network_interfaces", "NetworkInterfaces", vpc_id)
    assert ids(document, "network interface") == {"10.101.0.9": interface["NetworkInterfaceId"]}
    (endpoint,) = cloud.of_vpc("describe_vpc_endpoints", "VpcEndpoints", vpc_id)
    assert list(ids(document, "S3 endpoint").values()) == [endpoint["VpcEndpointId"]]
    gateway = next(g for g in cloud.ec2.describe_internet_gateways()["InternetGateways"] if name_of(g) == "demo")
    assert ids(document, "internet gateway") == {"demo": gateway["InternetGatewayId"]}
    assert those(document, "internet gateway", "attach")["demo"]["id"] == gateway["InternetGatewayId"]
    assert ids(document, "DHCP options") == {"demo": cloud.vpc("demo")["DhcpOptionsId"]}
    topics = cloud.client("sns").list_topics()["Topics"]
    assert list(ids(document, "topic").values()) == [topic["TopicArn"] for topic in topics] != []


def test_a_write_that_fails_stops_only_what_needs_it(cloud: Cloud, sandbox: Asiaq) -> None:
    cloud.fault({"operation": "CreateDhcpOptions", "error": "DhcpOptionsLimitExceeded", "status": 400})
    done = sandbox(*CREATE)
    assert done.returncode == 1
    document = document_of(done)
    assert document["outcome"] == "failed"
    assert f"ERROR Plan: {document['error']}" in done.stderr.splitlines()
    assert "DhcpOptionsLimitExceeded" in those(document, "DHCP options")["demo"]["reason"]
    assert those(document, "DHCP options", "associate")["demo"]["outcome"] == "not_started"
    assert {change["outcome"] for change in those(document, "subnet").values()} == {"done"}
    # The mark of a finished environment needs everything.
    assert document["counts"]["failed"] == 1 and document["counts"]["not_started"] == 2
    assert document["environment"]["id"] == cloud.vpc("demo")["VpcId"]
    cloud.heal()
    document = ran(sandbox, CREATE, 0)
    assert document["environment"]["id"] == cloud.vpc("demo")["VpcId"] and not those(document, "VPC")
    assert ids(document, "DHCP options") == {"demo": cloud.vpc("demo")["DhcpOptionsId"]}


def test_a_write_that_never_gets_an_answer_is_unknown(cloud: Cloud, sandbox: Asiaq) -> None:
    cloud.fault({"operation": "CreateVpc", "drop": "before"})
    document = ran(sandbox, CREATE, 1, ASIAQ_WAIT_SCALE="0.001")
    change = those(document, "VPC")["demo"]
    assert (change["outcome"], change["id"]) == ("unknown", "") and "CreateVpc" in change["reason"]
    assert document["counts"] == {"done": 0, "failed": 0, "not_started": len(document["changes"]) - 1, "unknown": 1}
    assert document["environment"] == {"id": None, "name": "demo", "type": "sandbox"}
    assert cloud.vpcs_named("demo") == []


def nth_write(number: int) -> Any:
    seen = []

    def is_it(call: Call) -> bool:
        if call.kind == "write":
            seen.append(call)
        return len(seen) >= number

    return is_it


@pytest.mark.parametrize("command", [CREATE, DESTROY])
def test_an_interrupted_run_says_how_far_it_came(cloud: Cloud, sandbox: Asiaq, command: tuple[str, ...]) -> None:
    if command == DESTROY:
        ran(sandbox, CREATE, 0)
    done = run_and_interrupt(cloud, sandbox, command, nth_write(8), signal.SIGINT)
    assert done.returncode == 1
    document = document_of(done)
    assert (document["outcome"], document["error"]) == ("interrupted", None)
    assert document["counts"]["done"] > 0 < document["counts"]["not_started"]
    assert document["counts"]["failed"] == document["counts"]["unknown"] == 0
    made = {change["id"] for change in those(document, "subnet").values() if change["outcome"] == "done"}
    if command == CREATE:
        assert made == {subnet["SubnetId"] for subnet in cloud.subnets(cloud.vpc("demo")["VpcId"]).values()}
    assert ran(sandbox, command, 0)["outcome"] == "done"


def test_a_run_that_is_left_at_once_names_what_is_unknown(cloud: Cloud, sandbox: Asiaq) -> None:
    upstream = Upstream(cloud.endpoint)
    log = sandbox.folder / "log"
    processes: list[subprocess.Popen[str]] = []

    def interrupt_twice(call: Call) -> Reply:
        reply = upstream(call)
        if call.operation != "CreateInternetGateway":
            return reply
        deadline = time.monotonic() + LIMIT_SECONDS
        while not processes and time.monotonic() < deadline:
            time.sleep(0.01)
        processes[0].send_signal(signal.SIGINT)
        while "Interrupted" not in log.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        processes[0].send_signal(signal.SIGINT)
        processes[0].wait(LIMIT_SECONDS)
        return reply

    proxy = Proxy(interrupt_twice)
    try:
        with log.open("w") as errors:
            process = subprocess.Popen(CREATE, cwd=sandbox.folder, text=True, stdout=subprocess.PIPE, stderr=errors,
                                       env={**sandbox.environment, "AWS_ENDPOINT_URL": proxy.endpoint})
            processes.append(process)
            output = process.communicate(timeout=2 * LIMIT_SECONDS)[0]
    finally:
        proxy.close()
    document = document_of(subprocess.CompletedProcess(CREATE, process.returncode, output, log.read_text()))
    assert process.returncode == 1 and document["outcome"] == "interrupted"
    gateway = those(document, "internet gateway")["demo"]
    assert (gateway["outcome"], gateway["id"], gateway["reason"]) == ("unknown", "", None)
    (left,) = [line for line in log.read_text().splitlines() if "Left at once; unknown whether done: " in line]
    assert document["counts"]["unknown"] == 1 + left.partition("done: ")[2].count(", ")
    assert document["environment"]["id"] == cloud.vpc("demo")["VpcId"]
    assert ran(sandbox, CREATE, 0)["outcome"] == "done"


def test_an_update_without_changes_has_none(cloud: Cloud, sandbox: Asiaq) -> None:
    ran(sandbox, CREATE, 0)
    document = ran(sandbox, UPDATE, 0)
    assert (document["outcome"], document["changes"]) == ("done", [])
    sandbox.write("disco_vpc.ini", SANDBOX + "dmz_sg_rules=tcp all 8443\n")
    (change,) = ran(sandbox, UPDATE, 0)["changes"]
    assert change["kind"] == "security group rules" and "add tcp 8443 from dmz" in change["details"]


def test_an_update_that_fails_after_its_changes_says_both(cloud: Cloud, both: Asiaq) -> None:
    both.ok("asiaq", "vpc", "peerings", "--create")
    text = (both.folder / "disco_vpc.ini").read_text()
    both.write("disco_vpc.ini", text.partition("[peerings]")[0].replace("s3_endpoint=no", "s3_endpoint=yes"))
    document = ran(both, ("asiaq", "vpc", "update", "--name", "ci", "--output", "json"), 1)
    assert document["outcome"] == "failed" and "pcx-" in document["error"]
    (change,) = document["changes"]
    assert (change["kind"], change["outcome"]) == ("S3 endpoint", "done")


def test_a_destruction_names_the_environment(cloud: Cloud, sandbox: Asiaq) -> None:
    vpc_id = ran(sandbox, CREATE, 0)["environment"]["id"]
    document = ran(sandbox, DESTROY, 0)
    assert document["outcome"] == "done" and cloud.left_of(vpc_id) == []
    assert document["environment"] == {"id": vpc_id, "name": "demo", "type": "sandbox"}
    assert those(document, "VPC", "delete")["demo"]["id"] == vpc_id


def test_peerings_are_about_no_single_environment(cloud: Cloud, both: Asiaq) -> None:
    document = ran(both, ("asiaq", "vpc", "peerings", "--create", "--output", "json"), 0)
    assert "environment" not in document
    (connection,) = connections(cloud)
    assert list(ids(document, "peering connection").values()) == [connection["VpcPeeringConnectionId"]]
    document = ran(both, ("asiaq", "vpc", "peerings", "--delete", "--output", "json"), 0)
    assert [c["id"] for c in those(document, "peering connection", "delete").values()] == [connection["VpcPeeringConnectionId"]]


def test_a_command_that_is_refused_prints_no_document(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.fails(1, *CREATE[:-3], "nope", *CREATE[-2:])
    sandbox.fails(2, *DESTROY)
    sandbox.fails(2, *CREATE[:-4], *CREATE[-2:])
    assert not cloud.writes()
