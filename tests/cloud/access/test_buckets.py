"""The buckets of an account: asiaq buckets update, jenkins/disco_bucket_update.sh."""

import json

import pytest
from cloud_under_test import ROOT

SCRIPT = str(ROOT / "jenkins" / "disco_bucket_update.sh")
AUDIT = "us-west-2.acme.s3audit.dev"
CI = "us-west-2.acme.credentials.ci"
OLD_LIFECYCLE = {"Rules": [{"ID": "old", "Prefix": "logs/", "Status": "Enabled",
                            "Transition": {"Days": 30, "StorageClass": "GLACIER"},
                            "NoncurrentVersionTransition": {"NoncurrentDays": 7, "StorageClass": "GLACIER"}}]}
LOGGING = {"LoggingEnabled": {"TargetBucket": "$REGION.$PROJECT.s3audit.$ACCOUNT", "TargetPrefix": "S3/$BUCKET_NAME"}}
MAIN = """
[disco_aws]
# Other lines that contain the word must not disturb.
default_project_domain=project.example.com
project_name=acme

[mhcproject]
project_owner=nobody here
"""


@pytest.fixture
def account(asiaq):
    """The files of scenario 17: two buckets, versioning and logging by default, none on the log target."""
    asiaq.write("disco_aws.ini", MAIN)
    folder = "iam/s3/dev/"
    asiaq.write(folder + "REGION.PROJECT.s3audit.dev.lifecycle", "")
    asiaq.write(folder + "REGION.PROJECT.s3audit.dev.logging", "")
    asiaq.write(folder + "REGION.PROJECT.credentials.ci.lifecycle", json.dumps(OLD_LIFECYCLE))
    asiaq.write(folder + "default.versioning", json.dumps({"Status": "Enabled"}))
    asiaq.write(folder + "default.logging", json.dumps(LOGGING))
    return folder


def names(s3):
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_scenario_17_creates_all_buckets_with_their_settings(asiaq, account, cloud):
    out = asiaq.ok(SCRIPT, "us-west-2", "dev")
    s3 = cloud.client("s3")
    assert sorted(names(s3)) == sorted([AUDIT, CI])
    for bucket in (AUDIT, CI):
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        assert s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "us-west-2"
        assert f"Creating: {bucket} in us-west-2" in out.splitlines()
    logging = s3.get_bucket_logging(Bucket=CI)["LoggingEnabled"]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == (AUDIT, f"S3/{CI}")
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=AUDIT)
    assert out.index(f"Creating: {AUDIT}") < out.index(f"Creating: {CI}")


def test_scenario_17_converts_old_lifecycles(asiaq, account, cloud):
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    rule = cloud.client("s3").get_bucket_lifecycle_configuration(Bucket=CI)["Rules"][0]
    assert rule["ID"] == "old" and rule["Filter"] == {"Prefix": "logs/"}
    assert rule["Transitions"] == [{"Days": 30, "StorageClass": "GLACIER"}]
    assert rule["NoncurrentVersionTransitions"] == [{"NoncurrentDays": 7, "StorageClass": "GLACIER"}]


def test_scenario_17_the_log_target_lets_s3_write_logs(asiaq, account, cloud):
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    policy = json.loads(cloud.client("s3").get_bucket_policy(Bucket=AUDIT)["Policy"])
    statement, = policy["Statement"]
    assert statement["Principal"] == {"Service": "logging.s3.amazonaws.com"}
    assert statement["Resource"] == f"arn:aws:s3:::{AUDIT}/*"
    account_id = cloud.client("sts").get_caller_identity()["Account"]
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": account_id}


