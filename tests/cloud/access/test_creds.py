"""Credentials in S3: asiaq creds, disco_creds.py. Numbers are those of the core's acceptance scenarios, those behind
`d` of the list of images and hosts."""

import json
import stat

import pytest

BUCKET = "us-west-2.acme.credentials.ci"

MAIN = """
[disco_aws]
project_name=acme
default_environment=ci
"""


@pytest.fixture
def ci(cloud, asiaq):
    """An environment `ci` whose first credential bucket exists."""
    asiaq.write("disco_aws.ini", MAIN)
    asiaq.write("disco_vpc.ini", "[envtype:openvpn]\ncredential_buckets=ci base\n")
    ec2 = cloud.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "ci"}, {"Key": "type", "Value": "openvpn"}])
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    cloud.forget_requests()
    return s3


def stored(s3, key):
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def test_scenario_11_get_prints_the_value_of_the_environments_first_bucket_and_nothing_else(asiaq, ci):
    ci.put_object(Bucket=BUCKET, Key="a/b", Body=b"s3cret")
    assert asiaq.ok("disco_creds.py", "--env", "ci", "get", "--key", "a/b") == "s3cret\n"
    assert asiaq.ok("disco_creds.py", "get", "--key", "a/b") == "s3cret\n"
    assert asiaq.ok("asiaq", "creds", "get", "--env", "ci", "--key", "a/b") == "s3cret\n"


def test_scenario_11_d19_missing_key(asiaq, ci):
    done = asiaq("disco_creds.py", "--env", "ci", "get", "--key", "no")
    assert (done.returncode, done.stdout) == (1, "")
    assert "no" in done.stderr and BUCKET in done.stderr and done.stderr.count("\n") == 1


def test_scenario_11_unset_credential_buckets_names_section_and_option(asiaq, ci):
    asiaq.write("disco_vpc.ini", "[envtype:openvpn]\n")
    done = asiaq("disco_creds.py", "--env", "ci", "get", "--key", "a")
    assert done.returncode == 1
    assert "credential_buckets" in done.stderr and "[envtype:openvpn]" in done.stderr


def test_an_environment_that_does_not_exist(asiaq, ci):
    done = asiaq("disco_creds.py", "--env", "qa", "get", "--key", "a")
    assert done.returncode == 1
    assert "qa" in done.stderr


def test_scenario_12_d19_set_stores_standard_input_byte_for_byte_and_encrypted(asiaq, ci):
    asiaq.ok("disco_creds.py", "--bucket", BUCKET, "set", "--key", "k", "--value", "-", stdin=b"x\ny")
    assert stored(ci, "k") == b"x\ny"
    assert ci.head_object(Bucket=BUCKET, Key="k")["ServerSideEncryption"] == "AES256"


def test_set_keeps_every_byte(asiaq, ci):
    every = bytes(range(256)) * 300
    asiaq.ok("disco_creds.py", "--bucket", BUCKET, "set", "--key", "k", "--value", "-", stdin=every)
    assert stored(ci, "k") == every


def test_scenario_12_set_without_value_is_a_usage_error(asiaq, ci):
    assert asiaq("disco_creds.py", "--bucket", BUCKET, "set", "--key", "k").returncode == 2


@pytest.mark.parametrize("arguments", [
    ("set", "--key", "k", "--value", "v", "--password"),
    ("get",), ("delete",), ("setfile", "--key", "k"), ("--env", "ci", "list"), (), ("bogus",),
])
def test_d19_usage_errors_end_with_2_and_send_nothing(asiaq, ci, cloud, arguments):
    assert asiaq("disco_creds.py", "--bucket", BUCKET, *arguments).returncode == 2
    assert cloud.requests() == []


def test_help_needs_no_configuration(asiaq):
    assert "setfile" in asiaq.ok("disco_creds.py", "--help")


def test_a_second_set_writes_nothing(asiaq, ci, cloud):
    asiaq.ok("disco_creds.py", "set", "--key", "k", "--value", "-", stdin=b"v")
    cloud.forget_requests()
    asiaq.ok("disco_creds.py", "set", "--key", "k", "--value", "-", stdin=b"v")
    assert cloud.writes() == []


def test_set_replaces_a_value(asiaq, ci):
    asiaq.ok("disco_creds.py", "set", "--key", "k", "--value", "-", stdin=b"old")
    asiaq.ok("disco_creds.py", "set", "--key", "k", "--value", "-", stdin=b"new")
    assert stored(ci, "k") == b"new"


def test_a_value_among_the_arguments_is_taken_with_a_warning_that_does_not_repeat_it(asiaq, ci):
    done = asiaq("disco_creds.py", "--debug", "set", "--key", "k", "--value", "hunter2")
    assert done.returncode == 0 and stored(ci, "k") == b"hunter2"
    assert "--value -" in done.stderr and "hunter2" not in done.stderr


def test_a_key_that_no_placeholder_can_name_is_stored_with_a_warning(asiaq, ci):
    done = asiaq("disco_creds.py", "set", "--key", "a b+é", "--value", "-", stdin=b"v")
    assert done.returncode == 0 and stored(ci, "a b+é") == b"v"
    assert "s3cred" in done.stderr


