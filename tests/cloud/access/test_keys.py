"""Rotation of ssh keys: asiaq keys rotate, jenkins/disco_keys_rotate.sh."""

import base64
import os
import subprocess
import threading
import time

import pytest
from cloud_under_test import ROOT

SCRIPT = str(ROOT / "jenkins" / "disco_keys_rotate.sh")
FIVE = ["test", "smoketest", "snapshot", "dashboard", "jenkins"]


@pytest.fixture
def bucket(cloud, asiaq):
    """Makes the credential bucket of an environment and returns its name."""
    asiaq.write("disco_aws.ini", "[disco_aws]\nproject_name=acme\n")

    def make(environment):
        name = f"us-west-2.acme.credentials.{environment}"
        cloud.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        cloud.forget_requests()
        return name

    return make


def objects(cloud, bucket):
    s3 = cloud.client("s3")
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=bucket).get("Contents", [])]
    return {key: s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode() for key in keys}


def public_half(private, folder):
    """What current ssh reads of a private key."""
    file = folder / "key"
    file.write_text(private)
    file.chmod(0o600)
    done = subprocess.run(["ssh-keygen", "-y", "-P", "", "-f", file], capture_output=True, text=True, check=True)
    return done.stdout.split()[:2]


def key_pairs(cloud):
    return {pair["KeyName"]: pair for pair in cloud.client("ec2").describe_key_pairs()["KeyPairs"]}


def test_scenario_18_ci_stores_five_pairs_that_ssh_loads(asiaq, cloud, bucket, tmp_path):
    name = bucket("ci")
    out = asiaq.ok(SCRIPT, "us-west-2", "ci")
    stored = objects(cloud, name)
    assert sorted(stored) == sorted([f"private_keys/ssh/{n}.key" for n in FIVE]
                                    + [f"public_keys/ssh/{n}.pub" for n in FIVE])
    for key in FIVE:
        private, public = stored[f"private_keys/ssh/{key}.key"], stored[f"public_keys/ssh/{key}.pub"]
        assert private.endswith("-----\n")
        assert public_half(private, tmp_path) == public.split()[:2]
        assert public.split()[2] == key
        assert f"Generated new {key} key" in out.splitlines()
    assert key_pairs(cloud) == {}


def test_scenario_18_keys_are_encrypted_at_rest(asiaq, cloud, bucket):
    name = bucket("build")
    asiaq.ok(SCRIPT, "us-west-2", "build")
    head = cloud.client("s3").head_object(Bucket=name, Key="private_keys/ssh/bake.key")
    assert head["ServerSideEncryption"] == "AES256"


def test_scenario_18_build_replaces_the_ec2_key_pair(asiaq, cloud, bucket, tmp_path):
    name = bucket("build")
    cloud.client("ec2").create_key_pair(KeyName="bake")
    before = key_pairs(cloud)["bake"]["KeyPairId"]
    out = asiaq.ok(SCRIPT, "us-west-2", "build")
    stored = objects(cloud, name)
    assert sorted(stored) == ["private_keys/ssh/bake.key", "public_keys/ssh/bake.pub"]
    pair = key_pairs(cloud)["bake"]
    assert pair["KeyPairId"] != before
    assert pair["KeyFingerprint"] == md5_fingerprint(stored["private_keys/ssh/bake.key"], tmp_path)
    assert {"Generated new bake key", "Uploaded new bake key"} <= set(out.splitlines())
    for key in ["private_keys/ssl/jenkins/crt", "private_keys/ssl/jenkins/key", "private_keys/ad/bind_password"]:
        assert f"  {key}" in out.splitlines()
    assert f"disco_creds.py --bucket {name} set --key" in out


def md5_fingerprint(private, folder):
    """AWS's fingerprint of an imported RSA key: MD5 of the public half in DER."""
    import hashlib

    file = folder / "key"
    file.write_text(private)
    file.chmod(0o600)
    pem = subprocess.run(["ssh-keygen", "-e", "-m", "PKCS8", "-f", file], capture_output=True, text=True, check=True)
    der = base64.b64decode("".join(pem.stdout.splitlines()[1:-1]))
    digest = hashlib.md5(der).hexdigest()
    return ":".join(digest[i:i + 2] for i in range(0, len(digest), 2))


