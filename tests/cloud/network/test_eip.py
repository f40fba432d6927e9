"""asiaq eip (scenario 16)."""

from __future__ import annotations

import ipaddress
import json

from .conftest import Asiaq, Cloud

EIP = "disco_eip.py"
IMAGE = "ami-0de61a0000000012"


def addresses(cloud: Cloud) -> list[str]:
    return [address["PublicIp"] for address in cloud.ec2.describe_addresses()["Addresses"]]


def test_scenario_16_allocate_prints_the_address(cloud: Cloud, asiaq: Asiaq) -> None:
    address = asiaq.ok(EIP, "allocate").strip()
    assert addresses(cloud) == [str(ipaddress.ip_address(address))]
    assert asiaq.ok(EIP, "list") == f"{address}\t-\n"
    assert asiaq.ok(EIP, "release", "--eip", address) == "" and addresses(cloud) == []


def test_scenario_16_an_address_in_use_needs_force(cloud: Cloud, asiaq: Asiaq) -> None:
    address = asiaq.ok(EIP, "allocate").strip()
    instance = cloud.ec2.run_instances(ImageId=IMAGE, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    cloud.ec2.get_waiter("instance_running").wait(InstanceIds=[instance])
    cloud.ec2.associate_address(InstanceId=instance, PublicIp=address)
    assert asiaq.ok(EIP, "list") == f"{address}\t{instance}\n"
    cloud.forget_requests()
    error = asiaq.fails(1, EIP, "release", "--eip", address)
    assert instance in error and "--force" in error
    assert not cloud.writes() and addresses(cloud) == [address]
    assert asiaq.ok(EIP, "release", "--eip", address, "--force") == "" and addresses(cloud) == []


def test_scenario_16_an_unknown_address_is_an_error(cloud: Cloud, asiaq: Asiaq) -> None:
    for unknown in ("198.51.100.7", "*", "host", ""):
        assert "InvalidAddress.NotFound" in asiaq.fails(1, EIP, "release", f"--eip={unknown}"), unknown
    asiaq.fails(2, EIP, "release")
    assert not cloud.writes()


def test_release_is_done_once(cloud: Cloud, asiaq: Asiaq) -> None:
    address = asiaq.ok(EIP, "allocate").strip()
    asiaq.ok(EIP, "release", "--eip", address)
    cloud.forget_requests()
    asiaq.fails(1, EIP, "release", "--eip", address)
    assert not cloud.writes()


def test_list_is_sorted_as_numbers(cloud: Cloud, asiaq: Asiaq) -> None:
    for _ in range(12):
        cloud.ec2.allocate_address(Domain="vpc")
    listed = [line.split("\t")[0] for line in asiaq.ok(EIP, "list").splitlines()]
    assert listed == sorted(addresses(cloud), key=ipaddress.ip_address)


def test_an_address_of_a_nat_gateway_shows_no_instance(cloud: Cloud, asiaq: Asiaq) -> None:
    made = cloud.ec2.allocate_address(Domain="vpc")
    subnet = cloud.ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    cloud.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=made["AllocationId"])
    assert asiaq.ok(EIP, "list") == f"{made['PublicIp']}\t-\n"
    (row,) = json.loads(asiaq.ok("asiaq", "eip", "list", "--output", "json"))
    assert row["instance_id"] is None and row["is_in_use"] is True and row["allocation_id"] == made["AllocationId"]
    asiaq.fails(1, EIP, "release", "--eip", made["PublicIp"])


def test_dry_runs_change_nothing(cloud: Cloud, asiaq: Asiaq) -> None:
    address = asiaq.ok(EIP, "allocate").strip()
    cloud.forget_requests()
    assert "would create" in asiaq.ok(EIP, "allocate", "--dry-run")
    assert f"would delete    elastic IP {address}" in asiaq.ok(EIP, "release", "--eip", address, "--dry-run")
    assert not cloud.writes() and addresses(cloud) == [address]
