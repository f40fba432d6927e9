"""Roles taken through STS, and their credentials kept between runs."""

from __future__ import annotations

import json
import os
import pty
import select
import time

import boto3
from botocore.credentials import JSONFileCache

ROLE = "arn:aws:iam::123456789012:role/deployer"
PROFILES = f"""
[profile base]
aws_access_key_id = BASE
aws_secret_access_key = s

[profile deploy]
role_arn = {ROLE}
source_profile = base

[profile chained]
role_arn = arn:aws:iam::123456789012:role/second
source_profile = deploy
"""


def kept_keys(path):
    kept = json.loads(path.read_text())["Credentials"]
    return kept["AccessKeyId"], kept["SecretAccessKey"], kept["SessionToken"]


def test_a_role_is_taken_with_the_source_and_signs_afterwards(cloud, asiaq):
    asiaq.config(PROFILES)
    asiaq.ok(AWS_PROFILE="deploy")
    taken, used = cloud.calls
    assert str(taken) == "AssumeRole by BASE"
    (file,) = asiaq.stored()
    assert (used.operation, used.key) == ("DescribeAddresses", kept_keys(file)[0])
    assert cloud.identity_of(*kept_keys(file)) == "arn:aws:sts::123456789012:assumed-role/deployer/asiaq"


def test_a_second_run_takes_what_the_first_has_stored(cloud, asiaq):
    asiaq.config(PROFILES)
    asiaq.ok(AWS_PROFILE="deploy")
    asiaq.ok(AWS_PROFILE="deploy")
    assert cloud.operations() == ["AssumeRole", "DescribeAddresses", "DescribeAddresses"]
    assert cloud.calls[1] == cloud.calls[2]
    (file,) = asiaq.stored()
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    assert oct(file.parent.stat().st_mode & 0o777) == "0o700"


def test_a_chain_takes_one_role_after_the_other(cloud, asiaq):
    asiaq.config(PROFILES)
    asiaq.ok(AWS_PROFILE="chained")
    assert cloud.operations() == ["AssumeRole", "AssumeRole", "DescribeAddresses"]
    first, second, used = (call.key for call in cloud.calls)
    assert first == "BASE" and len({first, second, used}) == 3


def test_stored_credentials_that_are_broken_or_about_to_expire_are_replaced(cloud, asiaq):
    asiaq.config(PROFILES)
    asiaq.ok(AWS_PROFILE="deploy")
    (file,) = asiaq.stored()
    for text in ("{", "[]", "", json.dumps({"Credentials": {"AccessKeyId": "X"}}),
                 file.read_text().replace(json.loads(file.read_text())["Credentials"]["Expiration"],
                                          time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 200)))):
        file.write_text(text)
        cloud.calls.clear()
        asiaq.ok(AWS_PROFILE="deploy")
        assert cloud.operations() == ["AssumeRole", "DescribeAddresses"], text


def botocore_session(asiaq, cloud, monkeypatch):
    """botocore as the AWS CLI sets it up: with the same profile and the same cache."""
    monkeypatch.setenv("AWS_CONFIG_FILE", str(asiaq.home / ".aws/config"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    session = boto3.Session(profile_name="deploy", region_name="us-west-2")
    provider = session._session.get_component("credential_provider").get_provider("assume-role")
    provider.cache = JSONFileCache(str(asiaq.home / ".aws/cli/cache"))
    return session


def test_the_aws_cli_takes_what_is_stored(cloud, asiaq, monkeypatch):
    asiaq.config(PROFILES)
    asiaq.ok(AWS_PROFILE="deploy")
    (file,) = asiaq.stored()
    credentials = botocore_session(asiaq, cloud, monkeypatch).get_credentials().get_frozen_credentials()
    assert tuple(credentials)[:3] == kept_keys(file)
    assert asiaq.stored() == [file]


def test_what_the_aws_cli_has_stored_is_taken(cloud, asiaq, monkeypatch):
    asiaq.config(PROFILES)
    credentials = botocore_session(asiaq, cloud, monkeypatch).get_credentials().get_frozen_credentials()
    asiaq.ok(AWS_PROFILE="deploy")
    assert [str(call) for call in cloud.calls] == [f"DescribeAddresses by {credentials.access_key}"]


def test_a_home_that_cannot_be_written_is_no_obstacle(cloud, asiaq):
    asiaq.config(PROFILES)
    asiaq.write(".aws/cli", "in the way")
    asiaq.ok(AWS_PROFILE="deploy")
    assert cloud.operations() == ["AssumeRole", "DescribeAddresses"]


MFA = PROFILES.replace("source_profile = base", "source_profile = base\nmfa_serial = arn:aws:iam::1:mfa/me", 1)


def test_a_code_is_asked_for_at_the_terminal_unseen_and_once(cloud, asiaq):
    asiaq.config(MFA)
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(asiaq.home)
        os.execvpe("sh", ["sh", "-c", "asiaq eip list </dev/null >/dev/null 2>&1"],
                   {**asiaq.environment, "AWS_PROFILE": "deploy"})
    said = b""
    while b"mfa/me: " not in said:
        assert select.select([terminal], [], [], 30)[0], said
        said += os.read(terminal, 1000)
    os.write(terminal, b"123456\n")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    try:
        said += os.read(terminal, 1000)
    except OSError:
        pass
    os.close(terminal)
    assert said.decode().strip() == "MFA code of arn:aws:iam::1:mfa/me:"
    asiaq.ok(AWS_PROFILE="deploy")
    assert cloud.operations() == ["AssumeRole", "DescribeAddresses", "DescribeAddresses"]


def test_a_code_without_a_terminal_is_an_error_that_says_what_to_do(cloud, asiaq):
    asiaq.config(MFA)
    error = asiaq.fails(AWS_PROFILE="deploy")
    assert error == (
        "ERROR Credentials: taking the role of profile deploy (~/.aws/config, line 7): an MFA code of "
        "arn:aws:iam::1:mfa/me is needed, and there is no terminal to ask for it (run one command with this profile in "
        "a terminal: the role's credentials are kept until they expire)")
    assert cloud.calls == []


def test_a_web_identity_takes_its_role_without_signing(cloud, asiaq):
    token = asiaq.write("token", "a.b.c\n")
    asiaq.ok(AWS_WEB_IDENTITY_TOKEN_FILE=str(token), AWS_ROLE_ARN=ROLE, AWS_ROLE_SESSION_NAME="pod")
    assert str(cloud.calls[0]) == "AssumeRoleWithWebIdentity by nobody"
    (file,) = asiaq.stored()
    assert cloud.calls[1].key == kept_keys(file)[0]
    assert cloud.identity_of(*kept_keys(file)) == "arn:aws:sts::123456789012:assumed-role/deployer/pod"
