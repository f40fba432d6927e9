"""Network interfaces as EC2 has them: addresses of their subnet, one holder each."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.elastic_network_interfaces import NetworkInterface, NetworkInterfaceBackend
from moto.ec2.models.subnets import Subnet
from moto.ec2.responses.elastic_network_interfaces import ElasticNetworkInterfaces

from .cloud import Cloud


def install(cloud: Cloud) -> None:
    """Patches moto's network interfaces."""
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
