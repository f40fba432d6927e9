"""VPCs, subnets and their tags as EC2 has them: what is used is not deleted."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.availability_zones_and_regions import Zone
from moto.ec2.models.vpcs import VPC, VPCBackend
from moto.ec2.responses.subnets import Subnets
from moto.ec2.responses.tags import TagResponse

from .cloud import Cloud


def install(cloud: Cloud) -> None:
    """Patches moto's VPCs, subnets and tags."""
    Zone.opt_in_status = "opt-in-not-required"  # type: ignore[attr-defined]
    _install_vpcs(cloud)
    _install_subnets()
    _install_tags()


def _install_vpcs(cloud: Cloud) -> None:
    moto_delete = VPCBackend.delete_vpc

    def delete(self: EC2Backend, vpc_id: str) -> VPC:
        vpc = self.get_vpc(vpc_id)
        groups = [
            group for group in self.groups.get(vpc_id, {}).values() if group.name != "default"
        ]
        gateways = [gateway for gateway in self.internet_gateways.values() if gateway.vpc is vpc]
        interfaces = [eni for eni in self.enis.values() if eni.subnet.vpc_id == vpc_id]
        endpoints = [
            endpoint
            for endpoint in self.vpc_end_points.values()
            if endpoint.vpc_id == vpc_id and endpoint.state != "deleted"
        ]
        vpn_gateways = [
            gateway
            for gateway in self.vpn_gateways.values()
            if vpc_id in gateway.attachments and gateway.attachments[vpc_id].state == "attached"
        ]
        if groups or gateways or interfaces or endpoints or vpn_gateways:
            raise DependencyViolationError(
                f"The vpc '{vpc_id}' has dependencies and cannot be deleted."
            )
        # The DHCP options live on, and AWS ends peerings itself.
        vpc.dhcp_options = None
        for peering in self.vpc_pcxs.values():
            if vpc in (peering.vpc, peering.peer_vpc) and peering._status.code != "deleted":
                peering._status.deleted(self.account_id)
        deleted = moto_delete(self, vpc_id)
        self.groups.pop(vpc_id, None)
        cloud.changed()
        return deleted

    VPCBackend.delete_vpc = delete  # type: ignore[method-assign,assignment]


def _install_subnets() -> None:
    moto_delete = Subnets.delete_subnet

    def delete(self: Subnets) -> ActionResult:
        backend, subnet_id = self.ec2_backend, self._get_param("SubnetId")
        backend.get_subnet(subnet_id)
        if any(eni.subnet.id == subnet_id for eni in backend.enis.values()):
            raise DependencyViolationError(
                f"The subnet '{subnet_id}' has dependencies and cannot be deleted."
            )
        result = moto_delete(self)
        for table in backend.route_tables.values():
            table._associations = {
                association: target
                for association, target in table._associations.items()
                if target != subnet_id
            }
        return result

    Subnets.delete_subnet = delete  # type: ignore[method-assign]


def _install_tags() -> None:
    moto_create = TagResponse.create_tags

    def create(self: TagResponse) -> Any:
        tags = self._get_param("Tags", [])
        if any(str(tag.get("Key", "")).lower().startswith("aws:") for tag in tags):
            raise EC2ClientError(
                "InvalidParameterValue",
                "Tag keys starting with 'aws:' are reserved for internal use",
            )
        return moto_create(self)

    TagResponse.create_tags = create  # type: ignore[method-assign]