def test_scenario_18_no_key_text_in_any_argument_list(asiaq, cloud, bucket):
    bucket("ci")
    seen, done = set(), threading.Event()
    # Others on the machine may well have keys in their arguments.
    mine = f"HOME={asiaq.folder}".encode()

    def watch():
        while not done.is_set():
            for entry in os.listdir("/proc"):
                if entry.isdigit():
                    try:
                        with open(f"/proc/{entry}/environ", "rb") as file:
                            is_mine = mine in file.read().split(b"\0")
                        if is_mine:
                            with open(f"/proc/{entry}/cmdline", "rb") as file:
                                seen.add(file.read())
                    except OSError:
                        pass
            time.sleep(0.002)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        asiaq.ok(SCRIPT, "us-west-2", "ci")
    finally:
        done.set()
        watcher.join()
    assert any(b"rotate" in line for line in seen)
    assert not any(b"PRIVATE KEY" in line for line in seen)


def test_deploy_makes_no_keys(asiaq, cloud, bucket):
    name = bucket("deploy")
    out = asiaq.ok(SCRIPT, "us-west-2", "deploy")
    assert objects(cloud, name) == {} and cloud.writes() == []
    assert "  private_keys/ssl/deployenator/crt" in out.splitlines()


def test_list_only_marks_what_is_set_and_writes_nothing(asiaq, cloud, bucket):
    name = bucket("build")
    cloud.client("s3").put_object(Bucket=name, Key="private_keys/ad/bind_password", Body=b"x")
    cloud.forget_requests()
    out = asiaq.ok(SCRIPT, "us-west-2", "build", "--list-only").splitlines()
    assert "  private_keys/ad/bind_password (set)" in out
    assert "  private_keys/ssl/jenkins/key" in out
    assert cloud.writes() == []


def test_dry_run_writes_nothing(asiaq, cloud, bucket):
    bucket("build")
    out = asiaq.ok("asiaq", "keys", "rotate", "us-west-2", "build", "--dry-run")
    assert "ssh key bake" in out and "EC2 key pair bake" in out
    assert cloud.writes() == []


def test_ed25519(asiaq, cloud, bucket, tmp_path):
    name = bucket("staging")
    asiaq.ok("asiaq", "keys", "rotate", "us-west-2", "staging", "--type", "ed25519")
    stored = objects(cloud, name)
    assert stored["public_keys/ssh/test.pub"].startswith("ssh-ed25519 ")
    assert public_half(stored["private_keys/ssh/test.key"], tmp_path) == stored["public_keys/ssh/test.pub"].split()[:2]


def test_a_refused_import_restores_the_old_pair_and_leaves_the_bucket(asiaq, cloud, bucket):
    name = bucket("build")
    asiaq.ok(SCRIPT, "us-west-2", "build")
    before, pair = objects(cloud, name), key_pairs(cloud)["bake"]
    cloud.fault({"operation": "ImportKeyPair", "nth": "1", "error": "InvalidKey.Format"})
    done = asiaq(SCRIPT, "us-west-2", "build")
    assert done.returncode == 1 and "InvalidKey.Format" in done.stderr
    assert objects(cloud, name) == before
    assert key_pairs(cloud)["bake"]["KeyFingerprint"] == pair["KeyFingerprint"]


def test_a_bucket_that_refuses_gets_the_old_pair_back_in_ec2(asiaq, cloud, bucket):
    name = bucket("build")
    asiaq.ok(SCRIPT, "us-west-2", "build")
    before, pair = objects(cloud, name), key_pairs(cloud)["bake"]
    cloud.fault({"operation": "PutObject", "path": "*bake.pub", "error": "AccessDenied"})
    done = asiaq(SCRIPT, "us-west-2", "build")
    cloud.heal()
    assert done.returncode == 1 and "AccessDenied" in done.stderr
    assert objects(cloud, name) == before
    assert key_pairs(cloud)["bake"]["KeyFingerprint"] == pair["KeyFingerprint"]


def test_a_missing_bucket_says_how_to_make_it(asiaq, cloud, bucket):
    done = asiaq(SCRIPT, "us-west-2", "ci")
    assert done.returncode == 1 and "buckets update" in done.stderr


@pytest.mark.parametrize("arguments", [(), ("us-west-2",), ("us-west-2", "ci", "x"), ("us-west-2", "ci", "--bogus"),
                                       ("us-west-2", "ci", "--type", "dsa")])
def test_usage_errors_end_with_1(asiaq, cloud, arguments):
    done = asiaq(SCRIPT, *arguments)
    assert done.returncode == 1 and done.stderr and cloud.requests() == []


def test_help_ends_with_0(asiaq):
    assert "ENV" in asiaq.ok(SCRIPT, "-h")
