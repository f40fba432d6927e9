"""Databases as RDS has them: made and deleted in their time, in a VPC, and what they use stays as long as they do."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, PaginatedResult
from moto.rds.exceptions import (
    DBInstanceNotFoundError,
    DBSnapshotAlreadyExistsError,
    InvalidParameterCombination,
    RDSClientError,
)
from moto.rds.models import DBInstance, DBParameterGroup, DBSubnetGroup, RDSBackend
from moto.rds.responses import RDSResponse

from .cloud import Cloud
from .service_interfaces import close_interface, open_interface

_DELETABLE = ("available", "backing-up", "creating", "failed", "stopped", "storage-full")


def install(cloud: Cloud) -> None:
    """Patches moto's databases."""
    _install_instances(cloud)
    _install_endpoint()
    _install_groups()
    _install_engine_versions()


def _install_instances(cloud: Cloud) -> None:
    moto_create = RDSBackend.create_db_instance
    moto_modify = RDSBackend.modify_db_instance
    moto_delete = RDSBackend.delete_db_instance

    def create(self: RDSBackend, db_kwargs: dict[str, Any]) -> DBInstance:
        db_kwargs["db_instance_identifier"] = db_kwargs["db_instance_identifier"].lower()
        instance = moto_create(self, db_kwargs)
        instance.status = "creating"
        group = getattr(instance, "db_subnet_group", None)
        if group is not None:
            instance.interface_id = open_interface(  # type: ignore[attr-defined]
                self, group._subnets[0].id, instance.vpc_security_group_ids,
                "RDSNetworkInterface", "amazon-rds")  # fmt: skip

        def finish() -> None:
            if instance.status == "creating":
                instance.status = "available"

        cloud.after_a_moment(finish)
        return instance

    def modify(self: RDSBackend, db_instance_identifier: str, db_kwargs: dict[str, Any]) -> Any:
        _require_state(_instance(self, db_instance_identifier), ("available",))
        return moto_modify(self, db_instance_identifier.lower(), db_kwargs)

    def delete(
        self: RDSBackend,
        db_instance_identifier: str,
        final_db_snapshot_identifier: str | None = None,
        skip_final_snapshot: bool | None = False,
        delete_automated_backups: bool | None = True,
    ) -> DBInstance:
        instance = _instance(self, db_instance_identifier)
        _check_deletion(instance, final_db_snapshot_identifier, bool(skip_final_snapshot))
        if final_db_snapshot_identifier:
            if final_db_snapshot_identifier in self.database_snapshots:
                raise DBSnapshotAlreadyExistsError(final_db_snapshot_identifier)
            self.create_db_snapshot(instance.db_instance_identifier, final_db_snapshot_identifier)
        instance.status = "deleting"

        def finish() -> None:
            if self.databases.get(instance.db_instance_identifier) is not instance:
                return
            moto_delete(
                self, instance.db_instance_identifier, None, True, delete_automated_backups
            )
            close_interface(self, getattr(instance, "interface_id", ""))

        cloud.after_a_moment(finish)
        return instance

    RDSBackend.create_db_instance = create  # type: ignore[method-assign]
    RDSBackend.modify_db_instance = modify  # type: ignore[method-assign]
    RDSBackend.delete_db_instance = delete  # type: ignore[method-assign]


def _instance(backend: RDSBackend, name: str) -> DBInstance:
    instance = backend.databases.get(name.lower())
    if instance is None:
        raise DBInstanceNotFoundError(name)
    return instance


def _require_state(instance: DBInstance, states: tuple[str, ...]) -> None:
    if instance.status not in states:
        raise RDSClientError(
            "InvalidDBInstanceState",
            f"Instance {instance.db_instance_identifier} is not in {states[0]} state.",
        )


