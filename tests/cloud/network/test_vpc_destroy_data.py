"""asiaq vpc destroy and what RDS and ElastiCache hold of an environment."""

from __future__ import annotations

import json
import re
import signal

import pytest
from data_services import DataServices
from kill_switch import run_and_interrupt

from .conftest import Asiaq, Cloud, counts

VPC = "disco_vpc_ui.py"


@pytest.fixture
def data(cloud: Cloud, sandbox: Asiaq) -> DataServices:
    """The environment `demo`, and AWS's view of it."""
    create(sandbox, "demo")
    return DataServices(cloud)


def create(asiaq: Asiaq, name: str) -> None:
    asiaq.ok(VPC, "create", "--name", name, "--type", "sandbox")


def test_databases_and_caches_go_and_those_of_a_namesake_stay(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    create(sandbox, "demo-two")
    for environment, identifier in (("demo", "A0000000000000001"), ("demo-two", "A0000000000000002")):
        data.add_database(environment, "foodb")
        data.add_cache(environment, "redis", identifier)
        data.add_record(f"{environment}-foodb.example.com", data.database(f"{environment}-foodb")["Endpoint"]["Address"])
        data.add_record(f"redis-{environment}.example.com", data.cache_address(identifier).upper() + ".")
    vpc_id = cloud.vpc("demo")["VpcId"]

    assert sandbox.ok(VPC, "destroy", "--name", "demo") == ""

    assert cloud.left_of(vpc_id) == [] and cloud.vpcs_named("demo") == []
    assert data.databases() == data.database_subnet_groups() == data.parameter_groups() == ["demo-two-foodb"]
    assert data.snapshots() == {"demo-foodb-final-snapshot": "demo-foodb"}
    assert data.replication_groups() == ["demo-two-redis"] and data.cache_subnet_groups() == ["demo-two-intranet"]
    assert sorted(data.records()) == ["demo-two-foodb.example.com.", "redis-demo-two.example.com."]
    assert data.database("demo-two-foodb")["DBInstanceStatus"] == "available"


def test_an_older_final_snapshot_is_kept(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    data.add_database("demo", "foodb")
    data.rds.create_db_snapshot(DBInstanceIdentifier="demo-foodb", DBSnapshotIdentifier="demo-foodb-final-snapshot")
    (before,) = data.rds.describe_db_snapshots(DBSnapshotIdentifier="demo-foodb-final-snapshot")["DBSnapshots"]

    sandbox.ok(VPC, "destroy", "--name", "demo")

    (after,) = data.rds.describe_db_snapshots(DBSnapshotIdentifier="demo-foodb-final-snapshot")["DBSnapshots"]
    assert after == before
    (new,) = set(data.snapshots()) - {"demo-foodb-final-snapshot"}
    assert re.fullmatch(r"demo-foodb-final-snapshot-20\d{12}", new)


@pytest.mark.parametrize("obstacle", ["stopped", "protected", "in a cluster"])
def test_a_database_that_cannot_be_deleted_stops_everything_before_the_first_write(
        cloud: Cloud, sandbox: Asiaq, data: DataServices, obstacle: str) -> None:
    data.add_database("demo", "gooddb")
    if obstacle == "in a cluster":
        data.rds.create_db_subnet_group(DBSubnetGroupName="c", DBSubnetGroupDescription="x", SubnetIds=data.subnets("demo"))
        data.rds.create_db_cluster(DBClusterIdentifier="c", Engine="aurora-postgresql", MasterUsername="root",
                                   MasterUserPassword="a-long-secret", DBSubnetGroupName="c")
        data.rds.create_db_instance(DBInstanceIdentifier="demo-foodb", DBInstanceClass="db.t3.medium", DBSubnetGroupName="c",
                                    Engine="aurora-postgresql", DBClusterIdentifier="c")
    else:
        data.add_database("demo", "foodb", DeletionProtection=obstacle == "protected")
    if obstacle == "stopped":
        data.rds.stop_db_instance(DBInstanceIdentifier="demo-foodb")
    before = cloud.everything()
    cloud.forget_requests()
    expected = {"stopped": r"demo-foodb \(stopped\)", "protected": r"demo-foodb \(protected against deletion\)",
                "in a cluster": r"demo-foodb \(part of cluster c\)"}[obstacle]
    for more in ([], ["--dry-run"]):
        error = sandbox.fails(1, VPC, "destroy", "--name", "demo", *more)
        assert re.search(f"databases of environment demo cannot be deleted now: {expected} ", error)
    assert not cloud.writes() and cloud.everything() == before


def test_what_is_on_its_way_is_waited_for(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    data.add_database("demo", "going")
    data.add_cache("demo", "going", "going")
    data.add_database("demo", "protected", DeletionProtection=True)
    data.rds.modify_db_instance(DBInstanceIdentifier="demo-protected", DeletionProtection=False)
    data.rds.create_db_instance(DBInstanceIdentifier="demo-coming", DBInstanceClass="db.t3.micro", Engine="postgres",
                                MasterUsername="root", MasterUserPassword="a-long-secret", AllocatedStorage=20,
                                DBSubnetGroupName="demo-going")
    data.caches.delete_replication_group(ReplicationGroupId="going")
    data.rds.delete_db_instance(DBInstanceIdentifier="demo-going", SkipFinalSnapshot=True)
    vpc_id = cloud.vpc("demo")["VpcId"]

    sandbox.ok(VPC, "destroy", "--name", "demo")

    assert cloud.left_of(vpc_id) == [] and data.databases() == data.database_subnet_groups() == []
    assert set(data.snapshots()) == {"demo-coming-final-snapshot", "demo-protected-final-snapshot"}
    assert data.replication_groups() == data.cache_subnet_groups() == []


def test_a_replica_leaves_no_snapshot(sandbox: Asiaq, data: DataServices) -> None:
    data.add_database("demo", "foodb")
    data.rds.create_db_instance_read_replica(DBInstanceIdentifier="demo-copy", SourceDBInstanceIdentifier="demo-foodb")
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert data.databases() == [] and set(data.snapshots()) == {"demo-foodb-final-snapshot"}


def test_a_foreign_parameter_group_stays(sandbox: Asiaq, data: DataServices) -> None:
    data.rds.create_db_parameter_group(DBParameterGroupName="shared", DBParameterGroupFamily="postgres15", Description="x")
    data.add_database("demo", "foodb", DBParameterGroupName="shared")
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert data.databases() == [] and data.parameter_groups() == ["shared"]


def test_the_plan_shows_all_of_it_and_writes_nothing(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    data.add_database("demo", "foodb")
    data.add_cache("demo", "redis", "a1")
    data.add_record("demo-foodb.example.com", data.database("demo-foodb")["Endpoint"]["Address"])
    cloud.forget_requests()
    text = sandbox.ok(VPC, "destroy", "--name", "demo", "--dry-run")
    for line in ("would delete    DNS record demo-foodb.example.com.\n",
                 "would delete    database demo-foodb\n"
                 "      keeping its data in snapshot demo-foodb-final-snapshot\n",
                 "would wait for  databases of demo\n", "would delete    database parameter group demo-foodb\n",
                 "would delete    database subnet group demo-foodb\n", "would delete    cache demo-redis (a1)\n",
                 "would wait for  caches of demo\n", "would delete    cache subnet group demo-intranet\n"):
        assert line in text, text
    changes = json.loads(sandbox.ok("asiaq", "vpc", "destroy", "--name", "demo", "--dry-run", "--output", "json"))
    position = {(change["verb"], change["kind"]): index for index, change in enumerate(changes)}
    assert position["delete", "DNS record"] in changes[position["delete", "database"]]["after"]
    assert not cloud.writes() and data.databases() == ["demo-foodb"] and data.replication_groups() == ["demo-redis"]


@pytest.mark.parametrize("operation", ["DeleteDBInstance", "DeleteReplicationGroup", "DeleteDBParameterGroup"])
def test_a_killed_run_is_completed(cloud: Cloud, sandbox: Asiaq, data: DataServices, operation: str) -> None:
    data.add_database("demo", "foodb")
    data.add_cache("demo", "redis", "a1")
    vpc_id = cloud.vpc("demo")["VpcId"]
    killed = run_and_interrupt(cloud, sandbox, ("asiaq", "vpc", "destroy", "--name", "demo"),
                               lambda call: call.operation == operation, signal.SIGKILL)
    assert killed.returncode == -signal.SIGKILL and cloud.vpcs_named("demo")
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert cloud.left_of(vpc_id) == [] and data.snapshots() == {"demo-foodb-final-snapshot": "demo-foodb"}
    assert data.databases() == data.parameter_groups() == data.database_subnet_groups() == []
    assert data.replication_groups() == data.cache_subnet_groups() == []


def test_an_interrupted_run_is_completed(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    data.add_database("demo", "foodb")
    data.add_cache("demo", "redis", "a1")
    vpc_id = cloud.vpc("demo")["VpcId"]
    # Groups that the first run cannot delete: the databases and caches themselves are gone by then.
    cloud.fault({"operation": "DeleteDBParameterGroup", "error": "AccessDenied"},
                {"operation": "DeleteCacheSubnetGroup", "error": "AccessDenied"})
    sandbox.fails(1, VPC, "destroy", "--name", "demo")
    assert data.databases() == data.replication_groups() == [] and data.parameter_groups() == ["demo-foodb"]
    cloud.heal()
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert cloud.left_of(vpc_id) == []
    assert data.parameter_groups() == data.database_subnet_groups() == data.cache_subnet_groups() == []


def test_clusters_that_are_in_no_group_go_too(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    create(sandbox, "demo-two")
    for environment, identifier in (("demo", "a1"), ("demo-two", "a2")):
        data.add_cache(environment, "redis", identifier)
        data.add_cluster(environment, f"{environment}-sessions")
        data.add_record(f"sessions-{environment}.example.com", data.cluster_address(f"{environment}-sessions"))
    vpc_id = cloud.vpc("demo")["VpcId"]

    sandbox.ok(VPC, "destroy", "--name", "demo")

    assert cloud.left_of(vpc_id) == [] and data.clusters() == ["demo-two-sessions"]
    assert data.replication_groups() == ["demo-two-redis"] and data.cache_subnet_groups() == ["demo-two-intranet"]
    assert list(data.records()) == ["sessions-demo-two.example.com."]


def test_a_cluster_that_is_being_made_is_waited_for(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    data.add_cache("demo", "redis", "a1")
    data.caches.create_cache_cluster(CacheClusterId="coming", Engine="memcached", CacheNodeType="cache.t3.micro",
                                     NumCacheNodes=1, CacheSubnetGroupName="demo-intranet")
    cloud.fault({"operation": "DeleteCacheCluster", "error": "InvalidCacheClusterState", "status": 400, "nth": "1"})
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert cloud.struck() == [1] and data.clusters() == data.cache_subnet_groups() == []


def test_alarms_of_databases_go_and_those_of_domains_stay(cloud: Cloud, sandbox: Asiaq, data: DataServices) -> None:
    cloudwatch = cloud.client("cloudwatch")

    def add(name: str, namespace: str, topic: str = "") -> None:
        actions = [f"arn:aws:sns:us-west-2:123456789012:{topic}"] if topic else []
        cloudwatch.put_metric_alarm(AlarmName=name, Namespace=namespace, MetricName="m", Statistic="Average", Period=300,
                                    ComparisonOperator="LessThanThreshold", EvaluationPeriods=5, Threshold=1, AlarmActions=actions)

    add("demo_foodb_FreeStorageSpace_min", "AWS/RDS")
    add("team_demo_foodb_CPUUtilization_max", "AWS/RDS", "team_demo_critical")
    # Only the topic says that `demo` is the environment here, and the team there.
    add("demo_foodb_Free_Storage_Space_min", "AWS/RDS", "demo_critical")
    for number in range(100):
        add(f"team_demo_db{number}_CPUUtilization_max", "AWS/RDS", "team_demo_info")
    add("demo_demo-two_foodb_CPUUtilization_max", "AWS/RDS", "demo_demo-two_critical")
    add("team_demo_logs_ClusterStatus.red_max", "AWS/ES", "team_demo_critical")
    cloud.forget_requests()

    sandbox.ok(VPC, "destroy", "--name", "demo")

    alarms = [alarm["AlarmName"] for page in cloudwatch.get_paginator("describe_alarms").paginate() for alarm in page["MetricAlarms"]]
    assert sorted(alarms) == ["demo_demo-two_foodb_CPUUtilization_max", "team_demo_logs_ClusterStatus.red_max"]
    assert counts(cloud.writes())["DeleteAlarms"] == 2
