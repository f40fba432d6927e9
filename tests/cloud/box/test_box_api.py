"""The endpoint without hosts: what it refuses and remembers as AWS does, and its log."""

from __future__ import annotations

import http.client
import json
import urllib.parse
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ClientError

from box_under_test import BASE_IMAGE, BoxUnderTest, wait_for


def _fails(code: str) -> Any:
    return pytest.raises(ClientError, match=f"\\({code}\\)")


@pytest.fixture
def vpc(api: BoxUnderTest) -> str:
    return str(api.client("ec2").create_vpc(CidrBlock="10.5.0.0/16")["Vpc"]["VpcId"])


def test_instances_go_through_their_states(api: BoxUnderTest) -> None:
    [instance] = api.launch()
    assert instance["State"]["Name"] == "pending"
    assert api.instance(instance["InstanceId"])["State"]["Name"] == "pending"
    api.wait_state(instance["InstanceId"], "running")
    answer = api.client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])
    assert answer["TerminatingInstances"][0]["CurrentState"]["Name"] == "shutting-down"
    api.wait_state(instance["InstanceId"], "terminated")


def test_images_of_the_api_alone_become_available(api: BoxUnderTest) -> None:
    ec2 = api.client("ec2")
    [instance] = api.launch()
    image = ec2.create_image(InstanceId=instance["InstanceId"], Name="an image")["ImageId"]
    assert ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "pending"
    wait_for(
        lambda: ec2.describe_images(ImageIds=[image])["Images"][0]["State"] == "available",
        "the image",
    )
    [again] = api.launch(ImageId=image)
    api.terminate(instance["InstanceId"], again["InstanceId"])


def test_connections_are_reused(api: BoxUnderTest) -> None:
    port = int(api.variables["AWS_ENDPOINT_URL"].rsplit(":", 1)[1])
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-west-2/ec2/aws4_request",
    }
    connection.request("POST", "/", "Action=DescribeVpcs&Version=2016-11-15", headers)
    first = connection.getresponse()
    first.read()
    own = connection.sock.getsockname()  # type: ignore[union-attr]
    connection.request("POST", "/", "Action=DescribeVpcs&Version=2016-11-15", headers)
    assert connection.getresponse().status == 200
    assert connection.sock is not None and connection.sock.getsockname() == own