def _check_deletion(instance: DBInstance, snapshot: str | None, skips: bool) -> None:
    if instance.deletion_protection:
        raise InvalidParameterCombination(
            "Cannot delete protected DB Instance, please disable deletion protection and try again."
        )
    if bool(snapshot) == skips:
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            if not skips
            else "FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is true."
        )
    if snapshot and instance.is_replica:
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier can not be specified when deleting a replica instance"
        )
    _require_state(instance, ("available",) if snapshot else _DELETABLE)


def _install_endpoint() -> None:
    moto_endpoint = DBInstance.endpoint.fget  # type: ignore[attr-defined]

    def endpoint(self: DBInstance) -> dict[str, Any] | None:
        """An instance has no address before it is there."""
        return None if self.status == "creating" else moto_endpoint(self)

    DBInstance.endpoint = property(endpoint)  # type: ignore[assignment,method-assign]


def _install_groups() -> None:
    moto_create_subnets = RDSBackend.create_subnet_group
    moto_delete_subnets = RDSBackend.delete_subnet_group
    moto_delete_parameters = RDSBackend.delete_db_parameter_group

    def create_subnets(
        self: RDSBackend, subnet_name: str, description: str, subnets: Any, tags: Any
    ) -> DBSubnetGroup:
        if subnet_name in self.subnet_groups:
            raise RDSClientError(
                "DBSubnetGroupAlreadyExists", f"The DB subnet group '{subnet_name}' already exists."
            )
        if len({subnet.availability_zone for subnet in subnets}) < 2:
            raise RDSClientError(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement."
                " Current AZ coverage is too small. Add subnets to cover at least 2 AZs.",
            )
        return moto_create_subnets(self, subnet_name, description, subnets, tags)

    def delete_subnets(self: RDSBackend, subnet_name: str) -> DBSubnetGroup:
        group = self.subnet_groups.get(subnet_name)
        for instance in self.databases.values():
            if group is not None and getattr(instance, "db_subnet_group", None) is group:
                raise RDSClientError(
                    "InvalidDBSubnetGroupStateFault",
                    f"Cannot delete the subnet group '{subnet_name}' because at least one database"
                    f" instance: {instance.db_instance_identifier} is still using it.",
                )
        return moto_delete_subnets(self, subnet_name)

    def delete_parameters(self: RDSBackend, db_parameter_group_name: str) -> DBParameterGroup:
        if any(
            instance.db_parameter_group_name == db_parameter_group_name
            for instance in self.databases.values()
        ):
            raise RDSClientError(
                "InvalidDBParameterGroupState",
                "One or more database instances are still members of this parameter group"
                f" {db_parameter_group_name}, so the group cannot be deleted",
            )
        return moto_delete_parameters(self, db_parameter_group_name)

    RDSBackend.create_subnet_group = create_subnets  # type: ignore[method-assign,assignment]
    RDSBackend.delete_subnet_group = delete_subnets  # type: ignore[method-assign]
    RDSBackend.delete_db_parameter_group = delete_parameters  # type: ignore[method-assign]


def _install_engine_versions() -> None:
    def describe(self: RDSResponse) -> ActionResult:
        """The box has no list of versions: any number of an engine that it knows will do."""
        engine, version = self.params.get("Engine"), self.params.get("EngineVersion")
        family = _family(engine, version) if engine and version else None
        found = {"Engine": engine, "EngineVersion": version, "DBParameterGroupFamily": family}
        return PaginatedResult({"DBEngineVersions": [found] if family else []})

    RDSResponse.describe_db_engine_versions = describe  # type: ignore[attr-defined]


def _family(engine: str, version: str) -> str | None:
    numbers = version.split(".")
    if not all(number.isdigit() for number in numbers[:2]):
        return None
    major = int(numbers[0])
    name = engine.split("-")[0]
    if (name == "postgres" and major >= 10) or (name == "oracle" and major >= 18):
        numbers = numbers[:1]
    elif name not in ("postgres", "oracle", "mysql", "mariadb"):
        return None
    return f"{engine}{'-' if '-' in engine else ''}{'.'.join(numbers[:2])}"
