"""DHCP options as EC2 has them: with tags, and gone only when no VPC uses them."""

from __future__ import annotations

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.ec2.models.dhcp_options import DHCPOptionsSetBackend
from moto.ec2.responses.dhcp_options import DHCPOptions


def install() -> None:
    """Patches moto's DHCP options."""
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
