"""Databases, caches and their names in an environment, made as the program's users would have them."""

from __future__ import annotations

from typing import Any

from cloud_under_test import CloudUnderTest


class DataServices:
    """What RDS, ElastiCache and Route 53 hold of an environment."""

    def __init__(self, cloud: CloudUnderTest) -> None:
        self.cloud = cloud
        self.rds, self.caches, self.dns = (cloud.client(name) for name in ("rds", "elasticache", "route53"))
        self.zone = self.dns.create_hosted_zone(Name="example.com", CallerReference="x")["HostedZone"]["Id"]

    def subnets(self, environment: str) -> list[str]:
        subnets = self.cloud.subnets(self.cloud.vpc(environment)["VpcId"])
        return [subnets[f"{environment}_intranet_us-west-2{zone}"]["SubnetId"] for zone in "ab"]

    def group(self, environment: str) -> str:
        vpc_id = self.cloud.vpc(environment)["VpcId"]
        return str(self.cloud.groups(vpc_id)[f"{environment}_intranet"]["GroupId"])

    def add_database(self, environment: str, name: str, **more: Any) -> None:
        """A database with its groups, available."""
        whole = f"{environment}-{name}"
        self.rds.create_db_subnet_group(
            DBSubnetGroupName=whole, DBSubnetGroupDescription="x", SubnetIds=self.subnets(environment))
        self.rds.create_db_parameter_group(
            DBParameterGroupName=whole, DBParameterGroupFamily="postgres15", Description=f"Custom params-{whole}")
        self.rds.create_db_instance(**{
            "DBInstanceIdentifier": whole, "DBInstanceClass": "db.t3.micro", "Engine": "postgres",
            "EngineVersion": "15.4", "MasterUsername": "root", "MasterUserPassword": "a-long-secret",
            "AllocatedStorage": 20, "DBSubnetGroupName": whole, "DBParameterGroupName": whole,
            "VpcSecurityGroupIds": [self.group(environment)], **more})  # fmt: skip
        self.rds.get_waiter("db_instance_available").wait(
            DBInstanceIdentifier=whole, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def add_cache(self, environment: str, name: str, identifier: str, **more: Any) -> None:
        """A replication group in its subnet group, available."""
        subnet_group = f"{environment}-intranet"
        if subnet_group not in self.cache_subnet_groups():
            self.caches.create_cache_subnet_group(CacheSubnetGroupName=subnet_group, SubnetIds=self.subnets(environment),
                                                  CacheSubnetGroupDescription=subnet_group)
        self.caches.create_replication_group(**{
            "ReplicationGroupId": identifier, "ReplicationGroupDescription": f"{environment}-{name}",
            "NumCacheClusters": 1, "CacheNodeType": "cache.t3.micro", "Engine": "redis",
            "CacheSubnetGroupName": subnet_group, "SecurityGroupIds": [self.group(environment)], **more})  # fmt: skip
        self.caches.get_waiter("replication_group_available").wait(
            ReplicationGroupId=identifier, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def add_cluster(self, environment: str, identifier: str) -> None:
        """A Memcached cluster, which is in no replication group, available."""
        self.caches.create_cache_cluster(CacheClusterId=identifier, Engine="memcached", CacheNodeType="cache.t3.micro", NumCacheNodes=1,
                                         CacheSubnetGroupName=f"{environment}-intranet", SecurityGroupIds=[self.group(environment)])
        self.caches.get_waiter("cache_cluster_available").wait(
            CacheClusterId=identifier, WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})

    def clusters(self) -> list[str]:
        """Those in no replication group."""
        clusters = self.caches.describe_cache_clusters(ShowCacheClustersNotInReplicationGroups=True)["CacheClusters"]
        return sorted(each["CacheClusterId"] for each in clusters if "ReplicationGroupId" not in each)

    def add_record(self, name: str, value: str) -> None:
        self.dns.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": [{
            "Action": "CREATE", "ResourceRecordSet": {"Name": name, "Type": "CNAME", "TTL": 5,
                                                      "ResourceRecords": [{"Value": value}]}}]})

    def database(self, name: str) -> dict[str, Any]:
        (instance,) = self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        return instance

    def databases(self) -> list[str]:
        return sorted(each["DBInstanceIdentifier"] for each in self.rds.describe_db_instances()["DBInstances"])

    def database_subnet_groups(self) -> list[str]:
        return sorted(each["DBSubnetGroupName"] for each in self.rds.describe_db_subnet_groups()["DBSubnetGroups"])

    def parameter_groups(self) -> list[str]:
        groups = self.rds.describe_db_parameter_groups()["DBParameterGroups"]
        return sorted(g["DBParameterGroupName"] for g in groups if not g["DBParameterGroupName"].startswith("default."))

    def snapshots(self) -> dict[str, str]:
        """Databases by the names of their snapshots."""
        snapshots = self.rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
        return {each["DBSnapshotIdentifier"]: each["DBInstanceIdentifier"] for each in snapshots}

    def replication_groups(self) -> list[str]:
        groups = self.caches.describe_replication_groups()["ReplicationGroups"]
        return sorted(each["Description"] for each in groups)

    def cache_address(self, identifier: str) -> str:
        (group,) = self.caches.describe_replication_groups(ReplicationGroupId=identifier)["ReplicationGroups"]
        return str(group["NodeGroups"][0]["PrimaryEndpoint"]["Address"])

    def cluster_address(self, identifier: str) -> str:
        (cluster,) = self.caches.describe_cache_clusters(CacheClusterId=identifier)["CacheClusters"]
        return str(cluster["ConfigurationEndpoint"]["Address"])

    def cache_subnet_groups(self) -> list[str]:
        groups = self.caches.describe_cache_subnet_groups()["CacheSubnetGroups"]
        return sorted(each["CacheSubnetGroupName"] for each in groups)

    def records(self) -> dict[str, str]:
        """Values of the CNAMEs."""
        records = self.dns.list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        return {r["Name"]: r["ResourceRecords"][0]["Value"] for r in records if r["Type"] == "CNAME"}
