"""Interfaces that services of AWS have in subnets of others: in use, and nobody's to detach."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from moto.ec2.models import EC2Backend, ec2_backends


def open_interface(
    backend: Any, subnet_id: str, groups: Iterable[str], description: str, requester: str
) -> str:
    """Makes an interface of the service whose `backend` asks; its id."""
    ec2 = _ec2_of(backend)
    eni = ec2.create_network_interface(subnet_id, None, None, group_ids=list(groups), description=description)
    eni.status = "in-use"
    eni.requester_managed = True
    eni.requester_id = requester
    return str(eni.id)


def close_interface(backend: Any, interface_id: str) -> None:
    """The service gives it up; nothing if it is gone."""
    eni = _ec2_of(backend).enis.pop(interface_id, None)
    if eni is not None:
        eni.subnet.del_subnet_ip(eni.private_ip_address)


def _ec2_of(backend: Any) -> EC2Backend:
    return ec2_backends[backend.account_id][backend.region_name]