def test_requests_are_counted_by_operation(api: BoxUnderTest) -> None:
    api.local("requests", "--reset")
    s3, ec2 = api.client("s3"), api.client("ec2")
    s3.create_bucket(
        Bucket="counted", CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
    )
    s3.put_object(Bucket="counted", Key="a/b c+ü", Body=b"x" * 100_000)
    assert s3.get_object(Bucket="counted", Key="a/b c+ü")["Body"].read() == b"x" * 100_000
    s3.put_bucket_tagging(Bucket="counted", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    s3.list_objects_v2(Bucket="counted")
    s3.head_object(Bucket="counted", Key="a/b c+ü")
    s3.delete_object(Bucket="counted", Key="a/b c+ü")
    s3.delete_bucket(Bucket="counted")
    ec2.describe_vpcs()
    ec2.describe_vpcs()
    api.client("dynamodb").list_tables()
    api.client("cloudwatch").describe_alarms()
    api.client("route53").list_hosted_zones()
    api.client("autoscaling").describe_auto_scaling_groups()
    with _fails("InvalidVpcID.NotFound"):
        ec2.delete_vpc(VpcId="vpc-0123456789abcdef0")
    counts = json.loads(api.local("requests", "--counts", "--json").stdout)
    assert {
        name: (facts["count"], facts["kind"], facts["failed"]) for name, facts in counts.items()
    } == {
        "s3:CreateBucket": (1, "write", 0),
        "s3:PutObject": (1, "write", 0),
        "s3:GetObject": (1, "read", 0),
        "s3:PutBucketTagging": (1, "write", 0),
        "s3:ListObjectsV2": (1, "read", 0),
        "s3:HeadObject": (1, "read", 0),
        "s3:DeleteObject": (1, "write", 0),
        "s3:DeleteBucket": (1, "write", 0),
        "ec2:DescribeVpcs": (2, "read", 0),
        "ec2:DeleteVpc": (1, "write", 1),
        "dynamodb:ListTables": (1, "read", 0),
        "cloudwatch:DescribeAlarms": (1, "read", 0),
        "route53:ListHostedZones": (1, "read", 0),
        "autoscaling:DescribeAutoScalingGroups": (1, "read", 0),
    }
    with urllib.request.urlopen(
        api.variables["AWS_ENDPOINT_URL"] + "/asiaq/requests?agent=Boto3"
    ) as answer:
        entries = json.loads(answer.read())
    assert {entry["source"] for entry in entries} == {"client"} and len(entries) == 15
    assert "15 in all, 6 of them writes" in api.local("requests", "--counts").stdout
    assert len(api.local("requests").stdout.splitlines()) == 15
    api.local("requests", "--reset")
    assert api.local("requests").stdout == ""


def test_client_tokens_make_launches_repeatable(api: BoxUnderTest) -> None:
    one = api.launch(ClientToken="token-1")[0]["InstanceId"]
    assert api.launch(ClientToken="token-1")[0]["InstanceId"] == one
    with _fails("IdempotentParameterMismatch"):
        api.launch(2, ClientToken="token-1")
    assert api.launch(ClientToken="token-2")[0]["InstanceId"] != one


def test_dry_runs_make_nothing(api: BoxUnderTest) -> None:
    ec2 = api.client("ec2")
    before = len(ec2.describe_vpcs()["Vpcs"])
    with _fails("DryRunOperation"):
        ec2.create_vpc(CidrBlock="10.0.0.0/16", DryRun=True)
    assert len(ec2.describe_vpcs()["Vpcs"]) == before


@pytest.mark.parametrize(
    "request_, code",
    [
        ({"ImageId": "ami-0123456789abcdef0"}, "InvalidAMIID.NotFound"),
        ({"KeyName": "nobody"}, "InvalidKeyPair.NotFound"),
        ({"InstanceType": "x9.huge"}, "InvalidParameterValue"),
        ({"IamInstanceProfile": {"Name": "nobody"}}, "InvalidParameterValue"),
    ],
)
def test_launches_are_checked(api: BoxUnderTest, request_: dict[str, Any], code: str) -> None:
    with _fails(code):
        api.launch(**request_)


def test_all_instances_of_a_launch_get_the_role_and_the_count_is_the_maximum(
    api: BoxUnderTest,
) -> None:
    answer = api.client("ec2").run_instances(
        ImageId=BASE_IMAGE, MinCount=1, MaxCount=3, InstanceType="t3.small",
        IamInstanceProfile={"Name": "instance_disco_common"},
    )  # fmt: skip
    ids = [one["InstanceId"] for one in answer["Instances"]]
    assert len(ids) == 3
    assert all("IamInstanceProfile" in api.instance(one) for one in ids)
    api.terminate(*ids)


def test_dhcp_options_have_tags_and_outlive_their_vpc(api: BoxUnderTest, vpc: str) -> None:
    ec2 = api.client("ec2")
    options = ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": ["x.internal"]}],
        TagSpecifications=[
            {"ResourceType": "dhcp-options", "Tags": [{"Key": "Name", "Value": "demo"}]}
        ],
    )["DhcpOptions"]
    assert options["Tags"] == [{"Key": "Name", "Value": "demo"}]
    ec2.associate_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"], VpcId=vpc)
    with _fails("DependencyViolation"):
        ec2.delete_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"])
    ec2.delete_vpc(VpcId=vpc)
    found = ec2.describe_dhcp_options(Filters=[{"Name": "tag:Name", "Values": ["demo"]}])[
        "DhcpOptions"
    ]
    assert [one["DhcpOptionsId"] for one in found] == [options["DhcpOptionsId"]]
    ec2.delete_dhcp_options(DhcpOptionsId=options["DhcpOptionsId"])