def test_scenario_17_a_second_run_changes_nothing(asiaq, account, cloud):
    asiaq.write(account + "REGION.PROJECT.s3audit.dev.iam", json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Sid": "Own", "Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*",
                                                  "Resource": "arn:aws:s3:::$BUCKET_NAME/secret"}]}))
    asiaq.write(account + "REGION.PROJECT.credentials.ci.web", json.dumps({"IndexDocument": {"Suffix": "i.html"}}))
    asiaq.write(account + "REGION.PROJECT.credentials.ci.acp", json.dumps(
        {"Owner": {"ID": "$CANONICAL_ID"},
         "Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "$CANONICAL_ID"}, "Permission": "FULL_CONTROL"}]}))
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    cloud.forget_requests()
    out = asiaq.ok(SCRIPT, "us-west-2", "dev")
    assert [f"{r.method} {r.path}" for r in cloud.writes()] == []
    assert f"Updating: {CI} in us-west-2" in out.splitlines()
    assert "nothing to change" in asiaq.ok("asiaq", "buckets", "update", "us-west-2", "dev", "--dry-run")


@pytest.mark.parametrize("broken", ["two", "none"])
def test_scenario_17_other_than_one_log_target_is_refused_before_any_call(asiaq, account, cloud, broken):
    if broken == "two":
        asiaq.write(account + "x.s3audit.y.lifecycle", "")
    else:
        (asiaq.folder / account / "REGION.PROJECT.s3audit.dev.lifecycle").unlink()
    done = asiaq(SCRIPT, "us-west-2", "dev")
    assert done.returncode == 1 and "s3audit" in done.stderr
    assert cloud.requests() == []


def test_changed_files_change_only_their_setting(asiaq, account, cloud):
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    asiaq.write(account + "REGION.PROJECT.credentials.ci.versioning", json.dumps({"Status": "Suspended"}))
    cloud.forget_requests()
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    assert [(r.operation, r.path.partition("?")[0]) for r in cloud.writes()] == [("PutBucketVersioning", f"/{CI}")]
    assert cloud.client("s3").get_bucket_versioning(Bucket=CI)["Status"] == "Suspended"


def test_settings_whose_file_has_gone_stay(asiaq, account, cloud):
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    (asiaq.folder / account / "default.logging").unlink()
    (asiaq.folder / account / "REGION.PROJECT.credentials.ci.lifecycle").write_text("")
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    s3 = cloud.client("s3")
    assert "LoggingEnabled" in s3.get_bucket_logging(Bucket=CI)
    assert s3.get_bucket_lifecycle_configuration(Bucket=CI)["Rules"]


def test_dry_run_shows_the_changes_and_makes_none(asiaq, account, cloud):
    out = asiaq.ok("asiaq", "buckets", "update", "us-west-2", "dev", "--dry-run")
    assert f"S3 bucket {CI}" in out and "versioning" in out
    assert cloud.writes() == []
    plan = json.loads(asiaq.ok("asiaq", "buckets", "update", "us-west-2", "dev", "--dry-run", "--output", "json"))
    assert plan[0] == {"verb": "create", "kind": "S3 bucket", "name": AUDIT, "id": "", "details": ["in us-west-2"],
                       "after": []}


def test_bad_json_names_file_line_and_column_before_any_call(asiaq, account, cloud):
    asiaq.write(account + "REGION.PROJECT.credentials.ci.iam", '{\n  "Statement": [],\n}\n')
    done = asiaq(SCRIPT, "us-west-2", "dev")
    assert done.returncode == 1 and "REGION.PROJECT.credentials.ci.iam:3:1" in done.stderr
    assert cloud.requests() == []


def test_a_setting_that_s3_does_not_know_is_refused_before_any_call(asiaq, account, cloud):
    asiaq.write(account + "REGION.PROJECT.credentials.ci.lifecycle", '{"Rules": [{"Statuss": "Enabled"}]}')
    done = asiaq(SCRIPT, "us-west-2", "dev")
    assert done.returncode == 1 and "Rules[0].Statuss" in done.stderr
    assert cloud.requests() == []


def test_an_id_that_is_used_must_be_configured(asiaq, account, cloud):
    acl = {"Grants": [{"Grantee": {"Type": "CanonicalUser", "ID": "$DEV_CANONICAL_ID"}, "Permission": "READ"}]}
    asiaq.write(account + "REGION.PROJECT.credentials.ci.acp", json.dumps(acl))
    done = asiaq(SCRIPT, "us-west-2", "dev")
    assert done.returncode == 1 and "dev_canonical_id" in done.stderr and cloud.requests() == []
    asiaq.write("disco_aws.ini", MAIN + "\n[audit]\ndev_canonical_id=0123abcd\n")
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    s3 = cloud.client("s3")
    assert [g["Grantee"]["ID"] for g in s3.get_bucket_acl(Bucket=CI)["Grants"]] == ["0123abcd"]
    rules = s3.get_bucket_ownership_controls(Bucket=CI)["OwnershipControls"]["Rules"]
    assert rules == [{"ObjectOwnership": "BucketOwnerPreferred"}]


def test_a_bucket_whose_name_contains_the_other_is_not_the_other(asiaq, account, cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=f"x{CI}y", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    out = asiaq.ok(SCRIPT, "us-west-2", "dev")
    assert f"Creating: {CI} in us-west-2" in out.splitlines()


def test_a_bucket_in_another_region_is_updated_there_and_cannot_log_here(asiaq, account, cloud):
    s3 = cloud.client("s3", "eu-west-1")
    s3.create_bucket(Bucket=CI, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    out = asiaq.ok(SCRIPT, "us-west-2", "dev")
    assert f"Updating: {CI} in eu-west-1" in out.splitlines()
    assert "region mismatch" in out
    assert s3.get_bucket_versioning(Bucket=CI)["Status"] == "Enabled"
    assert "LoggingEnabled" not in s3.get_bucket_logging(Bucket=CI)


def test_buckets_of_us_east_1_are_made_without_location(asiaq, account, cloud):
    asiaq.ok(SCRIPT, "us-east-1", "dev")
    s3 = cloud.client("s3", "us-east-1")
    assert "us-east-1.acme.credentials.ci" in names(s3)
    assert s3.get_bucket_location(Bucket="us-east-1.acme.credentials.ci")["LocationConstraint"] is None


def test_the_region_of_the_command_needs_no_other(asiaq, account, cloud):
    done = asiaq(SCRIPT, "us-west-2", "dev", AWS_REGION="")
    assert done.returncode == 0, done.stderr


def test_a_public_website_is_opened_with_a_warning(asiaq, account, cloud):
    asiaq.write(account + "REGION.PROJECT.credentials.ci.web", json.dumps({"IndexDocument": {"Suffix": "i.html"}}))
    asiaq.write(account + "REGION.PROJECT.credentials.ci.iam", json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject",
                                                  "Resource": "arn:aws:s3:::$BUCKET_NAME/*"}]}))
    done = asiaq(SCRIPT, "us-west-2", "dev")
    assert done.returncode == 0 and "public" in done.stderr
    block = cloud.client("s3").get_public_access_block(Bucket=CI)["PublicAccessBlockConfiguration"]
    assert not block["BlockPublicPolicy"] and not block["RestrictPublicBuckets"]
    cloud.forget_requests()
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    assert cloud.writes() == []


def test_one_bucket_that_fails_does_not_stop_the_others(asiaq, account, cloud):
    asiaq.write(account + "REGION.PROJECT.other.lifecycle", "")
    cloud.fault({"operation": "CreateBucket", "path": f"*{CI}*", "error": "BucketAlreadyExists", "status": 409})
    done = asiaq(SCRIPT, "us-west-2", "dev")
    assert done.returncode == 1
    assert "BucketAlreadyExists" in done.stderr and "project_name" in done.stderr
    assert "us-west-2.acme.other" in names(cloud.client("s3"))


def test_a_run_that_was_cut_short_is_finished_by_the_next(asiaq, account, cloud):
    cloud.fault({"operation": "PutBucketVersioning", "error": "AccessDenied"})
    assert asiaq(SCRIPT, "us-west-2", "dev").returncode == 1
    cloud.heal()
    asiaq.ok(SCRIPT, "us-west-2", "dev")
    s3 = cloud.client("s3")
    assert s3.get_bucket_versioning(Bucket=CI)["Status"] == "Enabled"
    assert "LoggingEnabled" in s3.get_bucket_logging(Bucket=CI)


@pytest.mark.parametrize("arguments", [(), ("us-west-2",), ("us-west-2", "dev", "more"), ("us-west-2", "dev", "--x")])
def test_usage_errors_end_with_1(asiaq, cloud, arguments):
    done = asiaq(SCRIPT, *arguments)
    assert done.returncode == 1 and done.stderr and cloud.requests() == []


def test_an_account_without_folder_is_named(asiaq, account, cloud):
    done = asiaq(SCRIPT, "us-west-2", "qa")
    assert done.returncode == 1 and "iam/s3/qa" in done.stderr and cloud.requests() == []


def test_help_ends_with_0(asiaq):
    assert "ACCOUNT" in asiaq.ok(SCRIPT, "-h")


@pytest.mark.parametrize("account_type", ["audit", "dev", "prod"])
def test_the_sample_configuration_works_as_it_is(asiaq, cloud, account_type):
    sample = {"ASIAQ_CONFIG": str(ROOT / "sample_configuration")}
    asiaq.ok(SCRIPT, "us-west-2", account_type, **sample)
    assert f"us-west-2.sample-project.s3audit.{account_type}" in names(cloud.client("s3"))
    cloud.forget_requests()
    asiaq.ok(SCRIPT, "us-west-2", account_type, **sample)
    assert cloud.writes() == []
