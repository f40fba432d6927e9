"""Public addresses of the box's own documentation networks, and interfaces that are really plugged."""

from __future__ import annotations

import ipaddress
import itertools
import logging
import threading
from collections.abc import Iterator
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend, elastic_ip_addresses, elastic_network_interfaces
from moto.ec2.models.elastic_ip_addresses import ElasticAddress, ElasticAddressBackend
from moto.ec2.responses.elastic_ip_addresses import ElasticIPAddresses

from .cloud import Cloud, all_backends, interfaces_of
from .network import Interface, Network
from .settings import PUBLIC_NETWORKS, BoxError

log = logging.getLogger("addresses")


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


class NetworkKeeper:
    """Keeps the real network in step with what EC2 says, in a thread of its own."""

    def __init__(self, cloud: Cloud, network: Network):
        self._cloud = cloud
        self._network = network
        self._poke = threading.Event()
        self._plugged: dict[str, dict[str, Interface]] = {}
        self._vpcs: set[str] = set()
        self._subnets: dict[str, str] = {}
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="network", daemon=True).start()

    def poke(self) -> None:
        """Something may have changed."""
        self._poke.set()

    def forget_all(self) -> None:
        """After a reset."""
        with self._lock:
            self._plugged.clear()
            for vpc_id in self._vpcs:
                self._network.remove_vpc(vpc_id)
            self._vpcs.clear()

    def _run(self) -> None:
        while True:
            self._poke.wait()
            self._poke.clear()
            try:
                # The cloud's lock is never taken while holding our own.
                wanted = self._wanted()
                with self._lock:
                    self._reconcile(*wanted)
            except (BoxError, OSError) as error:
                log.error("%s", error)

    def _wanted(self) -> tuple[dict[str, dict[str, str]], dict[str, list[Interface]], set[str]]:
        """Public addresses by VPC, interfaces by instance, and the VPCs that there are."""
        public: dict[str, dict[str, str]] = {}
        interfaces: dict[str, list[Interface]] = {}
        with self._cloud.lock:
            vpcs = {vpc_id for backend in all_backends() for vpc_id in backend.vpcs}
            for instance in self._cloud.instances():
                interfaces[instance.id] = interfaces_of(instance)
                for eni in instance.nics.values():
                    mapping = public.setdefault(eni.subnet.vpc_id, {})
                    if eni.public_ip:
                        mapping[eni.public_ip] = eni.private_ip_address
        return public, interfaces, vpcs

    def _reconcile(
        self,
        public: dict[str, dict[str, str]],
        interfaces: dict[str, list[Interface]],
        vpcs: set[str],
    ) -> None:
        for vpc_id, mapping in public.items():
            self._network.set_public_addresses(vpc_id, mapping)
            self._vpcs.add(vpc_id)
        for vpc_id in self._vpcs - public.keys():
            self._network.set_public_addresses(vpc_id, {})
        self._plug(interfaces)
        for vpc_id in self._vpcs - vpcs:
            self._network.remove_vpc(vpc_id)
        self._vpcs &= vpcs

    def _plug(self, wanted: dict[str, list[Interface]]) -> None:
        """Plugs and pulls second and further interfaces; the first one comes with the host."""
        now = {
            instance_id: {one.id: one for one in interfaces if one.device_index > 0}
            for instance_id, interfaces in wanted.items()
        }
        # What moves from one host to another leaves the former before it can be plugged.
        for instance_id, plugged in self._plugged.items():
            for interface_id in plugged.keys() - now.get(instance_id, {}).keys():
                self._network.unplug(plugged.pop(interface_id))
        for instance_id, interfaces in now.items():
            plugged = self._plugged.setdefault(instance_id, {})
            for interface_id in interfaces.keys() - plugged.keys():
                # A host that is still being made is plugged at a later look.
                if self._network.has_host(instance_id):
                    self._network.plug_if_absent(instance_id, interfaces[interface_id])
                    plugged[interface_id] = interfaces[interface_id]
        for instance_id in self._plugged.keys() - wanted.keys():
            del self._plugged[instance_id]
