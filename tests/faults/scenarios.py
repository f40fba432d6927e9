"""The commands that are killed anywhere. A new command is one more entry of SCENARIOS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import data
import networks
from cloud_under_test import CloudUnderTest
from program_under_test import ProgramUnderTest
from sample_types import sandbox_with

Prepare = Callable[[CloudUnderTest, ProgramUnderTest], None]
Rule = dict[str, Any]

TYPES = sandbox_with(ami_stage="tested", credential_buckets="demo")
NATTED = TYPES.replace("sandbox", "natted") + "tunnel_nat_gateways=auto\nnat_gateway_routes=intranet/tunnel\n"
MAIN = """
[disco_aws]
project_name=acme
default_environment=demo
default_meta_network=intranet
default_ssh_key_name=None
default_public_ip=no
default_smoketest_termination=no
default_instance_type=m5.large
[mhcproxy]
ip_address=+5
meta_network=tunnel
"""
PIPELINE = (
    "sequence,hostclass,min_size,desired_size,max_size,instance_type,extra_disk,smoke_test,ami\n"
    "1,mhcone,,1,,,,no,\n1,mhctwo,1,2@1 20 * * *,3,,,no,\n2,mhcthree,,1,,,,no,\n"
)
CREATE = networks.CREATE
CREATE_NATTED = ("asiaq", "vpc", "create", "--name", "demo", "--type", "natted")
UPDATE = ("asiaq", "vpc", "update", "--name", "demo")
DISCONNECT = ("asiaq", "vpc", "peerings", "--delete")
DESTROY = ("asiaq", "vpc", "destroy", "--name", "demo")
#: A bad day of AWS, all at once.
STORM: tuple[Rule, ...] = (
    {"chance": 0.30, "error": "RequestLimitExceeded"},
    {"chance": 0.05, "error": "InternalError"},
    {"chance": 0.02, "drop": "before"},
)
BUCKET = "us-west-2.acme.credentials.demo"


def configure(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """The configuration of all scenarios."""
    asiaq.write("disco_vpc.ini", TYPES + NATTED)
    asiaq.write("disco_aws.ini", MAIN)
    asiaq.write("p.csv", PIPELINE)


def environment(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """With the environment `demo`."""
    configure(cloud, asiaq)
    asiaq.ok(*CREATE)


def credentials(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """With an environment that keeps credentials, one of them."""
    configure(cloud, asiaq)
    made = cloud.ec2.create_vpc(CidrBlock="10.101.0.0/16")["Vpc"]["VpcId"]
    cloud.ec2.create_tags(Resources=[made], Tags=[{"Key": "Name", "Value": "demo"}, {"Key": "type", "Value": "sandbox"}])
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket=BUCKET, Key="old", Body=b"old")


def images(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """With an environment and the images of its pipeline."""
    environment(cloud, asiaq)
    for hostclass in ("mhcone", "mhctwo", "mhcthree"):
        image = cloud.ec2.register_image(
            Name=f"{hostclass} 1465400000", RootDeviceName="/dev/sda1", Architecture="x86_64",
            BlockDeviceMappings=[{"DeviceName": "/dev/sda1", "Ebs": {"VolumeSize": 8}}])["ImageId"]
        cloud.ec2.create_tags(Resources=[image], Tags=[{"Key": "stage", "Value": "tested"}])


@dataclass(frozen=True)
class Scenario:
    """A command that is killed, and what brings the cloud to where it should be."""

    name: str
    command: tuple[str, ...]
    prepare: Prepare = configure
    #: What is run after the kill; the same command if it is empty.
    then: tuple[str, ...] = ()
    #: The rest of an undisturbed run, before its picture is taken.
    finish: tuple[str, ...] = ()
    #: Words of the error with which `then` may end when the killed run had done all there was to do.
    done_already: str = ""
    #: The first write at which it is killed: `then` may have nothing to go on from before.
    first: int = 1
    #: How many lines of difference a kill may leave, and why: AWS has no way to do better.
    leaves: str = ""
    #: Kinds of things that tell how far the killed run came, and are not compared.
    left_out: tuple[str, ...] = ()

    @property
    def recovery(self) -> tuple[str, ...]:
        return self.then or self.command


SCENARIOS = (
    Scenario("vpc create", CREATE, done_already="demo exists already"),
    Scenario("vpc create, then destroy", CREATE, then=DESTROY, finish=DESTROY, done_already="no VPC has the name demo"),
    Scenario("vpc destroy", DESTROY, environment, done_already="no VPC has the name demo"),
    Scenario("vpc create with NAT gateways", CREATE_NATTED, done_already="demo exists already"),
    Scenario("vpc create with NAT gateways, then destroy", CREATE_NATTED, then=DESTROY, finish=DESTROY,
             done_already="no VPC has the name demo"),
    Scenario("vpc create, then update", CREATE, then=UPDATE, first=2),
    Scenario("vpc create with a peering", networks.CREATE_CI, networks.to_be_created_connected, done_already="ci exists already"),
    Scenario("vpc destroy with all that lives in it", DESTROY, networks.to_be_emptied, done_already="no VPC has the name demo"),
    Scenario("vpc create with databases", CREATE, data.databases_to_be_made, done_already="demo exists already"),
    Scenario("vpc create with databases, then destroy", CREATE, data.databases_to_be_made, then=DESTROY, finish=DESTROY,
             done_already="no VPC has the name demo", left_out=("DBSnapshots",)),
    Scenario("vpc destroy with databases and caches", DESTROY, data.data_to_be_removed, done_already="no VPC has the name demo"),
    Scenario("vpc update", UPDATE, networks.to_be_changed),
    Scenario("vpc update back", UPDATE, networks.to_be_changed_back),
    Scenario("vpc update to automatic addresses", UPDATE, networks.to_have_automatic_addresses),
    Scenario("vpc update to configured addresses", UPDATE, networks.to_have_configured_addresses),
    Scenario("vpc update of a central table", UPDATE, networks.to_be_divided),
    Scenario("vpc peerings --create", networks.CONNECT, networks.to_be_connected),
    Scenario("vpc peerings --create, then --delete", networks.CONNECT, networks.to_be_connected, then=DISCONNECT, finish=DISCONNECT),
    Scenario("vpc peerings --delete", DISCONNECT, networks.connected),
    Scenario("eip allocate", ("asiaq", "eip", "allocate"),
             leaves="an address whose number nobody saw; `asiaq eip list` shows it without a holder"),
    Scenario("creds set", ("asiaq", "creds", "set", "--env", "demo", "--key", "old", "--value", "-"), credentials),
    Scenario("aws spinup", ("asiaq", "aws", "--env", "demo", "spinup", "--pipeline", "p.csv"), images),
)  # fmt: skip
