"""Lets moto's volumes and snapshots have real contents."""

from __future__ import annotations

import logging
import threading
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_block_store import EBSBackend, Snapshot, Volume, VolumeAttachment
from moto.ec2.responses.elastic_block_store import ElasticBlockStore

from .cloud import SHUTTING_DOWN, Cloud, state_of
from .settings import BoxError
from .volumes import Attachment, VolumeStore

log = logging.getLogger("volumes")


def attachments(cloud: Cloud) -> dict[str, list[Attachment]]:
    """The volumes of every instance, without root disks, which are the hosts' trees."""
    with cloud.lock:
        return {
            instance.id: [
                Attachment(
                    volume_id=mapping.volume_id,
                    device=device,
                    gigabytes=int(mapping.size or 1),
                    snapshot_id=instance.ec2_backend.volumes[mapping.volume_id].snapshot_id,
                )
                for device, mapping in instance.get_block_device_mapping
                if device != instance.root_device_name
                and mapping.volume_id in instance.ec2_backend.volumes
                and state_of(instance) != SHUTTING_DOWN
            ]
            for instance in cloud.instances()
        }


def install(cloud: Cloud, store: VolumeStore | None) -> None:
    """Patches moto's volumes; `store` is None when nothing boots."""
    moto_attach = EBSBackend.attach_volume
    moto_detach = EBSBackend.detach_volume

    def attach(
        self: EC2Backend, volume_id: str, instance_id: str, device_path: str, *args: Any
    ) -> Any:
        volume, instance = self.get_volume(volume_id), self.get_instance(instance_id)
        if volume.attachment:
            raise EC2ClientError("VolumeInUse", f"{volume_id} is already attached to an instance")
        if device_path in instance.block_device_mapping:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Invalid value '{device_path}' for unixDevice. Attachment point {device_path} is already in use",
            )
        if volume.availability_zone != instance.availability_zone:
            raise EC2ClientError(
                "InvalidVolume.ZoneMismatch",
                f"The volume '{volume_id}' is not in the same availability zone as instance '{instance_id}'",
            )
        attachment = moto_attach(self, volume_id, instance_id, device_path, *args)
        cloud.changed()
        return attachment

    def detach(
        self: EC2Backend, volume_id: str, instance_id: str, device_path: str
    ) -> VolumeAttachment:
        volume = self.get_volume(volume_id)
        if volume.attachment:
            # Both may be left out of the request.
            instance_id = instance_id or volume.attachment.instance.id
            device_path = device_path or volume.attachment.device
        attachment = moto_detach(self, volume_id, instance_id, device_path)
        cloud.changed()
        return attachment

    EBSBackend.attach_volume = attach  # type: ignore[method-assign,assignment]
    EBSBackend.detach_volume = detach  # type: ignore[method-assign,assignment]
    _install_owners()
    if store:
        _install_contents(cloud, store)


def _install_owners() -> None:
    """Snapshots of others are not one's own."""

    def describe(self: ElasticBlockStore) -> ActionResult:
        backend = self.ec2_backend
        found = backend.describe_snapshots(
            snapshot_ids=self._get_param("SnapshotIds", []),
            filters=self._filters_from_querystring(),
        )
        owners = {
            backend.account_id if owner == "self" else owner
            for owner in self._get_param("OwnerIds", [])
        }
        return ActionResult(
            {"Snapshots": [one for one in found if not owners or one.owner_id in owners]}
        )

    ElasticBlockStore.describe_snapshots = describe  # type: ignore[method-assign]


def _install_contents(cloud: Cloud, store: VolumeStore) -> None:
    moto_delete_volume = EBSBackend.delete_volume
    moto_delete_snapshot = EBSBackend.delete_snapshot
    moto_create_snapshot = EBSBackend.create_snapshot

    def delete_volume(self: EC2Backend, volume_id: str) -> Volume:
        volume = moto_delete_volume(self, volume_id)
        _in_background(store.delete, volume_id)
        return volume

    def delete_snapshot(self: EC2Backend, snapshot_id: str) -> Any:
        result = moto_delete_snapshot(self, snapshot_id)
        _in_background(store.delete, snapshot_id)
        return result

    def create_snapshot(
        self: EC2Backend,
        volume_id: str,
        description: str,
        owner_id: str | None = None,
        from_ami: str | None = None,
    ) -> Snapshot:
        snapshot = moto_create_snapshot(self, volume_id, description, owner_id, from_ami)
        if from_ami is None:
            snapshot.status = "pending"
            threading.Thread(
                target=_fill_snapshot, args=(cloud, store, snapshot), daemon=True
            ).start()
        return snapshot

    EBSBackend.delete_volume = delete_volume  # type: ignore[method-assign,assignment]
    EBSBackend.delete_snapshot = delete_snapshot  # type: ignore[method-assign,assignment]
    EBSBackend.create_snapshot = create_snapshot  # type: ignore[method-assign,assignment]


def _fill_snapshot(cloud: Cloud, store: VolumeStore, snapshot: Snapshot) -> None:
    try:
        store.snapshot(snapshot.volume.id, snapshot.id)
        status = "completed"
    except (BoxError, OSError) as error:
        log.error("%s: %s", snapshot.id, error)
        status = "error"
    with cloud.lock:
        snapshot.status = status


def _in_background(function: Any, *arguments: Any) -> None:
    def run() -> None:
        try:
            function(*arguments)
        except (BoxError, OSError) as error:
            log.warning("%s", error)

    threading.Thread(target=run, daemon=True).start()