def test_what_is_used_is_not_deleted(api: BoxUnderTest, vpc: str) -> None:
    ec2 = api.client("ec2")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.5.1.0/24")["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    groups = [
        ec2.create_security_group(GroupName=n, Description=n, VpcId=vpc)["GroupId"]
        for n in ("one", "two")
    ]
    ec2.authorize_security_group_ingress(
        GroupId=groups[0],
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 1,
                "ToPort": 1,
                "UserIdGroupPairs": [{"GroupId": groups[1]}],
            },
            {
                "IpProtocol": "tcp",
                "FromPort": 2,
                "ToPort": 2,
                "IpRanges": [{"CidrIp": "10.1.0.22/16"}],
            },
        ],
    )
    shown = ec2.describe_security_groups(GroupIds=[groups[0]])["SecurityGroups"][0]["IpPermissions"]
    assert [one["CidrIp"] for permission in shown for one in permission["IpRanges"]] == [
        "10.1.0.0/16"
    ]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.99.3.4/16", GatewayId=gateway)
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert "10.99.0.0/16" in [route["DestinationCidrBlock"] for route in routes]
    eni = ec2.create_network_interface(SubnetId=subnet, Groups=[groups[0]])["NetworkInterface"]
    with _fails("InvalidIPAddress.InUse"):
        ec2.create_network_interface(SubnetId=subnet, PrivateIpAddress=eni["PrivateIpAddress"])
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(
        AllocationId=address["AllocationId"], NetworkInterfaceId=eni["NetworkInterfaceId"]
    )
    with _fails("InvalidIPAddress.InUse"):
        ec2.release_address(AllocationId=address["AllocationId"])
    with _fails("DependencyViolation"):
        ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    for group in groups:
        with _fails("DependencyViolation"):
            ec2.delete_security_group(GroupId=group)
    with _fails("DependencyViolation"):
        ec2.delete_subnet(SubnetId=subnet)
    with _fails("DependencyViolation"):
        ec2.delete_vpc(VpcId=vpc)
    assert (
        ec2.describe_route_tables(Filters=[{"Name": "route.instance-id", "Values": ["i-1"]}])[
            "RouteTables"
        ]
        == []
    )

    ec2.disassociate_address(PublicIp=address["PublicIp"])
    ec2.release_address(AllocationId=address["AllocationId"])
    ec2.delete_network_interface(NetworkInterfaceId=eni["NetworkInterfaceId"])
    for group in groups:
        ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=subnet)
    assert ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Associations"] == []
    ec2.delete_route_table(RouteTableId=table)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    ec2.delete_vpc(VpcId=vpc)


def test_nat_gateway_lets_go_of_its_interface_and_address(api: BoxUnderTest, vpc: str) -> None:
    ec2 = api.client("ec2")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.5.2.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")
    gateway = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address["AllocationId"])[
        "NatGateway"
    ]
    private = gateway["NatGatewayAddresses"][0]["PrivateIp"]
    assert private.startswith("10.5.2.")
    ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    ec2.release_address(AllocationId=address["AllocationId"])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_s3_endpoint_can_be_deleted_again_and_again(api: BoxUnderTest, vpc: str) -> None:
    ec2 = api.client("ec2")
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName="com.amazonaws.us-west-2.s3", RouteTableIds=[table]
    )
    endpoint_id = endpoint["VpcEndpoint"]["VpcEndpointId"]
    for _ in range(2):
        ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint_id])
    ec2.delete_route_table(RouteTableId=table)
    ec2.delete_vpc(VpcId=vpc)


