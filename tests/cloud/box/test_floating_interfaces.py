"""Floating interfaces on hosts that boot: attached, addressed, routed, moved from host to host, missed (spec: d20)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from box_under_test import BoxUnderTest, needs_root, wait_for
from service_hosts import Boot, Host, as_root, requests_of, tags_of

pytestmark = needs_root

Interface = dict[str, Any]


class Floating:
    """A network interface as provisioning makes them, and a subnet beside its own."""

    def __init__(self, box: BoxUnderTest) -> None:
        self._ec2 = box.client("ec2")
        subnets = sorted(self._ec2.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"],
                         key=lambda subnet: subnet["AvailabilityZone"])
        self.subnet, self.other_subnet = subnets[0]["SubnetId"], subnets[1]["SubnetId"]
        self.address = subnets[0]["CidrBlock"].rsplit(".", 1)[0] + ".200"
        self.id = self._ec2.create_network_interface(
            SubnetId=self.subnet, PrivateIpAddress=self.address, Description="floating interface",
        )["NetworkInterface"]["NetworkInterfaceId"]

    def describe(self) -> Interface:
        return self._ec2.describe_network_interfaces(NetworkInterfaceIds=[self.id])["NetworkInterfaces"][0]

    def holder(self) -> str | None:
        return self.describe().get("Attachment", {}).get("InstanceId")

    def of_host(self, host: Host) -> list[Interface]:
        return self._ec2.describe_network_interfaces(
            Filters=[{"Name": "attachment.instance-id", "Values": [host["InstanceId"]]}])["NetworkInterfaces"]


@pytest.fixture(scope="module")
def floating(box: BoxUnderTest) -> Floating:
    return Floating(box)


@pytest.fixture(scope="module")
def holder(box: BoxUnderTest, boot: Boot, floating: Floating) -> Iterator[Host]:
    """A host that was given the interface at boot."""
    yield boot(subnet=floating.subnet, floating_ips=floating.address, floating_ip=floating.address)


def shell(box: BoxUnderTest, host: Host, command: str) -> str:
    return box.ssh(host["PrivateIpAddress"], command)


def test_a_host_takes_its_interface_before_it_is_tested(box: BoxUnderTest, holder: Host, floating: Floating) -> None:
    attachment = floating.describe()["Attachment"]
    assert (attachment["InstanceId"], attachment["DeviceIndex"]) == (holder["InstanceId"], 1)
    assert [interface["SourceDestCheck"] for interface in floating.of_host(holder)] == [False, False]
    operations = requests_of(box, holder)
    last_tags = len(operations) - 1 - operations[::-1].index("CreateTags")
    assert operations.index("AttachNetworkInterface") < last_tags, "the tag smoketest comes last"
    assert shell(box, holder, "cat /etc/floating_ip").strip() == floating.address
    assert shell(box, holder, "systemctl --failed --no-legend --plain") == ""


def test_answers_from_the_floating_address_leave_by_its_own_interface(
    box: BoxUnderTest, holder: Host, floating: Floating
) -> None:
    assert f" {floating.address}/" in shell(box, holder, "ip -o -4 address show dev eth1")
    assert f"from {floating.address} lookup" in shell(box, holder, "ip rule")
    assert " dev eth1 " in shell(box, holder, f"ip route get 192.0.2.7 from {floating.address}")
    assert " dev eth0 " in shell(box, holder, "ip route get 192.0.2.7")
    assert shell(box, holder, "cat /proc/sys/net/ipv4/conf/eth1/rp_filter").strip() == "2"


@pytest.mark.parametrize("place", ["subnet", "other_subnet"])
def test_other_hosts_reach_the_floating_address(
    box: BoxUnderTest, holder: Host, boot: Boot, floating: Floating, place: str
) -> None:
    [caller] = box.launch(SubnetId=getattr(floating, place))
    try:
        box.wait_ssh(caller["PrivateIpAddress"])
        page = shell(box, caller, f"curl -s --max-time 10 http://{floating.address}:8080")
        assert page == f"mhcservice service-{holder['InstanceId']}\n"
    finally:
        box.terminate(caller["InstanceId"])


def test_a_second_start_writes_nothing(box: BoxUnderTest, holder: Host) -> None:
    before = len(requests_of(box, holder))
    as_root(box, holder, "asiaq instance associate-eni && asiaq instance ip-route")
    assert [each for each in requests_of(box, holder)[before:] if not each.startswith("Describe")] == []
    assert shell(box, holder, "ip rule").count("lookup 10") == 1


def test_routes_go_and_come_back(box: BoxUnderTest, holder: Host, floating: Floating) -> None:
    as_root(box, holder, "systemctl stop disco-ip-route")
    assert floating.address not in shell(box, holder, "ip rule")
    assert shell(box, holder, "ip route show table 10 2>/dev/null || true") == ""
    as_root(box, holder, "systemctl start disco-ip-route")
    assert floating.address in shell(box, holder, "ip rule")


def test_the_interface_is_there_after_a_restart(box: BoxUnderTest, holder: Host, floating: Floating) -> None:
    boots = "cat /proc/sys/kernel/random/boot_id /proc/1/stat | cut -d' ' -f22 | tail -1"
    before = shell(box, holder, boots)
    box.client("ec2").reboot_instances(InstanceIds=[holder["InstanceId"]])
    wait_for(lambda: box.ssh(holder["PrivateIpAddress"], boots, check=False) not in ("", before), "the restart")
    wait_for(lambda: tags_of(box, holder).get("smoketest"), "the tag smoketest")
    assert floating.holder() == holder["InstanceId"]
    assert f"from {floating.address} lookup" in shell(box, holder, "ip rule")
    assert shell(box, holder, "systemctl --failed --no-legend --plain") == ""


def test_a_host_under_test_leaves_it_alone_until_it_goes_live(
    box: BoxUnderTest, holder: Host, boot: Boot, floating: Floating
) -> None:
    tested = boot(subnet=floating.subnet, floating_ips=floating.address, tags={"is_testing": "1"})
    assert floating.holder() == holder["InstanceId"]
    assert "AttachNetworkInterface" not in requests_of(box, tested)
    as_root(box, tested, "/etc/asiaq/bin/testing_mode.sh off")
    assert floating.holder() == tested["InstanceId"]
    wait_for(lambda: "eth1" not in shell(box, holder, "ls /sys/class/net"), "the interface to leave its former host")
    assert f"from {floating.address} lookup" in shell(box, tested, "ip rule")
    assert shell(box, tested, f"curl -s --max-time 10 http://{floating.address}:8080").startswith("mhcservice ")
    for _ in range(2):
        as_root(box, tested, "/etc/asiaq/bin/testing_mode.sh on")
        assert floating.holder() is None, "a host that goes back into testing gives it back"
    as_root(box, tested, "/etc/asiaq/bin/testing_mode.sh off")
    assert floating.holder() == tested["InstanceId"]
    # And back, from a younger host to an older one.
    as_root(box, holder, "systemctl restart disco-associate-eni disco-ip-route")
    assert floating.holder() == holder["InstanceId"]
    wait_for(lambda: "eth1" not in shell(box, tested, "ls /sys/class/net"), "the interface to leave the younger host")
    assert shell(box, holder, "systemctl --failed --no-legend --plain") == ""
    [caller] = box.launch(SubnetId=floating.subnet)
    box.wait_ssh(caller["PrivateIpAddress"])
    assert shell(box, caller, f"curl -s --max-time 10 http://{floating.address}:8080").endswith(f"{holder['InstanceId']}\n")
    box.terminate(caller["InstanceId"])


def test_a_host_that_finds_no_interface_never_counts_as_tested(
    box: BoxUnderTest, boot: Boot, floating: Floating
) -> None:
    lost = boot(until="", subnet=floating.subnet, floating_ips="172.31.77.77")
    wait_for(lambda: box.instance(lost["InstanceId"])["State"]["Name"] == "stopped", "the host to switch itself off")
    assert "smoketest" not in tags_of(box, lost)
    said = box.client("ec2").get_console_output(InstanceId=lost["InstanceId"]).get("Output", "")
    assert "no network interface of this zone has an address of 172.31.77.77" in said
    assert {"SetInstanceHealth", "DescribeNetworkInterfaces"} <= set(requests_of(box, lost))
