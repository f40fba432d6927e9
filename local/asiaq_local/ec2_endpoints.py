"""Gateway endpoints as EC2 has them: of services that exist, once per route table, gone when deleted."""

from __future__ import annotations

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpcs import VPCBackend


def install() -> None:
    """Patches moto's VPC endpoints."""
    moto_create = VPCBackend.create_vpc_endpoint
    moto_delete = VPCBackend.delete_vpc_endpoints
    moto_modify = VPCBackend.modify_vpc_endpoint

    def create(
        self: EC2Backend,
        vpc_id: str,
        service_name: str,
        endpoint_type: str | None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        tables = args[1] if len(args) > 1 else kwargs.get("route_table_ids")
        _check(self, vpc_id, service_name, tables or [])
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

    def modify(self: EC2Backend, vpc_id: str, **changes: Any) -> None:
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
        before = set(endpoint.route_table_ids or [])
        moto_modify(self, vpc_id, **changes)
        prefix_list = endpoint.destination_prefix_list_id
        if prefix_list is None:
            return
        # A table of an endpoint has its route.
        now = set(endpoint.route_table_ids or [])
        for table in now - before:
            self.create_route(
                table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list
            )
        for table in before - now:
            self.delete_route(table, None, destination_prefix_list_id=prefix_list)

    VPCBackend.modify_vpc_endpoint = modify  # type: ignore[method-assign,assignment]
    VPCBackend.create_vpc_endpoint = create  # type: ignore[method-assign,assignment]
    VPCBackend.delete_vpc_endpoints = delete  # type: ignore[method-assign,assignment]


def _check(backend: EC2Backend, vpc_id: str, service_name: str, tables: list[str]) -> None:
    gateways = {f"com.amazonaws.{backend.region_name}.{name}" for name in ("s3", "dynamodb")}
    if service_name.startswith("com.amazonaws.") and service_name not in gateways:
        raise EC2ClientError(
            "InvalidServiceName", f"The Vpc Endpoint Service '{service_name}' does not exist"
        )
    for endpoint in backend.vpc_end_points.values():
        shared = set(tables) & set(endpoint.route_table_ids or [])
        if endpoint.vpc_id == vpc_id and endpoint.service_name == service_name and shared:
            raise EC2ClientError(
                "RouteAlreadyExists",
                f"route table {min(shared)} already has a route with destination-prefix-list-id"
                f" {endpoint.destination_prefix_list_id}",
            )
