"""What EC2 calls its resources: kinds of ids, the lists that show them, their states and errors. Pure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..paging import XmlDocument


@dataclass(frozen=True)
class Kind:
    """One kind of resource; names are those of the wire."""

    prefix: str
    noun: str
    not_found: str
    list_name: str
    id_name: str
    state: str | None = None  #: path of the state below an item


KINDS = (
    Kind("vpc", "vpc ID", "InvalidVpcID.NotFound", "vpcSet", "vpcId", "state"),
    Kind("subnet", "subnet ID", "InvalidSubnetID.NotFound", "subnetSet", "subnetId", "state"),
    Kind("rtb", "routeTable ID", "InvalidRouteTableID.NotFound", "routeTableSet", "routeTableId"),
    Kind("igw", "internetGateway ID", "InvalidInternetGatewayID.NotFound", "internetGatewaySet", "internetGatewayId"),
    Kind("nat", "NatGateway", "NatGatewayNotFound", "natGatewaySet", "natGatewayId", "state"),
    Kind("sg", "security group", "InvalidGroup.NotFound", "securityGroupInfo", "groupId"),
    Kind("eni", "networkInterface ID", "InvalidNetworkInterfaceID.NotFound", "networkInterfaceSet", "networkInterfaceId", "status"),
    Kind("eipalloc", "allocation ID", "InvalidAllocationID.NotFound", "addressesSet", "allocationId"),
    Kind("dopt", "DhcpOption ID", "InvalidDhcpOptionID.NotFound", "dhcpOptionsSet", "dhcpOptionsId"),
    Kind("vpce", "Vpc Endpoint Id", "InvalidVpcEndpointId.NotFound", "vpcEndpointSet", "vpcEndpointId", "state"),
    Kind("pcx", "vpcPeeringConnection ID", "InvalidVpcPeeringConnectionID.NotFound", "vpcPeeringConnectionSet", "vpcPeeringConnectionId", "status/code"),
    Kind("vgw", "vpnGateway ID", "InvalidVpnGatewayID.NotFound", "vpnGatewaySet", "vpnGatewayId", "state"),
    Kind("i", "instance ID", "InvalidInstanceID.NotFound", "instancesSet", "instanceId", "instanceState/name"),
    Kind("ami", "image id", "InvalidAMIID.NotFound", "imagesSet", "imageId", "imageState"),
    Kind("vol", "volume", "InvalidVolume.NotFound", "volumeSet", "volumeId", "status"),
    Kind("snap", "snapshot", "InvalidSnapshot.NotFound", "snapshotSet", "snapshotId", "status"),
    Kind("lt", "launch template", "InvalidLaunchTemplateId.NotFound", "launchTemplates", "launchTemplateId"),
)  # fmt: skip
_BY_PREFIX = {kind.prefix: kind for kind in KINDS}
_BY_LIST = {kind.list_name: kind for kind in KINDS}
_ID = re.compile(r"\b(?P<prefix>[a-z]+)-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")

#: Codes of instance states, which stand beside their names.
INSTANCE_STATES = {
    "pending": 0, "running": 16, "shutting-down": 32, "terminated": 48, "stopping": 64, "stopped": 80,
}  # fmt: skip


def ids_in(text: str) -> set[str]:
    """All ids of known kinds."""
    return {found[0] for found in _ID.finditer(text) if found["prefix"] in _BY_PREFIX}


def kind_of_id(resource_id: str) -> Kind:
    """The kind of an id that `ids_in` found."""
    return _BY_PREFIX[resource_id.split("-")[0]]


def items(document: XmlDocument) -> Iterator[tuple[Kind, str, ET.Element]]:
    """Every resource that a Describe answer lists: its kind, its id, its element."""
    for holder in document.root.iter():
        kind = _BY_LIST.get(document.local(holder))
        if kind is None:
            continue
        for item in holder.findall(document.tag("item")):
            resource_id = item.findtext(document.tag(kind.id_name))
            if resource_id:
                yield kind, resource_id, item


def remove_items(document: XmlDocument, is_hidden: Callable[[str], bool]) -> set[str]:
    """Takes the resources out that are hidden; their ids."""
    removed = set()
    for holder in document.root.iter():
        kind = _BY_LIST.get(document.local(holder))
        if kind is None:
            continue
        for item in holder.findall(document.tag("item")):
            resource_id = item.findtext(document.tag(kind.id_name)) or ""
            if is_hidden(resource_id):
                holder.remove(item)
                removed.add(resource_id)
    return removed
