"""Security groups and the source/destination check belong to interfaces; an instance shows its first one's."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.instances import Instance, InstanceBackend
from moto.ec2.models.internet_gateways import InternetGateway
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ec2.models.vpcs import VPC, VPCBackend


def install() -> None:
    """Patches where moto keeps groups, and what a new VPC has."""
    _install_interface_groups()
    _install_check()
    _install_new_vpcs()


def _install_interface_groups() -> None:
    def groups_of(self: Instance) -> list[Any]:
        first = getattr(self, "nics", {}).get(0)
        return list(first._group_set) if first else list(self._launch_groups)  # type: ignore[attr-defined]

    def set_groups(self: Instance, groups: list[Any]) -> None:
        self._launch_groups = list(groups)  # type: ignore[attr-defined]
        first = getattr(self, "nics", {}).get(0)
        if first and groups:
            first._group_set = list(groups)

    def modify(self: EC2Backend, instance_id: str, group_ids: list[str]) -> Instance:
        instance = self.get_instance(instance_id)
        groups = []
        for group_id in group_ids:
            group = self.get_security_group_from_id(group_id)
            if group is None:
                raise EC2ClientError(
                    "InvalidGroup.NotFound", f"The security group '{group_id}' does not exist"
                )
            groups.append(group)
        instance.security_groups = groups
        return instance

    NetworkInterface.group_set = property(lambda self: self._group_set)  # type: ignore[assignment]
    Instance.security_groups = property(groups_of, set_groups)  # type: ignore[assignment]
    InstanceBackend.modify_instance_security_groups = modify  # type: ignore[method-assign,assignment]


def _install_check() -> None:
    def is_checked(self: Instance) -> bool:
        first = getattr(self, "nics", {}).get(0)
        return bool(first.source_dest_check) if first else True

    def set_check(self: Instance, value: Any) -> None:
        first = getattr(self, "nics", {}).get(0)
        if first:
            first.source_dest_check = str(value).lower() == "true"

    Instance.source_dest_check = property(is_checked, set_check)  # type: ignore[assignment]


def _install_new_vpcs() -> None:
    moto_create = VPCBackend.create_vpc
    moto_create_default = VPCBackend.create_default_vpc

    def create(self: EC2Backend, *args: Any, **kwargs: Any) -> VPC:
        vpc = moto_create(self, *args, **kwargs)
        # Members of the default group reach each other.
        for group in self.groups[vpc.id].values():
            if group.is_default and not group.ingress_rules:
                owner = self.account_id
                source = {"OwnerId": owner, "UserId": owner, "GroupId": group.id}
                group.ingress_rules.append(
                    SecurityGroupRule(
                        self, "-1", group.id, None, None, None, source, is_egress=False
                    )
                )
        return vpc

    def create_default(self: EC2Backend) -> VPC:
        vpc = moto_create_default(self)
        # The default VPC comes with a way to the internet.
        if not any(gateway.vpc is vpc for gateway in self.internet_gateways.values()):
            gateway: InternetGateway = self.create_internet_gateway()
            self.attach_internet_gateway(gateway.id, vpc.id)
            table = next(one for one in self.route_tables.values() if one.vpc_id == vpc.id)
            self.create_route(table.id, "0.0.0.0/0", gateway_id=gateway.id)
        return vpc

    VPCBackend.create_vpc = create  # type: ignore[method-assign,assignment]
    VPCBackend.create_default_vpc = create_default  # type: ignore[method-assign,assignment]
