"""The box's network is its own: nothing leaves it, nothing of the machine is shadowed."""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
import time
from typing import Any

from box_under_test import BoxUnderTest, needs_root, running_box, wait_for

pytestmark = needs_root


def _machine_network() -> str:
    """Routes, rules and addresses of the machine; counters and ages left out."""
    return "".join(
        subprocess.run(["ip", *command], capture_output=True, text=True, check=True).stdout
        for command in (
            ["route", "show", "table", "all"],
            ["rule"],
            ["-brief", "addr"],
            ["netconf"],
        )
    )


class Capture:
    """All addresses in packets that pass any interface of the machine's own network meanwhile."""

    def __enter__(self) -> Capture:
        self.addresses: set[str] = set()
        every_protocol = 0x0003
        self._socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(every_protocol)
        )
        self._socket.settimeout(0.2)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()
        return self

    def _listen(self) -> None:
        while not self._stop.is_set():
            try:
                packet = self._socket.recv(65535)
            except TimeoutError:
                continue
            if len(packet) >= 20 and packet[0] >> 4 == 4:
                self.addresses.update(socket.inet_ntoa(packet[at : at + 4]) for at in (12, 16))

    def __exit__(self, *exception: object) -> None:
        time.sleep(0.3)
        self._stop.set()
        self._thread.join()
        self._socket.close()


def _socks(box: BoxUnderTest, host: str, port: int) -> int:
    """The reply code of the box's SOCKS server."""
    config = open(box.variables["ASIAQ_SSH_CONFIG"], encoding="ascii").read()
    own = int(config.split("127.0.0.1:")[1].split()[0])
    with socket.create_connection(("127.0.0.1", own), timeout=20) as connection:
        connection.sendall(b"\x05\x01\x00")
        connection.recv(2)
        connection.sendall(b"\x05\x01\x00\x01" + socket.inet_aton(host) + struct.pack("!H", port))
        return connection.recv(10)[1]


def test_machine_is_not_touched_and_nothing_gets_out(key: Any) -> None:
    before = _machine_network()
    with running_box("leak", key) as box, Capture() as capture:
        [instance] = box.launch()
        box.wait_ssh(instance["PrivateIpAddress"])
        instance = box.instance(instance["InstanceId"])
        assert _machine_network() == before
        # Unknown addresses of the box's range, of other private ranges and of the world: no packet leaves.
        targets = ("10.9.9.9", "192.168.77.7", "8.8.8.8", "198.51.100.200", "100.64.0.9")
        for target in targets:
            status = box.ssh(
                instance["PrivateIpAddress"],
                f"curl -s -m 3 http://{target}/ -o /dev/null; echo $?; ping -c 1 -W 1 {target} | tail -2",
            )
            assert status.startswith("7\n"), f"{target}: {status}"
            assert "0 received" in status
            assert _socks(box, target, 80) == 4
        # Loopback of the machine is out of reach too.
        port = box.variables["AWS_ENDPOINT_URL"].rsplit(":", 1)[1]
        assert (
            box.ssh(instance["PrivateIpAddress"], f"curl -s -m 2 http://127.0.0.1:{port}/; echo $?")
            == "7\n"
        )
        for line in subprocess.run(
            ["ss", "-Hltunp"], capture_output=True, text=True, check=True
        ).stdout.splitlines():
            if f"pid={_server_pid(box)}," in line:
                assert line.split()[4].startswith("127.0.0.1:"), line
    assert _machine_network() == before
    assert "127.0.0.1" in capture.addresses, "the capture saw nothing at all"
    own = {instance["PrivateIpAddress"], instance["PublicIpAddress"], "169.254.169.254"}
    assert not capture.addresses & (own | set(targets))


def _server_pid(box: BoxUnderTest) -> int:
    import json

    return int(json.loads(box.local("status", "--json").stdout)["pid"])


def test_two_boxes_and_two_vpcs_may_have_the_same_addresses(box: BoxUnderTest, key: Any) -> None:
    with running_box("twin", key) as twin:
        hosts = []
        for one, count in ((box, 2), (twin, 1)):
            ec2 = one.client("ec2")
            for _ in range(count):
                vpc = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
                subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.8.1.0/24")["Subnet"]["SubnetId"]
                [instance] = one.launch(SubnetId=subnet, PrivateIpAddress="10.8.1.10")
                hosts.append((one, instance["InstanceId"], vpc, subnet))
        ids = "T=$(curl -s -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 9' http://169.254.169.254/latest/api/token);"
        ids += 'curl -s -H "X-aws-ec2-metadata-token: $T" http://169.254.169.254/latest/meta-data/instance-id'
        for one, instance_id, _, _ in hosts:
            one.wait_ssh(instance_id)
            # By its id every host can be reached, even where addresses are the same.
            assert one.ssh(instance_id, ids) == instance_id
        # By address the newest of two VPCs answers.
        assert box.ssh("10.8.1.10", ids) == hosts[1][1]
        for one, instance_id, vpc, subnet in hosts:
            one.terminate(instance_id)
            one.client("ec2").delete_subnet(SubnetId=subnet)
            one.client("ec2").delete_vpc(VpcId=vpc)


