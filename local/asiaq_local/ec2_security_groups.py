"""Security groups as EC2 has them: names, ranges, and what uses them."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DependencyViolationError, EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.responses import security_groups as security_group_responses
from moto.ec2.responses.security_groups import SecurityGroups

from .ec2_routes import canonical_cidr


def install() -> None:
    """Patches moto's security groups."""
    moto_create = SecurityGroups.create_security_group
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

    def create(self: SecurityGroups) -> ActionResult:
        name = str(self._get_param("GroupName") or "")
        if name.lower().startswith("sg-"):
            raise EC2ClientError(
                "InvalidParameterValue",
                f"Value ({name}) for parameter groupName is invalid. Group names must not begin with 'sg-'.",
            )
        return moto_create(self)

    SecurityGroups.create_security_group = create  # type: ignore[method-assign]
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
