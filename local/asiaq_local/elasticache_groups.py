"""Caches as ElastiCache has them: made and deleted in their time, with members, in subnets of a VPC."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, EmptyResult, PaginatedResult
from moto.elasticache.exceptions import (
    CacheClusterNotFound,
    CacheSubnetGroupNotFound,
    ElastiCacheException,
    ReplicationGroupNotFound,
)
from moto.elasticache.models import CacheCluster, ElastiCacheBackend, ReplicationGroup
from moto.elasticache.responses import ElastiCacheResponse

from .cloud import Cloud
from .service_interfaces import close_interface, open_interface


class _InvalidState(ElastiCacheException):
    code = "InvalidReplicationGroupState"


class _InvalidClusterState(ElastiCacheException):
    code = "InvalidCacheClusterState"


class _SubnetGroupInUse(ElastiCacheException):
    code = "CacheSubnetGroupInUse"


def install(cloud: Cloud) -> None:
    """Patches moto's caches."""
    _install_groups(cloud)
    _install_clusters(cloud)
    _install_members()
    _install_subnet_groups()


def _install_groups(cloud: Cloud) -> None:
    moto_create = ElastiCacheBackend.create_replication_group
    moto_describe = ElastiCacheBackend.describe_replication_groups

    def create(
        self: ElastiCacheBackend, replication_group_id: str, *args: Any, **kwargs: Any
    ) -> ReplicationGroup:
        subnets = kwargs.get("cache_subnet_group_name")
        if subnets and subnets not in self.cache_subnet_groups:
            raise CacheSubnetGroupNotFound(subnets)
        group = moto_create(self, replication_group_id.lower(), *args, **kwargs)
        group.status = "creating"
        if subnets:
            subnet_id = self.cache_subnet_groups[subnets].subnet_ids[0]
            group.interfaces = [  # type: ignore[attr-defined]
                open_interface(self, subnet_id, group.security_group_ids or [],
                               f"ElastiCache {member}", "amazon-elasticache")
                for member in group.member_clusters
            ]  # fmt: skip

        def finish() -> None:
            if group.status == "creating":
                group.status = "available"

        cloud.after_a_moment(finish)
        return group

    def describe(
        self: ElastiCacheBackend, replication_group_id: str | None = None
    ) -> list[ReplicationGroup]:
        return moto_describe(self, replication_group_id and replication_group_id.lower())

    def delete(
        self: ElastiCacheBackend, replication_group_id: str, retain_primary_cluster: bool | None
    ) -> ReplicationGroup:
        group = self.replication_groups.get(replication_group_id.lower())
        if group is None:
            raise ReplicationGroupNotFound(replication_group_id)
        if group.status != "available":
            raise _InvalidState(
                f"Cache cluster {group.replication_group_id} is not in a valid state to be deleted."
            )
        group.status = "deleting"

        def finish() -> None:
            if self.replication_groups.get(group.replication_group_id) is not group:
                return
            del self.replication_groups[group.replication_group_id]
            for interface in getattr(group, "interfaces", []):
                close_interface(self, interface)

        cloud.after_a_moment(finish)
        return group

    ElastiCacheBackend.create_replication_group = create  # type: ignore[method-assign]
    ElastiCacheBackend.describe_replication_groups = describe  # type: ignore[method-assign]
    ElastiCacheBackend.delete_replication_group = delete  # type: ignore[method-assign]


def _install_clusters(cloud: Cloud) -> None:
    """Clusters that are in no replication group."""
    moto_create = ElastiCacheBackend.create_cache_cluster

    def create(self: ElastiCacheBackend, *args: Any, **kwargs: Any) -> CacheCluster:
        subnets = kwargs.get("cache_subnet_group_name")
        if subnets and subnets not in self.cache_subnet_groups:
            raise CacheSubnetGroupNotFound(subnets)
        cluster = moto_create(self, *args, **kwargs)
        cluster.cache_cluster_status = "creating"
        if subnets:
            cluster.interface_id = open_interface(  # type: ignore[attr-defined]
                self, self.cache_subnet_groups[subnets].subnet_ids[0], cluster.security_group_ids,
                f"ElastiCache {cluster.cache_cluster_id}", "amazon-elasticache")  # fmt: skip

        def finish() -> None:
            if cluster.cache_cluster_status != "creating":
                return
            cluster.cache_cluster_status = "available"
            cluster.configuration_endpoint = {  # type: ignore[attr-defined]
                "Address": f"{cluster.cache_cluster_id}.cfg.{self.region_name}.cache.amazonaws.com",
                "Port": cluster.port,
            }

        cloud.after_a_moment(finish)
        return cluster

    def delete(self: ElastiCacheBackend, cache_cluster_id: str) -> CacheCluster:
        cluster = self.cache_clusters.get(cache_cluster_id)
        if cluster is None:
            raise CacheClusterNotFound(cache_cluster_id)
        if cluster.cache_cluster_status != "available":
            raise _InvalidClusterState(f"Cache cluster {cache_cluster_id} is not in available state.")
        cluster.cache_cluster_status = "deleting"

        def finish() -> None:
            if self.cache_clusters.get(cache_cluster_id) is not cluster:
                return
            del self.cache_clusters[cache_cluster_id]
            close_interface(self, getattr(cluster, "interface_id", ""))

        cloud.after_a_moment(finish)
        return cluster

    ElastiCacheBackend.create_cache_cluster = create  # type: ignore[method-assign]
    ElastiCacheBackend.delete_cache_cluster = delete  # type: ignore[method-assign]


def _install_members() -> None:
    moto_describe = ElastiCacheResponse.describe_cache_clusters

    def describe(self: ElastiCacheResponse) -> ActionResult:
        name = self._get_param("CacheClusterId")
        members = [
            {
                "CacheClusterId": member,
                "CacheClusterStatus": group.status,
                "ReplicationGroupId": group.replication_group_id,
                "CacheSubnetGroupName": group.cache_subnet_group_name,
                "CacheNodeType": group.cache_node_type,
                "Engine": group.engine,
                "EngineVersion": group.engine_version,
                "NumCacheNodes": 1,
            }
            for group in self.elasticache_backend.replication_groups.values()
            for member in group.member_clusters
            if name in (None, member)
        ]
        if name and members:
            return PaginatedResult({"CacheClusters": members})
        if name:
            return moto_describe(self)
        alone = self.elasticache_backend.describe_cache_clusters(cache_cluster_id=None)
        return PaginatedResult({"CacheClusters": [*alone, *members]})

    ElastiCacheResponse.describe_cache_clusters = describe  # type: ignore[method-assign]


def _install_subnet_groups() -> None:
    def delete(self: ElastiCacheResponse) -> ActionResult:
        backend = self.elasticache_backend
        name = str(self._get_param("CacheSubnetGroupName"))
        if name not in backend.cache_subnet_groups:
            raise CacheSubnetGroupNotFound(name)
        users = [*backend.replication_groups.values(), *backend.cache_clusters.values()]
        if any(user.cache_subnet_group_name == name for user in users):
            raise _SubnetGroupInUse(f"Cache subnet group {name} is currently in use by a cache cluster.")
        del backend.cache_subnet_groups[name]
        return EmptyResult()

    ElastiCacheResponse.delete_cache_subnet_group = delete  # type: ignore[attr-defined]
