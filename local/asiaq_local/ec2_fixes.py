"""EC2's network as AWS has it, where moto is more lenient: dependencies, tags, addresses, ranges."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.availability_zones_and_regions import Zone
from moto.ec2.models.dhcp_options import DHCPOptionsSetBackend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.models.route_tables import RouteBackend, RouteTable
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPC, VPCBackend
from moto.ec2.responses import security_groups as security_group_responses
from moto.ec2.responses.dhcp_options import DHCPOptions
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces
from moto.ec2.responses.security_groups import SecurityGroups
from moto.ec2.responses.subnets import Subnets

from .cloud import Cloud


def install(cloud: Cloud) -> None:
    """Patches moto's network resources."""
    Zone.opt_in_status = "opt-in-not-required"  # type: ignore[attr-defined]
    _install_dhcp_options()
    _install_vpcs(cloud)
    _install_subnets()
    _install_security_groups()
    _install_routes()
    _install_gateways()
    _install_endpoints()
    _install_interfaces(cloud)


def canonical_cidr(cidr: str) -> str:
    """AWS drops host bits of a range: 10.1.0.22/16 is 10.1.0.0/16."""
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        return cidr


def _install_dhcp_options() -> None:
    moto_create = DHCPOptions.create_dhcp_options

    def create(self: DHCPOptions) -> ActionResult:
        result = moto_create(self)
        options = result.result["DhcpOptions"]  # type: ignore[index]
        options.add_tags(self._parse_tag_specification().get("dhcp-options", {}))
        return result

    def delete(self: EC2Backend, options_id: str | None) -> None:
        options = self.describe_dhcp_options([options_id or ""])[0]
        if any(vpc.dhcp_options is options for vpc in self.vpcs.values()):
            raise DependencyViolationError(
                f"The dhcpOptions '{options_id}' has dependencies and cannot be deleted."
            )
        del self.dhcp_options_sets[options.id]

    DHCPOptions.create_dhcp_options = create  # type: ignore[method-assign]
    DHCPOptionsSetBackend.delete_dhcp_options_set = delete  # type: ignore[method-assign,assignment]


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
        if groups or gateways or interfaces or endpoints:
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


def _install_security_groups() -> None:
    moto_delete = SecurityGroups.delete_security_group
    moto_parse = security_group_responses.parse_sg_attributes_from_dict

    def delete(self: SecurityGroups) -> ActionResult:
        backend = self.ec2_backend
        name = self._get_param("GroupId") or self._get_param("GroupName")
        group = backend.get_security_group_by_name_or_id(name)
        if group and group.name == "default":
            raise EC2ClientError(
                "CannotDelete",
                f'the specified group: "{group.id}" name: "default" cannot be deleted by a user',
            )
        if group and _is_used(backend, group):
            raise DependencyViolationError(f"resource {group.id} has a dependent object")
        return moto_delete(self)

    def parse(attributes: dict[str, Any]) -> tuple[Any, ...]:
        protocol, low, high, ranges, groups, prefixes = moto_parse(attributes)
        for one in ranges:
            for key in ("CidrIp", "CidrIpv6"):
                if one.get(key):
                    one[key] = canonical_cidr(one[key])
        return protocol, low, high, ranges, groups, prefixes

    SecurityGroups.delete_security_group = delete  # type: ignore[method-assign]
    security_group_responses.parse_sg_attributes_from_dict = parse


def _is_used(backend: EC2Backend, group: Any) -> bool:
    """Whether an interface has the group, or a rule of another group names it."""
    if any(group in eni.group_set for eni in backend.enis.values()):
        return True
    for groups in backend.groups.values():
        for other in groups.values():
            if other is not group and any(
                (rule.source_group or {}).get("GroupId") == group.id
                for rule in [*other.ingress_rules, *other.egress_rules]
            ):
                return True
    return False


