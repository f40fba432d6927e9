"""What was done to an environment by hand, or by hosts and services that live in it."""

from __future__ import annotations

from typing import Any

from cloud_under_test import CloudUnderTest, tags_of

#: The base image of every box.
IMAGE = "ami-0de61a0000000012"


def allocate(cloud: CloudUnderTest, count: int) -> list[str]:
    """Elastic IPs of nobody."""
    return [cloud.ec2.allocate_address(Domain="vpc")["PublicIp"] for _ in range(count)]


def internet_gateway(cloud: CloudUnderTest, vpc_id: str) -> str:
    """The id of the internet gateway of a VPC."""
    gateways = cloud.ec2.describe_internet_gateways()["InternetGateways"]
    (gateway,) = [one["InternetGatewayId"] for one in gateways if any(a["VpcId"] == vpc_id for a in one["Attachments"])]
    return str(gateway)


def make_central(cloud: CloudUnderTest, environment: str, metanetwork: str = "intranet") -> str:
    """Gives a metanetwork the layout of the first environments, one table for all its subnets; returns its id."""
    vpc_id = cloud.vpc(environment)["VpcId"]
    tag = [{"ResourceType": "route-table", "Tags": [
        {"Key": "Name", "Value": f"{environment}_{metanetwork}"}, {"Key": "meta_network", "Value": metanetwork}]}]  # fmt: skip
    central = cloud.ec2.create_route_table(VpcId=vpc_id, TagSpecifications=tag)["RouteTable"]["RouteTableId"]
    for table in cloud.of_vpc("describe_route_tables", "RouteTables", vpc_id):
        if tags_of(table).get("meta_network") != metanetwork or "subnet" not in tags_of(table):
            continue
        for association in table["Associations"]:
            cloud.ec2.replace_route_table_association(
                AssociationId=association["RouteTableAssociationId"], RouteTableId=central)  # fmt: skip
        cloud.ec2.delete_route_table(RouteTableId=table["RouteTableId"])
    return str(central)


def add_group(cloud: CloudUnderTest, environment: str, subnet: str, name: str = "mhcweb_1") -> None:
    """An auto scaling group of one host with its launch template."""
    cloud.ec2.create_launch_template(
        LaunchTemplateName=f"{environment}_{name}", LaunchTemplateData={"ImageId": IMAGE, "InstanceType": "t3.micro"})
    cloud.client("autoscaling").create_auto_scaling_group(
        AutoScalingGroupName=f"{environment}_{name}", MinSize=1, MaxSize=1, VPCZoneIdentifier=subnet,
        LaunchTemplate={"LaunchTemplateName": f"{environment}_{name}"})


def fill(cloud: CloudUnderTest, environment: str = "demo") -> dict[str, Any]:
    """Everything that a destroy has to deal with; returns what must outlive it."""
    ec2 = cloud.ec2
    vpc_id = cloud.vpc(environment)["VpcId"]
    subnets = cloud.subnets(vpc_id)
    subnet = subnets[f"{environment}_tunnel_us-west-2a"]["SubnetId"]
    add_group(cloud, environment, subnet)
    ec2.run_instances(ImageId=IMAGE, MinCount=2, MaxCount=2, SubnetId=subnet)
    static = ec2.allocate_address(Domain="vpc")
    ec2.create_nat_gateway(SubnetId=subnet, AllocationId=static["AllocationId"])
    automatic = ec2.allocate_address(Domain="vpc", TagSpecifications=[
        {"ResourceType": "elastic-ip", "Tags": [{"Key": "dynamic", "Value": "true"}]}])
    other_subnet = subnets[f"{environment}_dmz_us-west-2a"]["SubnetId"]
    ec2.create_tags(Resources=[other_subnet], Tags=[{"Key": "dynonat", "Value": ""}])
    ec2.create_nat_gateway(SubnetId=other_subnet, AllocationId=automatic["AllocationId"])
    peer = ec2.create_vpc(CidrBlock="10.200.0.0/16")["Vpc"]["VpcId"]
    peering = ec2.create_vpc_peering_connection(VpcId=peer, PeerVpcId=vpc_id)["VpcPeeringConnection"]
    peering_id = peering["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    (peer_table,) = cloud.of_vpc("describe_route_tables", "RouteTables", peer)
    for table, cidr in ((peer_table["RouteTableId"], "10.101.16.0/20"),
                        (cloud.tables(vpc_id)[f"{environment}_tunnel_us-west-2a"]["RouteTableId"], "10.200.0.0/16")):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=cidr, VpcPeeringConnectionId=peering_id)
    foreign = ec2.create_security_group(GroupName="by-hand", Description="x", VpcId=vpc_id)["GroupId"]
    own = cloud.groups(vpc_id)[f"{environment}_dmz"]["GroupId"]
    for group, source in ((foreign, own), (own, foreign)):
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": source}]}])
    return {"static": static["PublicIp"], "automatic": automatic["PublicIp"], "peer": peer, "peering": peering_id,
            "peer_table": peer_table["RouteTableId"], "vpc_id": vpc_id}
