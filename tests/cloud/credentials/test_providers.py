"""Who signs, with real files, programs and services on this machine."""

from __future__ import annotations

import json
import time

from .conftest import document

DEFAULT = "[default]\naws_access_key_id = DEF\naws_secret_access_key = s\n"


def signers(cloud):
    return [str(call) for call in cloud.calls]


def test_keys_in_the_environment_win_and_nothing_else_is_asked(cloud, asiaq, service):
    metadata = service({})
    asiaq.write(".aws/credentials", DEFAULT)
    asiaq.ok(AWS_ACCESS_KEY_ID="ENV", AWS_SECRET_ACCESS_KEY="s", AWS_EC2_METADATA_DISABLED="",
             AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata.url)
    assert signers(cloud) == ["DescribeAddresses by ENV"]
    assert metadata.requests == []


def test_the_default_profile_signs_without_asking_the_metadata_service(cloud, asiaq, service):
    metadata = service({})
    asiaq.write(".aws/credentials", DEFAULT)
    asiaq.ok(AWS_EC2_METADATA_DISABLED="", AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata.url)
    assert signers(cloud) == ["DescribeAddresses by DEF"]
    assert metadata.requests == []


def test_a_program_gives_credentials(cloud, asiaq):
    script = asiaq.write("give me keys", "#!/bin/sh\n"
                         'echo "warming up" >&2\n'
                         'printf \'{"Version": 1, "AccessKeyId": "%s", "SecretAccessKey": "s"}\' "$1"\n')
    script.chmod(0o755)
    asiaq.config(f"[profile p]\ncredential_process = '{script}' \"PROC\"\n")
    asiaq.ok(AWS_PROFILE="p")
    assert signers(cloud) == ["DescribeAddresses by PROC"]


def test_a_failing_program_is_one_line_with_what_it_said(cloud, asiaq):
    script = asiaq.write("helper", "#!/bin/sh\necho 'the vault is sealed' >&2\necho 'ask ops' >&2\nexit 7\n")
    script.chmod(0o755)
    asiaq.config(f"[profile p]\nregion = us-west-2\ncredential_process = {script}\n")
    assert asiaq.fails(AWS_PROFILE="p") == (
        "ERROR Credentials: credential_process of profile p (~/.aws/config, line 3) ended with status 7: "
        "the vault is sealed ask ops")
    assert cloud.calls == []


def test_a_container_gives_credentials_to_who_knows_the_token(cloud, asiaq, service):
    box = service({"GET /role?x=1": lambda headers: (200, document("BOX")) if headers["Authorization"] == "pod"
                   else (403, "")})
    token = asiaq.write("token", "pod\n")
    where = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{box.url}/role?x=1"}
    asiaq.ok(**where, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=str(token))
    assert signers(cloud) == ["DescribeAddresses by BOX"]
    assert box.requests == ["GET /role?x=1"]
    assert asiaq.fails(**where, AWS_CONTAINER_AUTHORIZATION_TOKEN="wrong") == (
        f"ERROR Credentials: container credentials: {box.url}/role?x=1 answers with HTTP status 403")


METADATA = {
    "PUT /latest/api/token": lambda headers: (200, "secret")
    if headers["X-aws-ec2-metadata-token-ttl-seconds"] == "21600" else (400, ""),
    "GET /latest/meta-data/iam/security-credentials/": lambda headers: (200, "host-role")
    if headers["X-aws-ec2-metadata-token"] == "secret" else (401, ""),
    "GET /latest/meta-data/iam/security-credentials/host-role": lambda headers: (200, document("IMDS"))
    if headers["X-aws-ec2-metadata-token"] == "secret" else (401, ""),
    "GET /latest/meta-data/placement/region": "eu-north-1",
}


def test_an_instance_gives_region_and_credentials_for_one_token_each(cloud, asiaq, service):
    metadata = service(METADATA)
    asiaq.ok(AWS_REGION="", AWS_EC2_METADATA_DISABLED="", AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata.url)
    assert signers(cloud) == ["DescribeAddresses by IMDS"]
    assert sorted(set(metadata.requests)) == sorted(METADATA)


def test_an_instance_without_tokens_is_asked_without_unless_that_is_refused(cloud, asiaq, service):
    metadata = service({line: document("V1") if line.endswith("host-role") else "host-role"
                        for line in METADATA if line.startswith("GET")})
    where = {"AWS_EC2_METADATA_DISABLED": "", "AWS_EC2_METADATA_SERVICE_ENDPOINT": metadata.url}
    asiaq.ok(**where)
    assert signers(cloud) == ["DescribeAddresses by V1"]
    assert "gives no token (it answers with HTTP status 404)" in asiaq.fails(**where, AWS_EC2_METADATA_V1_DISABLED="true")


