"""Public addresses: of the box's own documentation networks, and what associating them means."""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, elastic_ip_addresses, elastic_network_interfaces
from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.responses.elastic_ip_addresses import ElasticIPAddresses

from .cloud import Cloud, all_backends
from .settings import PUBLIC_NETWORKS


class PublicAddresses:
    """Hands out public addresses that nobody in the box has."""

    def __init__(self) -> None:
        self._networks = [ipaddress.IPv4Network(network) for network in PUBLIC_NETWORKS]
        self._size = sum(network.num_addresses - 2 for network in self._networks)
        self._next = self._endless()

    def _endless(self) -> Iterator[str]:
        while True:
            for network in self._networks:
                yield from map(str, network.hosts())

    @staticmethod
    def _taken() -> set[str]:
        taken: set[str] = set()
        for backend in all_backends():
            taken.update(eni.public_ip for eni in list(backend.enis.values()) if eni.public_ip)
            taken.update(address.public_ip for address in list(backend.addresses))
        return taken

    def take(self) -> str:
        """A free address. Raises AddressLimitExceeded when all are taken."""
        taken = self._taken()
        for address in itertools.islice(self._next, self._size):
            if address not in taken:
                return address
        raise EC2ClientError("AddressLimitExceeded", "The box has no public address left.")


def install(cloud: Cloud) -> None:
    """Patches where moto's addresses come from and what associating them means."""
    addresses = PublicAddresses()
    elastic_ip_addresses.random_ip = addresses.take
    elastic_network_interfaces.random_public_ip = addresses.take
    _install_association(cloud)


def _install_association(cloud: Cloud) -> None:
    moto_associate = ElasticAddressBackend.associate_address
    moto_disassociate = ElasticAddressBackend.disassociate_address
    moto_release = ElasticIPAddresses.release_address

    def associate_address(
        self: EC2Backend, instance: Any = None, eni: Any = None, **kwargs: Any
    ) -> ElasticAddress:
        if kwargs.get("address"):
            address = self.address_by_ip([kwargs["address"]])[0]
        else:
            address = self.address_by_allocation([kwargs.get("allocation_id") or ""])[0]
        if eni is None and instance is not None:
            if 0 not in instance.nics:
                raise EC2ClientError(
                    "IncorrectInstanceState",
                    f"The instance '{instance.id}' is not in a valid state",
                )
            eni = instance.nics[0]
        before = address.eni
        # One that was there already gives way to the new one.
        for other in self.addresses:
            if other is not address and eni is not None and other.eni is eni:
                other.eni, other.instance, other.association_id = None, None, None
        result = moto_associate(self, instance=eni.instance if eni else instance, eni=eni, **kwargs)
        if before is not None and before is not eni:
            before.public_ip = None
            before.check_auto_public_ip()
        cloud.changed()
        return result

    def disassociate_address(self: EC2Backend, **kwargs: Any) -> None:
        moto_disassociate(self, **kwargs)
        cloud.changed()

    def release_address(self: ElasticIPAddresses) -> Any:
        allocation = self._get_param("AllocationId")
        if allocation:
            address = self.ec2_backend.address_by_allocation([allocation])[0]
            if address.association_id:
                raise EC2ClientError(
                    "InvalidIPAddress.InUse", f"Address {address.public_ip} is in use."
                )
        return moto_release(self)

    ElasticAddressBackend.associate_address = associate_address  # type: ignore[method-assign,assignment]
    ElasticAddressBackend.disassociate_address = disassociate_address  # type: ignore[method-assign,assignment]
    ElasticIPAddresses.release_address = release_address  # type: ignore[method-assign]