def _install_routes() -> None:
    moto_filter = RouteTable.get_filter_value

    def filter_value(self: RouteTable, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name == "route.instance-id":
            return [
                route.instance.id for route in self._routes.values() if route.instance is not None
            ]
        if filter_name == "route.state":
            return ["active"]
        if filter_name == "route.origin":
            return ["CreateRouteTable", "CreateRoute"]
        return moto_filter(self, filter_name, method_name)

    def canonical(moto_method: Any) -> Any:
        def method(
            self: RouteBackend,
            route_table_id: str,
            destination_cidr_block: str | None = None,
            *args: Any,
            **kwargs: Any,
        ) -> Any:
            cidr = canonical_cidr(destination_cidr_block) if destination_cidr_block else None
            return moto_method(self, route_table_id, cidr, *args, **kwargs)

        return method

    RouteTable.get_filter_value = filter_value  # type: ignore[method-assign]
    for name in ("replace_route", "delete_route"):
        setattr(RouteBackend, name, canonical(getattr(RouteBackend, name)))
    _install_create_route()


def _install_create_route() -> None:
    moto_create = RouteBackend.create_route

    def create(
        self: RouteBackend,
        route_table_id: str,
        destination_cidr_block: str | None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        if destination_cidr_block:
            destination_cidr_block = canonical_cidr(destination_cidr_block)
        return moto_create(self, route_table_id, destination_cidr_block, *args, **kwargs)

    RouteBackend.create_route = create  # type: ignore[method-assign]


def _install_gateways() -> None:
    moto_detach = InternetGatewayBackend.detach_internet_gateway
    moto_create = NatGatewayBackend.create_nat_gateway
    moto_delete = NatGatewayBackend.delete_nat_gateway

    def detach(self: EC2Backend, internet_gateway_id: str, vpc_id: str) -> None:
        if any(eni.subnet.vpc_id == vpc_id and eni.public_ip for eni in self.enis.values()):
            raise DependencyViolationError(
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public"
                " address(es) before detaching the gateway."
            )
        moto_detach(self, internet_gateway_id, vpc_id)

    def create(self: EC2Backend, subnet_id: str, *args: Any, **kwargs: Any) -> NatGateway:
        gateway = moto_create(self, subnet_id, *args, **kwargs)
        eni = gateway._eni
        eni.private_ip_address = eni.subnet.get_available_subnet_ip(eni)
        eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": eni.private_ip_address}]
        eni.description = f"Interface for NAT Gateway {gateway.id}"
        eni.status = "in-use"
        eni.requester_managed = True
        gateway.private_ip = eni.private_ip_address
        gateway.address_set[0]["privateIp"] = eni.private_ip_address
        return gateway

    def delete(self: EC2Backend, nat_gateway_id: str) -> NatGateway:
        if nat_gateway_id not in self.nat_gateways:
            raise EC2ClientError(
                "NatGatewayNotFound", f"The Nat Gateway {nat_gateway_id} was not found"
            )
        gateway = moto_delete(self, nat_gateway_id)
        for address in list(self.addresses):
            if address.eni is gateway._eni:
                self.disassociate_address(address=address.public_ip)
        if gateway._eni.id in self.enis:
            gateway._eni.delete()
        return gateway

    InternetGatewayBackend.detach_internet_gateway = detach  # type: ignore[method-assign,assignment]
    NatGatewayBackend.create_nat_gateway = create  # type: ignore[method-assign,assignment]
    NatGatewayBackend.delete_nat_gateway = delete  # type: ignore[method-assign,assignment]


def _install_endpoints() -> None:
    moto_create = VPCBackend.create_vpc_endpoint
    moto_delete = VPCBackend.delete_vpc_endpoints

    def create(
        self: EC2Backend,
        vpc_id: str,
        service_name: str,
        endpoint_type: str | None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        return moto_create(self, vpc_id, service_name, endpoint_type or "Gateway", *args, **kwargs)

    def delete(self: EC2Backend, vpce_ids: list[str] | None = None) -> None:
        for endpoint_id in vpce_ids or []:
            endpoint = self.vpc_end_points.get(endpoint_id)
            if endpoint is None or endpoint.state == "deleted":
                continue
            # moto fails when a route table has gone before the endpoint.
            endpoint.route_table_ids = [
                table
                for table in endpoint.route_table_ids or []
                if table in self.route_tables
                and any(
                    route.destination_prefix_list is not None
                    and route.destination_prefix_list.id == endpoint.destination_prefix_list_id
                    for route in self.route_tables[table]._routes.values()
                )
            ]
            moto_delete(self, [endpoint_id])
            del self.vpc_end_points[endpoint_id]

    VPCBackend.create_vpc_endpoint = create  # type: ignore[method-assign,assignment]
    VPCBackend.delete_vpc_endpoints = delete  # type: ignore[method-assign,assignment]


def _install_interfaces(cloud: Cloud) -> None:
    moto_create = NetworkInterfaceBackend.create_network_interface
    moto_attach = NetworkInterfaceBackend.attach_network_interface
    moto_detach = NetworkInterfaceBackend.detach_network_interface
    moto_delete = ElasticNetworkInterfaces.delete_network_interface

    def create(
        self: EC2Backend,
        subnet: Any,
        private_ip_address: Any = None,
        private_ip_addresses: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> NetworkInterface:
        if isinstance(subnet, str):
            subnet = self.get_subnet(subnet)
        address = (
            private_ip_address[0] if isinstance(private_ip_address, list) else private_ip_address
        )
        if not address and not private_ip_addresses:
            address = subnet.get_available_subnet_ip(None)
        elif address and ipaddress.ip_address(address) in subnet.cidr:
            if any(
                eni.subnet.id == subnet.id and eni.private_ip_address == address
                for eni in self.enis.values()
            ):
                raise EC2ClientError("InvalidIPAddress.InUse", f"Address {address} is in use.")
            subnet._unused_ips.discard(address)
            subnet._subnet_ips.setdefault(address, None)
        return moto_create(self, subnet, address, private_ip_addresses, *args, **kwargs)

    def attach(self: EC2Backend, eni_id: str, instance_id: str, device_index: int) -> Any:
        eni = self.get_network_interface(eni_id)
        if eni.instance is not None:
            raise EC2ClientError("InvalidNetworkInterface.InUse", f"Interface: [{eni_id}] in use.")
        if int(device_index) in self.get_instance(instance_id).nics:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Instance '{instance_id}' already has an interface attached at device index '{device_index}'.",
            )
        attachment = moto_attach(self, eni_id, instance_id, device_index)
        cloud.changed()
        return attachment

    def detach(self: EC2Backend, attachment_id: str) -> None:
        moto_detach(self, attachment_id)
        cloud.changed()

    def delete(self: ElasticNetworkInterfaces) -> ActionResult:
        eni = self.ec2_backend.get_network_interface(self._get_param("NetworkInterfaceId"))
        if eni.instance is not None or eni.status == "in-use":
            raise EC2ClientError(
                "InvalidParameterValue", f"Network interface '{eni.id}' is currently in use."
            )
        result = moto_delete(self)
        eni.subnet.del_subnet_ip(eni.private_ip_address)
        return result

    moto_request = Subnet.request_ip

    def request_ip(self: Subnet, ip: str, instance: Any) -> None:
        if ipaddress.ip_address(ip) not in self.cidr:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Address {ip} does not fall within the subnet's address range",
            )
        if ip in self._subnet_ips:
            raise EC2ClientError("InvalidIPAddress.InUse", f"Address {ip} is in use.")
        moto_request(self, ip, instance)

    Subnet.request_ip = request_ip  # type: ignore[method-assign]
    NetworkInterfaceBackend.create_network_interface = create  # type: ignore[method-assign,assignment]
    NetworkInterfaceBackend.attach_network_interface = attach  # type: ignore[method-assign,assignment]
    NetworkInterfaceBackend.detach_network_interface = detach  # type: ignore[method-assign,assignment]
    ElasticNetworkInterfaces.delete_network_interface = delete  # type: ignore[method-assign]
