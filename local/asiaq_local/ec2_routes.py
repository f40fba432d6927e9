"""Route tables as EC2 has them: canonical ranges, routes that lead nowhere, tables in use."""

from __future__ import annotations

import ipaddress
from typing import Any

from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.route_tables import Route, RouteBackend, RouteTable
from moto.ec2.responses.route_tables import RouteTables


def canonical_cidr(cidr: str) -> str:
    """AWS drops host bits of a range: 10.1.0.22/16 is 10.1.0.0/16."""
    try:
        return str(ipaddress.ip_network(cidr, strict=False))
    except ValueError:
        return cidr


def install() -> None:
    """Patches moto's route tables."""
    moto_filter = RouteTable.get_filter_value

    def filter_value(self: RouteTable, filter_name: str, method_name: str | None = None) -> Any:
        if filter_name == "route.instance-id":
            return [
                route.instance.id for route in self._routes.values() if route.instance is not None
            ]
        if filter_name == "route.state":
            return [route.state for route in self._routes.values()]
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
    _install_states()
    _install_tables()


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
        _check_gateway(self, route_table_id, kwargs.get("gateway_id"))
        return moto_create(self, route_table_id, destination_cidr_block, *args, **kwargs)

    RouteBackend.create_route = create  # type: ignore[method-assign]


def _check_gateway(backend: EC2Backend, route_table_id: str, gateway_id: str | None) -> None:
    """An internet gateway serves only the VPC that it is attached to."""
    if not gateway_id or not gateway_id.startswith("igw-"):
        return
    gateway = backend.get_internet_gateway(gateway_id)
    table = backend.get_route_table(route_table_id)
    if gateway.vpc is None or gateway.vpc.id != table.vpc_id:
        raise EC2ClientError(
            "InvalidParameterValue",
            f"route table {table.id} and network gateway {gateway_id} belong to different networks",
        )


def _install_states() -> None:
    """A route whose target has gone stays, as a black hole."""

    def state(self: Route) -> str:
        if self.gateway is not None and not self.local:
            attachments = getattr(self.gateway, "attachments", None)
            is_attached = bool(attachments) if attachments is not None else self.gateway.vpc is not None
            return "active" if is_attached else "blackhole"
        if self.nat_gateway is not None and self.nat_gateway.state in ("deleting", "deleted"):
            return "blackhole"
        if self.vpc_pcx is not None and self.vpc_pcx._status.code != "active":
            return "blackhole"
        return "active"

    Route.state = property(state)  # type: ignore[assignment,method-assign]


def _install_tables() -> None:
    moto_delete = RouteTables.delete_route_table
    moto_associate = RouteBackend.associate_route_table

    def delete(self: RouteTables) -> Any:
        table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
        if table.main_association_id is not None:
            raise DependencyViolationError(
                f"The routeTable '{table.id}' has dependencies and cannot be deleted."
            )
        result = moto_delete(self)
        for endpoint in self.ec2_backend.vpc_end_points.values():
            if table.id in (endpoint.route_table_ids or []):
                endpoint.route_table_ids.remove(table.id)
        return result

    def associate(
        self: EC2Backend,
        route_table_id: str,
        gateway_id: str | None = None,
        subnet_id: str | None = None,
    ) -> str:
        for table in self.route_tables.values():
            if subnet_id and subnet_id in table._associations.values() and table.id != route_table_id:
                raise EC2ClientError(
                    "Resource.AlreadyAssociated",
                    f"the specified association for route table {route_table_id} conflicts with an existing association",
                )
        return moto_associate(self, route_table_id, gateway_id, subnet_id)

    RouteTables.delete_route_table = delete  # type: ignore[method-assign]
    RouteBackend.associate_route_table = associate  # type: ignore[method-assign,assignment]