def test_group_sizes_are_checked(api: BoxUnderTest) -> None:
    scaling, ec2 = api.client("autoscaling"), api.client("ec2")
    ec2.create_launch_template(
        LaunchTemplateName="sizes",
        LaunchTemplateData={"ImageId": BASE_IMAGE, "InstanceType": "t3.small"},
    )
    group = {
        "AutoScalingGroupName": "sizes",
        "LaunchTemplate": {"LaunchTemplateName": "sizes"},
        "AvailabilityZones": ["us-west-2a", "us-west-2b"],
    }
    with _fails("ValidationError"):
        scaling.create_auto_scaling_group(MinSize=0, MaxSize=2, DesiredCapacity=5, **group)
    with _fails("ValidationError"):
        scaling.create_auto_scaling_group(MinSize=3, MaxSize=2, **group)
    scaling.create_auto_scaling_group(MinSize=0, MaxSize=2, DesiredCapacity=2, **group)
    with _fails("AlreadyExists"):
        scaling.create_auto_scaling_group(MinSize=0, MaxSize=2, **group)
    with _fails("ValidationError"):
        scaling.set_desired_capacity(AutoScalingGroupName="sizes", DesiredCapacity=3)

    def members() -> list[dict[str, Any]]:
        return scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["sizes"])[
            "AutoScalingGroups"
        ][0]["Instances"]

    wait_for(lambda: [one["LifecycleState"] for one in members()] == ["InService"] * 2, "members")
    assert {one["AvailabilityZone"] for one in members()} == {"us-west-2a", "us-west-2b"}
    scaling.update_auto_scaling_group(
        AutoScalingGroupName="sizes", MinSize=0, MaxSize=0, TerminationPolicies=["OldestInstance"]
    )
    wait_for(lambda: members() == [], "the group to be empty")
    shown = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["sizes"])[
        "AutoScalingGroups"
    ][0]
    assert (shown["DesiredCapacity"], shown["TerminationPolicies"]) == (0, ["OldestInstance"])
    scaling.delete_auto_scaling_group(AutoScalingGroupName="sizes")
    assert scaling.describe_auto_scaling_groups()["AutoScalingGroups"] == []


def test_launch_configuration_in_use_stays(api: BoxUnderTest) -> None:
    scaling = api.client("autoscaling")
    scaling.create_launch_configuration(
        LaunchConfigurationName="old", ImageId=BASE_IMAGE, InstanceType="t3.small"
    )
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="old",
        LaunchConfigurationName="old",
        MinSize=0,
        MaxSize=1,
        AvailabilityZones=["us-west-2a"],
    )
    with _fails("ResourceInUse"):
        scaling.delete_launch_configuration(LaunchConfigurationName="old")
    api.client("ec2").create_launch_template(
        LaunchTemplateName="new",
        LaunchTemplateData={"ImageId": BASE_IMAGE, "InstanceType": "t3.small"},
    )
    scaling.update_auto_scaling_group(
        AutoScalingGroupName="old",
        LaunchTemplate={"LaunchTemplateName": "new", "Version": "$Latest"},
    )
    [shown] = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=["old"])[
        "AutoScalingGroups"
    ]
    assert (
        "LaunchConfigurationName" not in shown
        and shown["LaunchTemplate"]["LaunchTemplateName"] == "new"
    )
    scaling.delete_launch_configuration(LaunchConfigurationName="old")
    scaling.delete_auto_scaling_group(AutoScalingGroupName="old")


def test_environment_is_quoted_for_a_shell(api: BoxUnderTest) -> None:
    for line in api.local("env").stdout.splitlines():
        assert line.startswith("export ") and urllib.parse.unquote(line) == line


def test_addresses_of_launches_are_checked(api: BoxUnderTest, vpc: str) -> None:
    ec2 = api.client("ec2")
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.5.3.0/24")["Subnet"]["SubnetId"]
    [instance] = api.launch(SubnetId=subnet, PrivateIpAddress="10.5.3.9")
    with _fails("InvalidIPAddress.InUse"):
        api.launch(SubnetId=subnet, PrivateIpAddress="10.5.3.9")
    with _fails("InvalidParameterValue"):
        api.launch(SubnetId=subnet, PrivateIpAddress="10.6.3.9")
    api.terminate(instance["InstanceId"])
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_operation_that_the_box_does_not_know_is_an_error_at_once(api: BoxUnderTest) -> None:
    with pytest.raises(ClientError) as caught:
        api.client("ec2").describe_fast_launch_images()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_variables_that_would_disturb_are_unset(
    api: BoxUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "work")
    assert api.local("env").stdout.splitlines()[0] == "unset AWS_PROFILE"
