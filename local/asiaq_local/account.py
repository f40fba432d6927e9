"""What a fresh account of the box has: the role that hosts use, and where Debian's image is found."""

from __future__ import annotations

import json

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.ssm.models import Parameter, ssm_backends

from .settings import ACCOUNT_ID, BASE_IMAGE_ID, BASE_IMAGE_PARAMETER, REGION, SEEDED_ROLE

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
