"""A box that checks signatures: what it lets pass and what it refuses."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import botocore.config
import pytest
from asiaq_local.settings import ACCESS_KEY_ID, SECRET_ACCESS_KEY
from botocore.exceptions import ClientError

from box_under_test import BoxUnderTest, running_box


@pytest.fixture(scope="module")
def strict(key: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxUnderTest]:
    """A box that looks at signatures."""
    state = str(tmp_path_factory.mktemp("state"))
    with running_box("strict", key, "--no-hosts", "--check-signatures", ASIAQ_BOX_STATE=state) as running:
        yield running


def client(box: BoxUnderTest, service: str, key: str, secret: str, token: str | None = None, **config: Any) -> Any:
    return boto3.client(
        service, endpoint_url=box.variables["AWS_ENDPOINT_URL"], region_name="us-west-2", aws_access_key_id=key,
        aws_secret_access_key=secret, aws_session_token=token,
        config=botocore.config.Config(retries={"total_max_attempts": 1}, **config),
    )  # fmt: skip


@pytest.mark.parametrize(
    "service, operation, code",
    [
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("s3", "list_buckets", "SignatureDoesNotMatch"),
        ("iam", "list_users", "SignatureDoesNotMatch"),
        ("dynamodb", "list_tables", "InvalidSignatureException"),
        ("route53", "list_hosted_zones", "SignatureDoesNotMatch"),
    ],
)
def test_a_wrong_secret_is_refused_and_the_right_one_is_not(
    strict: BoxUnderTest, service: str, operation: str, code: str
) -> None:
    with pytest.raises(ClientError, match=f"\\({code}\\)"):
        getattr(client(strict, service, ACCESS_KEY_ID, "wrong"), operation)()
    getattr(client(strict, service, ACCESS_KEY_ID, SECRET_ACCESS_KEY), operation)()


@pytest.mark.parametrize("service, operation, code", [
    ("ec2", "describe_vpcs", "AuthFailure"), ("s3", "list_buckets", "InvalidAccessKeyId"),
    ("iam", "list_users", "InvalidClientTokenId"),
])  # fmt: skip
def test_unknown_keys_are_refused(strict: BoxUnderTest, service: str, operation: str, code: str) -> None:
    with pytest.raises(ClientError, match=f"\\({code}\\)"):
        getattr(client(strict, service, "AKIANOBODY0000000000", SECRET_ACCESS_KEY), operation)()


def test_requests_without_signature_are_refused(strict: BoxUnderTest) -> None:
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(strict.variables["AWS_ENDPOINT_URL"] + "/bucket/key")


def test_keys_of_users_and_roles_are_known(strict: BoxUnderTest) -> None:
    iam = client(strict, "iam", ACCESS_KEY_ID, SECRET_ACCESS_KEY)
    iam.create_user(UserName="u")
    made = iam.create_access_key(UserName="u")["AccessKey"]
    client(strict, "ec2", made["AccessKeyId"], made["SecretAccessKey"]).describe_vpcs()
    iam.update_access_key(UserName="u", AccessKeyId=made["AccessKeyId"], Status="Inactive")
    with pytest.raises(ClientError, match="AuthFailure"):
        client(strict, "ec2", made["AccessKeyId"], made["SecretAccessKey"]).describe_vpcs()

    sts = client(strict, "sts", ACCESS_KEY_ID, SECRET_ACCESS_KEY)
    role = sts.assume_role(RoleArn="arn:aws:iam::123456789012:role/instance_disco_common", RoleSessionName="session")["Credentials"]
    client(strict, "ec2", role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"]).describe_vpcs()
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client(strict, "ec2", role["AccessKeyId"], role["SecretAccessKey"], "other").describe_vpcs()
    with pytest.raises(ClientError, match="InvalidClientTokenId"):
        client(strict, "ec2", role["AccessKeyId"], role["SecretAccessKey"]).describe_vpcs()


def test_bodies_names_and_presigned_addresses_of_s3(strict: BoxUnderTest) -> None:
    s3 = client(strict, "s3", ACCESS_KEY_ID, SECRET_ACCESS_KEY, s3={"addressing_style": "path"}, signature_version="s3v4")
    s3.create_bucket(Bucket="strict", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    s3.put_object(Bucket="strict", Key="a//b c+ü/~*%", Body=b"content", Metadata={"a": "b  c"})
    s3.list_objects_v2(Bucket="strict", Prefix="a//b c+ü/~*%", Delimiter="/")
    address = s3.generate_presigned_url("get_object", Params={"Bucket": "strict", "Key": "a//b c+ü/~*%"})
    with urllib.request.urlopen(address) as answer:
        assert answer.read() == b"content"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address.replace("strict", "other"))
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address[:-1] + ("0" if address[-1] != "0" else "1"))