def sign_on_files(asiaq, url, token):
    asiaq.config("[sso-session corp]\nsso_start_url = https://corp.example\nsso_region = us-west-2\n"
                 "[profile p]\nsso_session = corp\nsso_account_id = 1\nsso_role_name = r\n"
                 f"services = sign-on\n[services sign-on]\nsso =\n  endpoint_url = {url}\n"
                 f"sso_oidc =\n  endpoint_url = {url}\n")
    # SHA-1 of "corp".
    return asiaq.write(".aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json", json.dumps(token))


def in_an_hour(hours=1):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600 * hours))


def test_a_sign_on_is_renewed_kept_and_used(cloud, asiaq, service):
    role = json.dumps({"roleCredentials": {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t",
                                           "expiration": int((time.time() + 3600) * 1000)}})
    portal = service({
        "POST /token": json.dumps({"accessToken": "new", "expiresIn": 3600, "refreshToken": "r2"}),
        "GET /federation/credentials?role_name=r&account_id=1":
            lambda headers: (200, role) if headers["x-amz-sso_bearer_token"] == "new" else (401, "{}"),
    })
    file = sign_on_files(asiaq, portal.url, {
        "accessToken": "old", "expiresAt": in_an_hour(-1), "refreshToken": "r1", "clientId": "c", "clientSecret": "cs",
        "registrationExpiresAt": in_an_hour()})
    asiaq.ok(AWS_PROFILE="p", AWS_ENDPOINT_URL="", AWS_ENDPOINT_URL_EC2=cloud.endpoint)
    assert signers(cloud) == ["DescribeAddresses by SSO"]
    assert portal.requests == ["POST /token", "GET /federation/credentials?role_name=r&account_id=1"]
    kept = json.loads(file.read_text())
    assert (kept["accessToken"], kept["refreshToken"], kept["clientId"]) == ("new", "r2", "c")
    assert oct(file.stat().st_mode & 0o777) == "0o600"
    asiaq.ok(AWS_PROFILE="p", AWS_ENDPOINT_URL="", AWS_ENDPOINT_URL_EC2=cloud.endpoint)
    assert len(portal.requests) == 2, "the role's credentials are stored"


def test_a_sign_on_that_is_over_says_how_to_get_another(cloud, asiaq, service):
    portal = service({})
    sign_on_files(asiaq, portal.url, {"accessToken": "old", "expiresAt": "2020-01-01T00:00:00Z"})
    assert asiaq.fails(AWS_PROFILE="p", AWS_ENDPOINT_URL="", AWS_ENDPOINT_URL_EC2=cloud.endpoint) == (
        "ERROR Credentials: signing on with profile p (~/.aws/config, line 5): the sign-on in "
        "~/.aws/sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json expired at 2020-01-01T00:00:00Z "
        "(run: aws sso login --profile p)")
    assert portal.requests == []


def test_a_profile_that_is_not_there_is_named_before_anything_is_asked(cloud, asiaq, service):
    metadata = service({})
    asiaq.config("[profile production]\nregion = us-west-2\n")
    assert asiaq.fails(AWS_PROFILE="producton", AWS_REGION="", AWS_EC2_METADATA_DISABLED="",
                       AWS_EC2_METADATA_SERVICE_ENDPOINT=metadata.url) == (
        "ERROR Credentials: there is no profile producton in ~/.aws/config or ~/.aws/credentials "
        "(did you mean production?)")
    assert (cloud.calls, metadata.requests) == ([], [])


def test_a_broken_file_is_named_with_its_line_by_who_needs_it_only(cloud, asiaq):
    asiaq.config("[default]\nregion = us-west-2\nrubbish\n")
    assert asiaq.fails() == "ERROR Credentials: ~/.aws/config, line 3: neither a section nor name = value"
    asiaq.ok(AWS_ACCESS_KEY_ID="ENV", AWS_SECRET_ACCESS_KEY="s")
    assert signers(cloud) == ["DescribeAddresses by ENV"]


def test_a_region_is_found_where_old_users_have_it(cloud, asiaq):
    keys = {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": ""}
    assert asiaq.fails(**keys) == "ERROR Credentials: no AWS region is set (set AWS_REGION, or region in the profile)"
    asiaq.write(".boto", "[Boto]\nec2_region_name = us-west-2\n")
    asiaq.ok(**keys)
    assert signers(cloud) == ["DescribeAddresses by ENV"]
