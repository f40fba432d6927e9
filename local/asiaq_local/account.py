"""What a fresh account of the box has: keys, the role that hosts use, and where Debian's image is found."""

from __future__ import annotations

import json

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.ssm.models import Parameter, ssm_backends
from moto.sts.models import sts_backends

from .settings import (
    ACCESS_KEY_ID,
    ACCOUNT_ID,
    BASE_IMAGE_ID,
    BASE_IMAGE_PARAMETER,
    REGION,
    SECRET_ACCESS_KEY,
    SEEDED_ROLE,
)

_TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
_POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["ec2:*", "s3:*", "autoscaling:*", "logs:*", "cloudwatch:*"],
            "Resource": "*",
        }
    ],
}


def find_key(access_key: str) -> tuple[str, str | None] | None:
    """The secret and the session token of an access key: the box's own, a user's or a role's."""
    if access_key == ACCESS_KEY_ID:
        return SECRET_ACCESS_KEY, None
    for account in list(iam_backends.values()):
        for backend in list(account.values()):
            for user in list(backend.users.values()):
                for key in user.access_keys:
                    if key.access_key_id == access_key and key.status == "Active":
                        return key.secret_access_key, None
    for account in list(sts_backends.values()):
        for backend in list(account.values()):
            for role in list(backend.assumed_roles):
                if role.access_key_id == access_key:
                    return role.secret_access_key, role.session_token
    return None


def seed_account() -> None:
    """Call on an empty account."""
    iam = iam_backends[ACCOUNT_ID]["aws"]
    iam.create_role(
        role_name=SEEDED_ROLE,
        assume_role_policy_document=json.dumps(_TRUST),
        path="/",
        permissions_boundary=None,
        description="Hosts of the box",
        tags=[],
        max_session_duration=None,
    )
    iam.put_role_policy(SEEDED_ROLE, "hosts", json.dumps(_POLICY))
    iam.create_instance_profile(SEEDED_ROLE, path="/", role_names=[])
    iam.add_role_to_instance_profile(SEEDED_ROLE, SEEDED_ROLE)
    parameters = ssm_backends[ACCOUNT_ID][REGION]._parameters
    parameters[BASE_IMAGE_PARAMETER].append(
        Parameter(
            account_id=ACCOUNT_ID,
            name=BASE_IMAGE_PARAMETER,
            value=BASE_IMAGE_ID,
            parameter_type="String",
            description=None,
            allowed_pattern=None,
            keyid=None,
            last_modified_date=utcnow(),
            version=1,
            data_type="aws:ec2:image",
        )
    )