def test_hosts_of_two_subnets_reach_each_other_and_names_resolve(box: BoxUnderTest) -> None:
    ec2 = box.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.6.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.6.{n}.0/24")["Subnet"]["SubnetId"]
        for n in (1, 2)
    ]
    hosts = [box.launch(SubnetId=subnet)[0] for subnet in subnets]
    for host in hosts:
        box.wait_ssh(host["PrivateIpAddress"])
    here, there = (host["PrivateIpAddress"] for host in hosts)
    name = hosts[1]["PrivateDnsName"]
    said = box.ssh(
        here,
        f"getent hosts {name}; ping -c1 -W2 {there} >/dev/null && echo reached; time -p getent hosts nowhere.example.org; echo $?",
    )
    assert said.split()[:3] == [there, name, "reached"] and said.endswith("2\n")
    # ssh -J through the first host.
    config = box.key.parent / "config"
    config.write_text(f"IdentityFile {box.key}\nInclude {box.variables['ASIAQ_SSH_CONFIG']}\n")
    done = subprocess.run(
        ["ssh", "-F", str(config), "-oBatchMode=yes", "-J", f"admin@{here}", f"admin@{there}", "hostname"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.stdout.startswith("ip-10-6-2-"), done.stderr
    [group] = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "SecurityGroups"
    ]
    gateway = box.open_to_the_internet(vpc, group["GroupId"])
    elastic = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(AllocationId=elastic["AllocationId"], InstanceId=hosts[1]["InstanceId"])
    wait_for(
        lambda: box.ssh(elastic["PublicIp"], "hostname", check=False).startswith("ip-10-6-2-"),
        "the elastic address",
    )
    ec2.associate_address(
        AllocationId=elastic["AllocationId"],
        InstanceId=hosts[0]["InstanceId"],
        AllowReassociation=True,
    )
    wait_for(
        lambda: box.ssh(elastic["PublicIp"], "hostname", check=False).startswith("ip-10-6-1-"),
        "the elastic address to move",
    )
    # From a host of another VPC, over the "internet".
    [outside] = box.launch()
    box.wait_ssh(outside["PrivateIpAddress"])
    wait_for(
        lambda: (
            "OpenSSH"
            in box.ssh(
                outside["PrivateIpAddress"],
                f"timeout 3 bash -c 'head -c 20 </dev/tcp/{elastic['PublicIp']}/22'",
                check=False,
            )
        ),
        "the elastic address from another VPC",
    )
    ec2.disassociate_address(PublicIp=elastic["PublicIp"])
    wait_for(lambda: _socks(box, elastic["PublicIp"], 22) == 4, "the elastic address to be let go")
    ec2.release_address(AllocationId=elastic["AllocationId"])

    # A second interface, plugged in while the host runs.
    eni = ec2.create_network_interface(SubnetId=subnets[0], PrivateIpAddress="10.6.1.77")[
        "NetworkInterface"
    ]
    attachment = ec2.attach_network_interface(
        NetworkInterfaceId=eni["NetworkInterfaceId"],
        InstanceId=hosts[0]["InstanceId"],
        DeviceIndex=1,
    )
    wait_for(
        lambda: eni["MacAddress"] in box.ssh(here, "cat /sys/class/net/eth1/address", check=False),
        "eth1",
    )
    # Answers have to leave by the interface whose address they carry.
    box.ssh(
        here,
        "sudo ip addr add 10.6.1.77/24 dev eth1 && sudo ip link set eth1 up &&"
        " sudo ip route add default via 10.6.1.1 dev eth1 table 10 && sudo ip rule add from 10.6.1.77 table 10",
    )
    wait_for(lambda: box.ssh("10.6.1.77", "hostname", check=False), "the second address")
    ec2.detach_network_interface(AttachmentId=attachment["AttachmentId"])
    wait_for(lambda: "eth1" not in box.ssh(here, "ls /sys/class/net"), "eth1 to go")
    ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
    box.terminate(outside["InstanceId"], *(host["InstanceId"] for host in hosts))
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    box.close_to_the_internet(vpc, gateway)
    ec2.delete_vpc(VpcId=vpc)
    wait_for(
        lambda: (
            f"asiaq.{box.name}.{vpc}"
            not in subprocess.run(["ip", "netns"], capture_output=True, text=True).stdout
        ),
        "the VPC's namespace to go",
    )
