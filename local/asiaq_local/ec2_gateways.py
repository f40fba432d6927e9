"""Internet and NAT gateways as EC2 has them: one per VPC; an interface and an address of their own."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.internet_gateways import InternetGatewayBackend
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend


def install() -> None:
    """Patches moto's gateways."""
    _install_internet_gateways()
    _install_nat_gateways()


def _install_internet_gateways() -> None:
    moto_attach = InternetGatewayBackend.attach_internet_gateway
    moto_detach = InternetGatewayBackend.detach_internet_gateway

    def attach(self: EC2Backend, internet_gateway_id: str, vpc_id: str) -> Any:
        taken = [one for one in self.internet_gateways.values() if one.vpc and one.vpc.id == vpc_id]
        if taken and taken[0].id != internet_gateway_id:
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Network {vpc_id} already has an internet gateway attached",
            )
        return moto_attach(self, internet_gateway_id, vpc_id)

    def detach(self: EC2Backend, internet_gateway_id: str, vpc_id: str) -> None:
        if any(eni.subnet.vpc_id == vpc_id and eni.public_ip for eni in self.enis.values()):
            raise DependencyViolationError(
                f"Network {vpc_id} has some mapped public address(es). Please unmap those public"
                " address(es) before detaching the gateway."
            )
        moto_detach(self, internet_gateway_id, vpc_id)

    InternetGatewayBackend.attach_internet_gateway = attach  # type: ignore[method-assign,assignment]
    InternetGatewayBackend.detach_internet_gateway = detach  # type: ignore[method-assign,assignment]


def _install_nat_gateways() -> None:
    moto_create = NatGatewayBackend.create_nat_gateway
    moto_delete = NatGatewayBackend.delete_nat_gateway

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

    NatGatewayBackend.create_nat_gateway = create  # type: ignore[method-assign,assignment]
    NatGatewayBackend.delete_nat_gateway = delete  # type: ignore[method-assign,assignment]
