"""asiaq vpc show and graph."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ElementTree

from network_scenes import IMAGE, allocate

from .conftest import Asiaq, Cloud
from .test_vpc_update import configure

VPC = "disco_vpc_ui.py"
CREATE = [VPC, "create", "--name", "demo", "--type", "sandbox"]


def kinds(rows: list[dict], kind: str) -> list[dict]:
    return [row for row in rows if row["kind"] == kind]


def test_show_lists_everything_there_is(cloud: Cloud, asiaq: Asiaq) -> None:
    configure(asiaq, tunnel_nat_gateways=" ".join(allocate(cloud, 4)), nat_gateway_routes="intranet/tunnel")
    asiaq.ok(*CREATE)
    vpc_id = cloud.vpc("demo")["VpcId"]
    subnet = cloud.subnets(vpc_id)["demo_tunnel_us-west-2b"]["SubnetId"]
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "hostclass", "Value": "mhcproxy"}]}]
    (host,) = cloud.ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=tags)["Instances"]
    other = cloud.ec2.create_vpc(CidrBlock="10.200.0.0/16", TagSpecifications=[
        {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": "peer"}]}])["Vpc"]["VpcId"]  # fmt: skip
    peering = cloud.ec2.create_vpc_peering_connection(VpcId=vpc_id, PeerVpcId=other)["VpcPeeringConnection"]
    cloud.forget_requests()
    rows = json.loads(asiaq.ok("asiaq", "vpc", "show", "--name", "demo", "--output", "json"))
    assert len(cloud.reads()) <= 11 and not cloud.writes(), cloud.reads()
    assert kinds(rows, "vpc") == [{"kind": "vpc", "name": "demo", "type": "sandbox", "cidr": "10.101.0.0/16",
                                   "id": vpc_id, "state": "available"}]  # fmt: skip
    assert [(r["metanetwork"], r["cidr"]) for r in kinds(rows, "metanetwork")] == [
        ("intranet", "10.101.0.0/20"), ("tunnel", "10.101.16.0/20"), ("dmz", "10.101.32.0/20"),
        ("maintenance", "10.101.48.0/20")]  # fmt: skip
    subnets = kinds(rows, "subnet")
    assert len(subnets) == 16 and sum(r["nat_gateway_id"] is not None for r in subnets) == 4
    assert {"kind": "rule", "metanetwork": "intranet", "protocol": "tcp", "ports": "2181", "source": "dmz"} in rows
    assert sum(r["target"].startswith("nat-") for r in kinds(rows, "route")) == 4
    assert {r["gateway"] for r in kinds(rows, "gateway")} == {"internet gateway", "NAT gateway", "S3 endpoint"}
    assert kinds(rows, "peering") == [{"kind": "peering", "id": peering["VpcPeeringConnectionId"],
                                       "status": "pending-acceptance", "other": "peer", "other_cidr": "10.200.0.0/16"}]  # fmt: skip
    (shown,) = kinds(rows, "host")
    assert (shown["metanetwork"], shown["hostclass"], shown["id"], shown["zone"]) == (
        "tunnel", "mhcproxy", host["InstanceId"], "us-west-2b")  # fmt: skip


def test_show_as_text(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    text = sandbox.ok("asiaq", "vpc", "show", "--name", "demo")
    assert text.startswith("environment\n  name  type     cidr")
    assert "\nmetanetworks\n  metanetwork  cidr" in text
    assert "  dmz          us-west-2a  54.201.1.1/32  igw-" in text
    assert "hosts" not in text and not any(line != line.rstrip() for line in text.splitlines())


def test_show_and_graph_of_nothing(cloud: Cloud, sandbox: Asiaq) -> None:
    for command in ("show", "graph"):
        assert "no VPC has the name demo" in sandbox.fails(2, "asiaq", "vpc", command, "--name", "demo")
        sandbox.fails(2, "asiaq", "vpc", command)


def test_graph_is_a_picture(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    dot = sandbox.ok("asiaq", "vpc", "graph", "--name", "demo", "--output", "dot")
    assert '"metanetwork dmz" -> "metanetwork intranet" [label="tcp 0-65535\\ntcp 2181"];' in dot
    assert dot == sandbox.ok("asiaq", "vpc", "graph", "--name", "demo", "--output", "dot")
    picture = ElementTree.fromstring(sandbox.ok("asiaq", "vpc", "graph", "--name", "demo"))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    texts = {element.text for element in picture.iter("{http://www.w3.org/2000/svg}text")}
    assert {"intranet", "tunnel", "dmz", "maintenance"} <= texts


def test_graph_says_what_to_install(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.ok(*CREATE)
    bare = sandbox.environment["PATH"].split(":")[0]
    assert os.path.exists(f"{bare}/asiaq")
    error = sandbox.fails(1, f"{bare}/asiaq", "vpc", "graph", "--name", "demo", PATH=bare)
    assert "install the package graphviz" in error
