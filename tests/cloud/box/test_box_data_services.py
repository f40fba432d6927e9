"""Databases and caches that take their time and are in somebody's network, as moto's are not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from box_under_test import BoxUnderTest, running_box


def _fails(code: str) -> Any:
    return pytest.raises(ClientError, match=f"\\({code}\\)")


class DataServices:
    """Two subnets, a database and a cache in them."""

    def __init__(self, api: BoxUnderTest) -> None:
        self.ec2, self.rds, self.caches = (api.client(name) for name in ("ec2", "rds", "elasticache"))
        self.vpc = self.ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
        self.subnets = [self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.6.{number}.0/24",
                                               AvailabilityZone=f"us-west-2{zone}")["Subnet"]["SubnetId"]
                        for number, zone in enumerate("ab")]  # fmt: skip
        self.rds.create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="x", SubnetIds=self.subnets)
        self.caches.create_cache_subnet_group(
            CacheSubnetGroupName="data", CacheSubnetGroupDescription="x", SubnetIds=self.subnets)

    def add_database(self, **more: Any) -> dict[str, Any]:
        made = self.rds.create_db_instance(
            DBInstanceIdentifier="DB", DBInstanceClass="db.t3.micro", Engine="postgres", MasterUsername="root",
            MasterUserPassword="a-long-secret", AllocatedStorage=20, DBSubnetGroupName="data", **more)  # fmt: skip
        return dict(made["DBInstance"])

    def add_cache(self) -> str:
        """Its state in the answer."""
        made = self.caches.create_replication_group(
            ReplicationGroupId="Cache", ReplicationGroupDescription="x", NumCacheClusters=1, Engine="redis",
            CacheNodeType="cache.t3.micro", CacheSubnetGroupName="data")  # fmt: skip
        return str(made["ReplicationGroup"]["Status"])

    def wait(self, service: Any, waiter: str, **names: str) -> None:
        service.get_waiter(waiter).wait(**names, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def interfaces(self) -> list[str]:
        interfaces = self.ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [self.vpc]}])
        return sorted(each["Description"] for each in interfaces["NetworkInterfaces"])


@pytest.fixture(scope="module")
def box(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxUnderTest]:
    """A box of these tests' own: each resets it."""
    state = str(tmp_path_factory.mktemp("state"))
    with running_box("data", key, "--no-hosts", ASIAQ_BOX_STATE=state) as running:
        yield running


@pytest.fixture
def data(box: BoxUnderTest) -> DataServices:
    box.local("reset")
    return DataServices(box)


def test_a_database_is_made_and_deleted_in_its_time(data: DataServices) -> None:
    made = data.add_database()
    assert made["DBInstanceIdentifier"] == "db" and made["DBInstanceStatus"] == "creating" and "Endpoint" not in made
    data.wait(data.rds, "db_instance_available", DBInstanceIdentifier="db")
    with _fails("InvalidParameterCombination"):
        data.rds.delete_db_instance(DBInstanceIdentifier="db")
    with _fails("InvalidDBSubnetGroupStateFault"):
        data.rds.delete_db_subnet_group(DBSubnetGroupName="data")
    assert data.interfaces() == ["RDSNetworkInterface"]
    going = data.rds.delete_db_instance(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")["DBInstance"]
    assert going["DBInstanceStatus"] == "deleting"
    data.wait(data.rds, "db_instance_deleted", DBInstanceIdentifier="db")
    assert data.interfaces() == []
    assert [s["DBSnapshotIdentifier"] for s in data.rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]] == ["last"]
    data.rds.delete_db_subnet_group(DBSubnetGroupName="data")


def test_a_stopped_database_is_neither_changed_nor_snapshot(data: DataServices) -> None:
    data.add_database()
    data.wait(data.rds, "db_instance_available", DBInstanceIdentifier="db")
    data.rds.stop_db_instance(DBInstanceIdentifier="db")
    with _fails("InvalidDBInstanceState"):
        data.rds.delete_db_instance(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")
    with _fails("InvalidDBInstanceState"):
        data.rds.modify_db_instance(DBInstanceIdentifier="db", AllocatedStorage=30)


def test_an_older_snapshot_is_not_overwritten(data: DataServices) -> None:
    data.add_database()
    data.wait(data.rds, "db_instance_available", DBInstanceIdentifier="db")
    data.rds.create_db_snapshot(DBInstanceIdentifier="db", DBSnapshotIdentifier="last")
    with _fails("DBSnapshotAlreadyExists"):
        data.rds.delete_db_instance(DBInstanceIdentifier="db", FinalDBSnapshotIdentifier="last")


def test_a_subnet_group_has_two_zones_and_one_maker(data: DataServices) -> None:
    with _fails("DBSubnetGroupDoesNotCoverEnoughAZs"):
        data.rds.create_db_subnet_group(DBSubnetGroupName="one", DBSubnetGroupDescription="x", SubnetIds=data.subnets[:1])
    with _fails("DBSubnetGroupAlreadyExists"):
        data.rds.create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="x", SubnetIds=data.subnets)


def test_parameters_in_use_are_not_deleted(data: DataServices) -> None:
    data.rds.create_db_parameter_group(DBParameterGroupName="p", DBParameterGroupFamily="postgres15", Description="x")
    data.add_database(DBParameterGroupName="p")
    with _fails("InvalidDBParameterGroupState"):
        data.rds.delete_db_parameter_group(DBParameterGroupName="p")


@pytest.mark.parametrize(("engine", "version", "families"), [
    ("postgres", "15.4", ["postgres15"]), ("postgres", "9.6.1", ["postgres9.6"]), ("mysql", "8.0.36", ["mysql8.0"]),
    ("oracle-se2", "19.0.0.0", ["oracle-se2-19"]), ("postgres", "newest", []),
])  # fmt: skip
def test_versions_have_families(data: DataServices, engine: str, version: str, families: list[str]) -> None:
    found = data.rds.describe_db_engine_versions(Engine=engine, EngineVersion=version)["DBEngineVersions"]
    assert [each["DBParameterGroupFamily"] for each in found] == families


def test_a_cache_has_members_and_goes_in_its_time(data: DataServices) -> None:
    assert data.add_cache() == "creating"
    data.wait(data.caches, "replication_group_available", ReplicationGroupId="Cache")
    (member,) = data.caches.describe_cache_clusters()["CacheClusters"]
    assert (member["ReplicationGroupId"], member["CacheSubnetGroupName"]) == ("cache", "data")
    assert data.caches.describe_cache_clusters(CacheClusterId=member["CacheClusterId"])["CacheClusters"] == [member]
    with _fails("CacheSubnetGroupInUse"):
        data.caches.delete_cache_subnet_group(CacheSubnetGroupName="data")
    assert data.interfaces() == [f"ElastiCache {member['CacheClusterId']}"]
    going = data.caches.delete_replication_group(ReplicationGroupId="CACHE")["ReplicationGroup"]
    assert going["Status"] == "deleting"
    data.wait(data.caches, "replication_group_deleted", ReplicationGroupId="cache")
    assert data.interfaces() == [] and data.caches.describe_cache_clusters()["CacheClusters"] == []
    data.caches.delete_cache_subnet_group(CacheSubnetGroupName="data")
    with _fails("CacheSubnetGroupNotFoundFault"):
        data.caches.delete_cache_subnet_group(CacheSubnetGroupName="data")
