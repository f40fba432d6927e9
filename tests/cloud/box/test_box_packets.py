"""Packets between hosts pass or fail as groups and routes in the account say."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from box_under_test import BoxUnderTest, needs_root, wait_for
from wires import Wires, heard_by, passes

pytestmark = needs_root

ANYWHERE = "0.0.0.0/0"
OPERATOR = "192.0.2.1/32"
CHECKIP = "curl -s -m 5 http://checkip.amazonaws.com"


class Scene(Wires):
    """Two VPCs: one with a dmz on the internet and an intranet behind it, and one to be its peer."""

    def __init__(self, box: BoxUnderTest):
        super().__init__(box)
        self.ec2 = box.client("ec2")
        self.vpcs = {
            name: self._vpc(cidr)
            for name, cidr in (("here", "10.40.0.0/16"), ("there", "10.41.0.0/16"))
        }
        self.subnets: dict[str, str] = {}
        self.tables: dict[str, str] = {}
        self.groups: dict[str, str] = {}
        self.gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpcs["here"])
        for name, vpc, cidr in (("dmz", "here", "10.40.0.0/24"), ("intranet", "here", "10.40.1.0/24"),
                                ("peer", "there", "10.41.0.0/24")):  # fmt: skip
            self._metanetwork(name, self.vpcs[vpc], cidr)
        self.route("dmz", ANYWHERE, GatewayId=self.gateway)
        self.groups["guest"] = self._group("guest", self.vpcs["here"])
        for host, metanetwork in (("dmz", "dmz"), ("intranet", "intranet"),
                                  ("neighbour", "intranet"), ("peer", "peer")):  # fmt: skip
            subnet, group = self.subnets[metanetwork], self.groups[metanetwork]
            self.launch(host, subnet, group, public=host == "dmz")
        self.wait_running()

    def _vpc(self, cidr: str) -> str:
        return self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]

    def _group(self, name: str, vpc: str) -> str:
        return self.ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)[
            "GroupId"
        ]

    def _metanetwork(self, name: str, vpc: str, cidr: str) -> None:
        self.subnets[name] = self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"]
        self.tables[name] = self.ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=self.tables[name], SubnetId=self.subnets[name])
        self.groups[name] = self._group(name, vpc)

    def attach(self, eni: str, host: str, mac: str, *addresses: str) -> str:
        """Attaches an interface and configures it, so that answers leave where questions came in."""
        attachment = self.ec2.attach_network_interface(
            NetworkInterfaceId=eni, InstanceId=self.hosts[host]["InstanceId"], DeviceIndex=1
        )["AttachmentId"]
        wait_for(lambda: mac in self.run(host, "ip", "link", "show", "eth1", check=False), "eth1")
        self.run(host, "ip", "link", "set", "eth1", "up")
        for address in addresses:
            self.run(host, "ip", "addr", "add", f"{address}/24", "dev", "eth1")
            self.run(host, "ip", "rule", "add", "from", address, "table", "10")
        gateway = addresses[0].rpartition(".")[0] + ".1"
        self.run(
            host, "ip", "route", "add", "default", "via", gateway, "dev", "eth1", "table", "10"
        )
        return str(attachment)

    def allow(self, to: str, port: int, **source: Any) -> None:
        self.ec2.authorize_security_group_ingress(
            GroupId=self.groups[to], IpPermissions=[_permission(port, **source)]
        )

    def forbid(self, to: str, port: int, **source: Any) -> None:
        self.ec2.revoke_security_group_ingress(
            GroupId=self.groups[to], IpPermissions=[_permission(port, **source)]
        )

    @contextlib.contextmanager
    def allowed(self, to: str, port: int, **source: Any) -> Iterator[None]:
        self.allow(to, port, **source)
        try:
            yield
        finally:
            self.forbid(to, port, **source)

    def route(self, table: str, cidr: str, **target: str) -> None:
        self.ec2.create_route(RouteTableId=self.tables[table], DestinationCidrBlock=cidr, **target)

    def unroute(self, table: str, cidr: str) -> None:
        self.ec2.delete_route(RouteTableId=self.tables[table], DestinationCidrBlock=cidr)

    def close(self) -> None:
        self.end()
        for subnet in self.subnets.values():
            self.ec2.delete_subnet(SubnetId=subnet)
        for table in self.tables.values():
            self.ec2.delete_route_table(RouteTableId=table)
        self.ec2.detach_internet_gateway(InternetGatewayId=self.gateway, VpcId=self.vpcs["here"])
        self.ec2.delete_internet_gateway(InternetGatewayId=self.gateway)
        for group in self.groups.values():
            self.ec2.delete_security_group(GroupId=group)
        for vpc in self.vpcs.values():
            self.ec2.delete_vpc(VpcId=vpc)


def _permission(
    port: int, group: str = "", cidr: str = "", protocol: str = "tcp"
) -> dict[str, Any]:
    permission: dict[str, Any] = {"IpProtocol": protocol, "FromPort": port, "ToPort": port}
    if group:
        permission["UserIdGroupPairs"] = [{"GroupId": group}]
    if cidr:
        permission["IpRanges"] = [{"CidrIp": cidr}]
    return permission


@pytest.fixture(scope="module")
def scene(box: BoxUnderTest) -> Iterator[Scene]:
    """Hosts that listen on a few ports."""
    made = Scene(box)
    try:
        for host, port in (("intranet", 2181), ("intranet", 2182), ("neighbour", 2181),
                           ("dmz", 2181), ("peer", 2181)):  # fmt: skip
            made.listen(host, port)
        yield made
    finally:
        made.close()


def test_dmz_reaches_one_port_of_intranet_and_nothing_else(scene: Scene) -> None:
    assert not scene.reaches("dmz", "intranet", 2181)
    with scene.allowed("intranet", 2181, group=scene.groups["dmz"]):
        scene.soon(True, "dmz", "intranet", 2181)
        assert not scene.reaches("dmz", "intranet", 2182)
        assert not scene.reaches("intranet", "dmz", 2181)
        # The rule names the group of the dmz: a host of the same subnet is a stranger.
        assert not scene.reaches("neighbour", "intranet", 2181)
    scene.soon(False, "dmz", "intranet", 2181)


def test_connections_outlive_changes_of_rules(scene: Scene) -> None:
    listener = scene.listen("intranet", 7001)
    with scene.allowed("intranet", 7001, cidr="10.40.0.0/24"):
        scene.soon(True, "dmz", "intranet", 7001)
        caller = scene.call("dmz", "intranet", 7001)
        assert passes(caller, listener, b"before\n")
        with scene.allowed("intranet", 2182, cidr="10.40.0.0/24"):
            scene.soon(True, "dmz", "intranet", 2182)
            assert passes(caller, listener, b"after another rule came\n")
        scene.soon(False, "dmz", "intranet", 2182)
        assert passes(caller, listener, b"after it went\n")
    # Not even its own rule's end breaks it off; what comes now is refused.
    scene.soon(False, "dmz", "intranet", 7001)
    assert passes(caller, listener, b"after its own rule went\n")
    caller.kill()
    caller.wait()


def test_what_a_host_may_send_is_limited_too(scene: Scene) -> None:
    everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": ANYWHERE}]}
    with scene.allowed("intranet", 2181, cidr="10.40.0.0/16"):
        scene.soon(True, "dmz", "intranet", 2181)
        scene.ec2.revoke_security_group_egress(
            GroupId=scene.groups["dmz"], IpPermissions=[everything]
        )
        scene.soon(False, "dmz", "intranet", 2181)
        # Metadata and the AWS endpoint are not subject to groups.
        said = scene.box.ssh(
            scene.address("dmz"),
            "for a in 254/latest/ 250/; do curl -s -m 3 -o /dev/null -w '%{http_code} ' http://169.254.169.$a; done",
        )
        assert "000" not in said
        scene.ec2.authorize_security_group_egress(
            GroupId=scene.groups["dmz"], IpPermissions=[everything]
        )
        scene.soon(True, "dmz", "intranet", 2181)


def test_groups_of_an_interface_add_up_and_can_be_replaced(scene: Scene) -> None:
    neighbour = scene.hosts["neighbour"]["InstanceId"]
    own, guest = scene.groups["intranet"], scene.groups["guest"]
    with (
        scene.allowed("guest", 2181, group=scene.groups["dmz"]),
        scene.allowed("intranet", 2181, group=guest),
    ):
        assert not scene.reaches("dmz", "neighbour", 2181)
        scene.ec2.modify_instance_attribute(InstanceId=neighbour, Groups=[own, guest])
        scene.soon(True, "dmz", "neighbour", 2181)
        # A new member of a group that a rule names.
        scene.soon(True, "neighbour", "intranet", 2181)
        scene.ec2.modify_instance_attribute(InstanceId=neighbour, Groups=[own])
        scene.soon(False, "dmz", "neighbour", 2181)
        scene.soon(False, "neighbour", "intranet", 2181)
    [interface] = scene.box.instance(neighbour)["NetworkInterfaces"]
    assert [group["GroupId"] for group in interface["Groups"]] == [own]


def test_rules_apply_to_public_addresses_too(scene: Scene) -> None:
    public = scene.hosts["dmz"]["PublicIpAddress"]
    assert scene.box.ssh(scene.address("dmz"), CHECKIP) == f"{public}\n"
    assert not scene.reaches("internet", "", 22, address=public)
    with scene.allowed("dmz", 22, cidr=OPERATOR):
        scene.soon(True, "internet", "", 22, address=public)
        assert "192.0.2.1" in scene.box.ssh(public, "echo $SSH_CLIENT")


def test_packages_come_through_a_nat_gateway_only(scene: Scene) -> None:
    intranet = scene.address("intranet")
    update = (
        "sudo apt-get -o Acquire::Retries=0 update -qq && apt-get download -qq hello && ls *.deb"
    )
    assert not scene.box.ssh(intranet, f"{update} 2>/dev/null", check=False)
    elastic = scene.ec2.allocate_address(Domain="vpc")
    gateway = scene.ec2.create_nat_gateway(
        SubnetId=scene.subnets["dmz"], AllocationId=elastic["AllocationId"]
    )["NatGateway"]["NatGatewayId"]
    scene.ec2.get_waiter("nat_gateway_available").wait(
        NatGatewayIds=[gateway], WaiterConfig={"Delay": 1}
    )
    scene.route("intranet", ANYWHERE, NatGatewayId=gateway)
    wait_for(
        lambda: scene.box.ssh(intranet, CHECKIP, check=False) == f"{elastic['PublicIp']}\n",
        "the address of the NAT gateway",
    )
    assert "hello" in scene.box.ssh(intranet, update)
    # Nobody comes in by it.
    assert not scene.reaches("dmz", "", 2181, address=elastic["PublicIp"])
    scene.unroute("intranet", ANYWHERE)
    wait_for(lambda: not scene.box.ssh(intranet, CHECKIP, check=False), "the route to go")
    assert not scene.box.ssh(intranet, f"rm *.deb; {update} 2>/dev/null", check=False)
    scene.ec2.delete_nat_gateway(NatGatewayId=gateway)
    scene.ec2.get_waiter("nat_gateway_deleted").wait(
        NatGatewayIds=[gateway], WaiterConfig={"Delay": 1}
    )
    scene.ec2.release_address(AllocationId=elastic["AllocationId"])
    wait_for(
        lambda: (
            gateway not in subprocess.run(["ip", "netns"], capture_output=True, text=True).stdout
        ),
        "the NAT gateway to go",
    )


def test_a_peering_carries_traffic_while_it_is_active_and_routed(scene: Scene) -> None:
    peering = scene.ec2.create_vpc_peering_connection(
        VpcId=scene.vpcs["here"], PeerVpcId=scene.vpcs["there"]
    )["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    with scene.allowed("peer", 2181, cidr="10.40.1.0/24"):
        scene.route("intranet", "10.41.0.0/16", VpcPeeringConnectionId=peering)
        scene.route("peer", "10.40.1.0/24", VpcPeeringConnectionId=peering)
        assert not scene.reaches("intranet", "peer", 2181)
        scene.ec2.get_waiter("vpc_peering_connection_exists").wait(
            VpcPeeringConnectionIds=[peering], WaiterConfig={"Delay": 1}
        )
        scene.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering)
        scene.soon(True, "intranet", "peer", 2181)
        # The dmz has no route there.
        assert not scene.reaches("dmz", "peer", 2181)
        # Without a way back nothing comes back.
        scene.unroute("peer", "10.40.1.0/24")
        scene.soon(False, "intranet", "peer", 2181)
        scene.route("peer", "10.40.0.0/16", VpcPeeringConnectionId=peering)
        scene.soon(True, "intranet", "peer", 2181)
        assert not scene.reaches("peer", "intranet", 2181)
    scene.soon(False, "intranet", "peer", 2181)
    # A rule may name a group of the other side.
    with scene.allowed("peer", 2181, group=scene.groups["intranet"]):
        scene.soon(True, "intranet", "peer", 2181)
        scene.ec2.delete_vpc_peering_connection(VpcPeeringConnectionId=peering)
        scene.soon(False, "intranet", "peer", 2181)
    scene.unroute("intranet", "10.41.0.0/16")
    scene.unroute("peer", "10.40.0.0/16")


def test_foreign_addresses_pass_where_nobody_checks(scene: Scene) -> None:
    """A route may lead to a host, which gets packets for others only without its check."""
    [interface] = scene.hosts["dmz"]["NetworkInterfaces"]
    dmz = scene.address("dmz")
    scene.box.ssh(dmz, "sudo ip addr add 192.168.50.1/32 dev lo")
    scene.route("intranet", "192.168.50.0/24", NetworkInterfaceId=interface["NetworkInterfaceId"])
    with scene.allowed("dmz", 2181, group=scene.groups["intranet"]):
        scene.soon(True, "intranet", "dmz", 2181)
        assert not scene.reaches("intranet", "", 2181, address="192.168.50.1")
        scene.ec2.modify_instance_attribute(
            InstanceId=scene.hosts["dmz"]["InstanceId"], SourceDestCheck={"Value": False}
        )
        scene.soon(True, "intranet", "dmz", 2181, address="192.168.50.1")
        scene.ec2.modify_network_interface_attribute(
            NetworkInterfaceId=interface["NetworkInterfaceId"], SourceDestCheck={"Value": True}
        )
        scene.soon(False, "intranet", "dmz", 2181, address="192.168.50.1")
    scene.unroute("intranet", "192.168.50.0/24")


def test_a_host_cannot_be_taken_for_its_neighbour(scene: Scene) -> None:
    command = scene.inside("dmz", "nc", "-u", "-l", "-k", "5140")
    listener = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    scene.listeners.append(listener)
    neighbour = scene.address("neighbour")
    with scene.allowed("dmz", 5140, cidr=f"{neighbour}/32", protocol="udp"):
        scene.send_until_heard("neighbour", neighbour, "dmz", 5140, listener, b"hello\n")
        scene.run("intranet", "ip", "addr", "add", f"{neighbour}/32", "dev", "lo")
        scene.send("intranet", neighbour, "dmz", 5140, b"false\n")
        scene.run("intranet", "ip", "addr", "del", f"{neighbour}/32", "dev", "lo")
        scene.send("neighbour", neighbour, "dmz", 5140, b"true\n")
        assert b"false" not in heard_by(listener, b"true\n")


def test_an_interface_takes_its_addresses_to_another_host(scene: Scene) -> None:
    interface = scene.ec2.create_network_interface(
        SubnetId=scene.subnets["intranet"], Groups=[scene.groups["guest"]]
    )["NetworkInterface"]
    eni, address = interface["NetworkInterfaceId"], interface["PrivateIpAddress"]
    second = "10.40.1.200"
    scene.ec2.assign_private_ip_addresses(NetworkInterfaceId=eni, PrivateIpAddresses=[second])
    with scene.allowed("guest", 2181, group=scene.groups["dmz"]):
        attachment = scene.attach(eni, "intranet", interface["MacAddress"], address, second)
        scene.soon(True, "dmz", "intranet", 2181, address=address)
        scene.soon(True, "dmz", "intranet", 2181, address=second)
        # The host's first interface is as closed as before.
        assert not scene.reaches("dmz", "intranet", 2181)
        scene.ec2.detach_network_interface(AttachmentId=attachment, Force=True)
        attachment = scene.attach(eni, "neighbour", interface["MacAddress"], address, second)
        scene.soon(True, "dmz", "neighbour", 2181, address=address)
    scene.ec2.detach_network_interface(AttachmentId=attachment)
    scene.ec2.delete_network_interface(NetworkInterfaceId=eni)
