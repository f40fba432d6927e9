"""Databases and caches as they are before a killed command."""

from __future__ import annotations

from cloud_under_test import CloudUnderTest
from data_services import DataServices
from networks import CREATE
from program_under_test import ProgramUnderTest
from sample_types import sandbox_with

_BUCKET = "us-west-2.acme.credentials.demo"
_MAIN = "[disco_aws]\nproject_name=acme\ndefault_domain_name=example.com\n"
_DATABASE = """
[demo-{name}]
engine=postgres
engine_version=15.4
db_instance_class=db.t3.micro
allocated_storage={storage}
master_username=root
"""


def _configure(asiaq: ProgramUnderTest) -> None:
    asiaq.write("disco_vpc.ini", sandbox_with(max_zones="2", credential_buckets="demo"))
    asiaq.write("disco_aws.ini", _MAIN)


def databases_to_be_made(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """`demo` is to have two databases: a new one with parameters, and one that comes back larger from its last snapshot."""
    _configure(asiaq)
    asiaq.write("disco_rds.ini", _DATABASE.format(name="foodb", storage=20) + _DATABASE.format(name="bardb", storage=50))
    asiaq.write("rds/engine_specific/foodb.ini", "[demo]\nmax_connections=200\n")
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    for name in ("foodb", "bardb"):
        s3.put_object(Bucket=_BUCKET, Key=f"rds/{name}/master_user_password", Body=b"a-long-secret\n")
    rds = DataServices(cloud).rds
    rds.create_db_instance(DBInstanceIdentifier="demo-bardb", DBInstanceClass="db.t3.micro", Engine="postgres", EngineVersion="15.4",
                           MasterUsername="root", MasterUserPassword="a-long-secret", AllocatedStorage=20)
    waiting = {"Delay": 0.1, "MaxAttempts": 100}
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="demo-bardb", WaiterConfig=waiting)
    rds.delete_db_instance(DBInstanceIdentifier="demo-bardb", FinalDBSnapshotIdentifier="demo-bardb-final-snapshot")
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="demo-bardb", WaiterConfig=waiting)


def data_to_be_removed(cloud: CloudUnderTest, asiaq: ProgramUnderTest) -> None:
    """`demo` has a database, a replication group and a Memcached cluster, each with a name that leads to it."""
    _configure(asiaq)
    asiaq.ok(*CREATE)
    data = DataServices(cloud)
    data.add_database("demo", "foodb")
    data.add_cache("demo", "redis", "a1")
    data.add_cluster("demo", "demo-sessions")
    data.add_record("demo-foodb.example.com", data.database("demo-foodb")["Endpoint"]["Address"])
    data.add_record("redis-demo.example.com", data.cache_address("a1"))
    data.add_record("sessions-demo.example.com", data.cluster_address("demo-sessions"))
