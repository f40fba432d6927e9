"""Hosts of the sample configuration on real boots: name, tags, credentials, operators, smoke test, public address.
Numbers in names are those of the acceptance scenarios of images and hosts, those behind `core` of the core's list."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from box_under_test import BoxUnderTest, needs_root, wait_for
from service_hosts import BUCKETS, SECRET, Boot, Host, as_root, requests_of, ssh_status, tags_of

pytestmark = needs_root


def test_d20_a_host_tags_itself_in_one_call(box: BoxUnderTest, host: Host) -> None:
    name = f"service-{host['InstanceId']}"
    tags = tags_of(box, host)
    assert int(tags.pop("boottime")) < 300
    assert tags == {
        "hostclass": "mhcservice", "hostname": name, "Name": f"demo-mhcservice-{name}", "owner": "alice smith",
        "environment": "demo", "productline": "unknown", "smoketest": "tested",
    }  # fmt: skip
    assert requests_of(box, host).count("CreateTags") == 2, "what it is, and that it is tested"


def test_a_host_has_its_name_and_no_failed_unit(box: BoxUnderTest, host: Host) -> None:
    name = f"service-{host['InstanceId']}"
    address = host["PrivateIpAddress"]
    assert box.ssh(address, "hostname; cat /etc/hostname").split() == [name, name]
    hosts = box.ssh(address, "cat /etc/hosts")
    assert f"\n127.0.1.1 {name}\n" in hosts and "\n10.9.8.7 discologger\n" in hosts and "\n# no s3proxy\n" in hosts
    assert box.ssh(address, "systemctl --failed --no-legend --plain") == ""
    assert box.ssh(address, "curl -s localhost:8080") == f"mhcservice {name}\n"


def test_d20_a_host_without_fixed_addresses_asks_for_none(box: BoxUnderTest, host: Host) -> None:
    assert not {"DescribeAddresses", "DescribeNetworkInterfaces"} & set(requests_of(box, host))


def test_d18_credentials_are_put_in_byte_by_byte(box: BoxUnderTest, host: Host) -> None:
    read = as_root(box, host, "cat /opt/wgen/etc/secret.conf; stat -c %a:%U:%G /opt/wgen/etc/secret.conf")
    assert read == f"<{SECRET}|from the first|{{s3cred://app_conf/none}}>\n640:root:adm\n"
    log = as_root(box, host, "journalctl -b -o cat -u disco-update-creds")
    assert "no credential bucket has app_conf/none" in log


def test_d18_rotated_credentials_come_with_a_restart(box: BoxUnderTest, host: Host, keys: dict[str, Path]) -> None:
    key = "public_keys/ssh/smoketest.pub"
    assert ssh_status(box, host, "smoketest", keys["smoketest"]) == 0
    s3 = box.client("s3")
    s3.put_object(Bucket=BUCKETS[0], Key=key, Body=keys["rotated"].with_suffix(".pub").read_bytes())
    as_root(box, host, "systemctl restart disco-update-creds")
    assert ssh_status(box, host, "smoketest", keys["rotated"]) == 0
    assert ssh_status(box, host, "smoketest", keys["smoketest"]) == 255
    s3.delete_object(Bucket=BUCKETS[0], Key=key)
    as_root(box, host, "systemctl restart disco-update-creds")
    assert ssh_status(box, host, "smoketest", keys["smoketest"]) == 0


def test_the_smoke_test_key_may_ask_for_the_state_only(box: BoxUnderTest, host: Host, keys: dict[str, Path]) -> None:
    assert ssh_status(box, host, "smoketest", keys["smoketest"], "true") == 0
    assert ssh_status(box, host, "smoketest", keys["smoketest"], "id") == 10


def test_operators_have_accounts_with_the_keys_of_the_bucket(
    box: BoxUnderTest, host: Host, keys: dict[str, Path]
) -> None:
    assert ssh_status(box, host, "olga", keys["operator"], "sudo -n true") == 0
    assert box.ssh(host["PrivateIpAddress"], "id -nG olga").split() == ["olga", "disco_operators", "newgroup"]
    s3 = box.client("s3")
    s3.put_object(Bucket=BUCKETS[1], Key="accounts/users/olga", Body=b"[user]\nid = 2001\nactive = no\n")
    as_root(box, host, "systemctl restart disco-add-operators")
    assert ssh_status(box, host, "olga", keys["operator"], "true") == 255
    s3.delete_object(Bucket=BUCKETS[1], Key="accounts/users/olga")
    as_root(box, host, "systemctl restart disco-add-operators")
    assert ssh_status(box, host, "olga", keys["operator"], "true") == 0


def test_d20_a_host_is_tested_only_when_its_smoke_test_passes(box: BoxUnderTest, host: Host) -> None:
    address = host["PrivateIpAddress"]
    as_root(box, host, "systemctl stop disco-booted lighttpd")
    assert "smoketest" not in tags_of(box, host)
    assert box.ssh(address, "asiaq instance booted status || echo $?").strip() == "2"
    as_root(box, host, "systemctl start disco-booted")
    wait_for(lambda: "lighttpd is inactive" in as_root(box, host, "journalctl -b -o cat -u disco-booted"), "the reason")
    assert box.ssh(address, "asiaq instance booted status || echo $?").strip() == "1"
    assert "smoketest" not in tags_of(box, host)
    assert "failed at command 2" in box.ssh(address, "asiaq instance smoketest 2>&1 || true")
    as_root(box, host, "systemctl start lighttpd")
    wait_for(lambda: tags_of(box, host).get("smoketest") == "tested", "the tag")
    assert box.ssh(address, "ls -l /tmp/disco_tested").strip().endswith("/run/disco/tested")


def test_hosts_lists_the_tested_hosts_of_the_network(box: BoxUnderTest, host: Host, boot: Boot) -> None:
    other = boot()
    listed = as_root(box, host, "asiaq instance hosts --hostclass mhcservice").split()
    assert listed == sorted([host["PrivateIpAddress"], other["PrivateIpAddress"]])
    box.client("ec2").stop_instances(InstanceIds=[other["InstanceId"]])
    box.wait_state(other["InstanceId"], "stopped")
    assert "smoketest" not in tags_of(box, other), "a host that goes down is no longer tested"
    assert as_root(box, host, "asiaq instance hosts --hostclass mhcservice").split() == [host["PrivateIpAddress"]]


def test_d20_a_public_address_is_taken_when_testing_ends(box: BoxUnderTest, boot: Boot) -> None:
    ec2 = box.client("ec2")
    address = ec2.allocate_address(Domain="vpc")
    holder: Callable[[], str | None] = lambda: ec2.describe_addresses(  # noqa: E731
        AllocationIds=[address["AllocationId"]])["Addresses"][0].get("InstanceId") or None
    tested = boot(eip=address["PublicIp"], tags={"is_testing": "1"})
    assert holder() is None, "a host under test leaves it alone"
    assert "AssociateAddress" not in requests_of(box, tested)
    for _ in range(2):
        as_root(box, tested, "/etc/asiaq/bin/testing_mode.sh off")
    assert holder() == tested["InstanceId"]
    second = boot(eip=address["PublicIp"])
    assert holder() == tested["InstanceId"], "it stays with a host that runs"
    box.terminate(tested["InstanceId"])
    as_root(box, second, "systemctl start disco-watch-eip")
    assert holder() == second["InstanceId"]


def test_d17_core_19_acfg_rehearses_and_refuses(box: BoxUnderTest, host: Host) -> None:
    address = host["PrivateIpAddress"]
    box.ssh(address, "mkdir -p s/etc d && echo of-x >s/etc/a~mhcservice && echo plain >s/etc/a && echo y >s/etc/b~mhcy"
            " && echo '/etc/a 0600 root root' >s/acfg.metadata")
    as_root(box, host, "acfg1.py /home/admin/s /home/admin/d --dry")
    assert box.ssh(address, "find d -type f") == ""
    as_root(box, host, "acfg1.py /home/admin/s /home/admin/d")
    assert box.ssh(address, "find d -type f; sudo cat d/etc/a; sudo stat -c %a d/etc/a").split() == [
        "d/etc/a", "of-x", "600"]
    refused = "sudo acfg1.py s d2 2>&1 || echo status $?"
    box.ssh(address, "mkdir d2; echo 'etc/a 0600 root' >s/acfg.metadata")
    assert "acfg.metadata:1: 3 words" in box.ssh(address, refused)
    assert box.ssh(address, "find d2 -type f") == ""
    as_root(box, host, "mv /opt/wgen/etc/hostclass /root/")
    assert "/opt/wgen/etc/hostclass does not exist" in box.ssh(address, refused)
    as_root(box, host, "mv /root/hostclass /opt/wgen/etc/")
