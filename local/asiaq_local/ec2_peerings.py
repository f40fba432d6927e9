"""Peerings as EC2 has them: one for two VPCs, none for ranges that overlap."""

from __future__ import annotations

import ipaddress

from moto.ec2.models import EC2Backend
from moto.ec2.models.vpc_peering_connections import (
    VPCPeeringConnection,
    VPCPeeringConnectionBackend,
)
from moto.ec2.models.vpcs import VPC


def install() -> None:
    """Patches moto's peerings."""
    moto_create = VPCPeeringConnectionBackend.create_vpc_peering_connection

    def create(
        self: EC2Backend, vpc: VPC, peer_vpc: VPC, tags: dict[str, str] | None = None
    ) -> VPCPeeringConnection:
        for peering in self.vpc_pcxs.values():
            # Asked for again in the same direction, the one that there is answers.
            if (peering.vpc, peering.peer_vpc) == (vpc, peer_vpc) and peering._status.code in (
                "pending-acceptance",
                "active",
            ):
                return peering
        made = moto_create(self, vpc, peer_vpc, tags)
        if _overlap(vpc, peer_vpc):
            made._status.code = "failed"
            made._status.message = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
        return made

    VPCPeeringConnectionBackend.create_vpc_peering_connection = create  # type: ignore[method-assign,assignment]


def _overlap(one: VPC, other: VPC) -> bool:
    return ipaddress.ip_network(one.cidr_block).overlaps(ipaddress.ip_network(other.cidr_block))