def test_password_takes_one_line_where_there_is_no_terminal(asiaq, ci):
    asiaq.ok("disco_creds.py", "set", "--key", "k", "--password", stdin=b"pass word\nmore\n")
    assert stored(ci, "k") == b"pass word"


def test_dry_run_says_what_it_would_do_without_the_value_and_writes_nothing(asiaq, ci, cloud):
    out = asiaq.ok("disco_creds.py", "set", "--key", "k", "--value", "-", "--dry-run", stdin=b"hunter2")
    assert "credential k" in out and "hunter2" not in out
    assert json.loads(asiaq.ok("disco_creds.py", "set", "--key", "k", "--value", "-", "--dry-run", "--output", "json",
                               stdin=b"x"))[0]["name"] == "k"
    assert cloud.writes() == []


def test_delete_removes_once(asiaq, ci, cloud):
    ci.put_object(Bucket=BUCKET, Key="k", Body=b"v")
    asiaq.ok("disco_creds.py", "delete", "--key", "k")
    assert ci.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0
    cloud.forget_requests()
    asiaq.ok("disco_creds.py", "delete", "--key", "k")
    assert cloud.writes() == []


def test_a_refused_set_is_one_line_with_what_aws_said(asiaq, ci, cloud):
    cloud.fault({"operation": "PutObject", "error": "AccessDenied", "message": "no"})
    done = asiaq("disco_creds.py", "set", "--key", "k", "--value", "-", stdin=b"hunter2")
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "S3Writing" in done.stderr and "AccessDenied" in done.stderr and "hunter2" not in done.stderr


def test_d19_list_prints_all_pages_in_order(asiaq, ci, cloud):
    names = sorted(f"many/{i}" for i in range(1500))
    for name in names:
        ci.put_object(Bucket=BUCKET, Key=name, Body=b"")
    ci.put_object(Bucket=BUCKET, Key="other", Body=b"")
    assert asiaq.ok("disco_creds.py", "list", "--prefix", "many/").splitlines() == names
    assert asiaq.ok("disco_creds.py", "list").splitlines() == names + ["other"]


def test_list_as_json(asiaq, ci):
    ci.put_object(Bucket=BUCKET, Key="k", Body=b"v")
    assert json.loads(asiaq.ok("disco_creds.py", "list", "--output", "json")) == [{"key": "k", "bucket": BUCKET}]


def test_setfile_downloads_for_the_owner_only(asiaq, ci):
    ci.put_object(Bucket=BUCKET, Key="k", Body=b"x\ny")
    asiaq.ok("disco_creds.py", "setfile", "--key", "k", "--filename", "out")
    out = asiaq.folder / "out"
    assert out.read_bytes() == b"x\ny"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    out.chmod(0o644)
    asiaq.ok("disco_creds.py", "setfile", "--key", "k", "--filename", "out")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert [entry.name for entry in asiaq.folder.glob("out*")] == ["out"]


def test_setfile_of_a_missing_key_leaves_no_file(asiaq, ci):
    assert asiaq("disco_creds.py", "setfile", "--key", "no", "--filename", "out").returncode == 1
    assert not (asiaq.folder / "out").exists()


def test_a_bucket_that_does_not_exist_is_one_line(asiaq, ci):
    done = asiaq("disco_creds.py", "--bucket", "nosuch", "list")
    assert done.returncode == 1
    assert "nosuch" in done.stderr and "buckets update" in done.stderr and done.stderr.count("\n") == 1


def test_the_dashed_name_serves_outside_us_west_2(asiaq, ci, cloud):
    ec2 = cloud.client("ec2", "eu-west-1")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "ci"}, {"Key": "type", "Value": "openvpn"}])
    cloud.client("s3", "eu-west-1").create_bucket(
        Bucket="eu-west-1--acme--credentials--ci", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    asiaq.ok("disco_creds.py", "set", "--key", "k", "--value", "-", stdin=b"v", AWS_REGION="eu-west-1")
    assert ci.get_object(Bucket="eu-west-1--acme--credentials--ci", Key="k")["Body"].read() == b"v"


def test_the_calls_of_a_get_are_three(asiaq, ci, cloud):
    ci.put_object(Bucket=BUCKET, Key="k", Body=b"v")
    cloud.forget_requests()
    asiaq.ok("disco_creds.py", "get", "--key", "k")
    assert [r.operation for r in cloud.requests()] == ["DescribeVpcs", "HeadBucket", "GetObject"]


def test_a_wrong_clock_is_not_taken_for_a_lack_of_rights(asiaq, ci, cloud):
    ci.put_object(Bucket=BUCKET, Key="k", Body=b"v")
    cloud.forget_requests()
    cloud.fault({"service": "s3", "skew": -3600.0})
    assert asiaq.ok("disco_creds.py", "get", "--key", "k") == "v\n"
    assert cloud.struck() == [1]
    assert [(r.operation, r.status) for r in cloud.requests()] == [
        ("DescribeVpcs", 200), ("HeadBucket", 403), ("HeadBucket", 200), ("GetObject", 200)]  # fmt: skip
