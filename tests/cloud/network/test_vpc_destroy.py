"""asiaq vpc destroy. Numbers are those of the acceptance scenarios of environments."""

from __future__ import annotations

import json

from network_scenes import IMAGE, add_group, fill

from .conftest import Asiaq, Cloud, counts, name_of

VPC = "disco_vpc_ui.py"


def create(asiaq: Asiaq, name: str = "demo") -> None:
    asiaq.ok(VPC, "create", "--name", name, "--type", "sandbox")


def scaling_groups(cloud: Cloud) -> list[str]:
    groups = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return sorted(group["AutoScalingGroupName"] for group in groups)


def launch_templates(cloud: Cloud) -> list[str]:
    return sorted(t["LaunchTemplateName"] for t in cloud.ec2.describe_launch_templates()["LaunchTemplates"])


def test_scenario_18_destroy_leaves_nothing_of_the_environment(cloud: Cloud, sandbox: Asiaq) -> None:
    sandbox.write("disco_aws.ini", "[disco_aws]\n[mhcproxy]\nip_address=+5\nmeta_network=tunnel\n")
    create(sandbox)
    create(sandbox, "demo-two")
    two = cloud.vpc("demo-two")["VpcId"]
    add_group(cloud, "demo-two", cloud.subnets(two)["demo-two_tunnel_us-west-2a"]["SubnetId"])
    untouched = cloud.dump("demo-two")
    kept = fill(cloud)
    dhcp_before = len(cloud.ec2.describe_dhcp_options()["DhcpOptions"])

    assert sandbox.ok(VPC, "destroy", "--name", "demo") == ""

    assert cloud.left_of(kept["vpc_id"]) == [] and cloud.vpcs_named("demo") == []
    assert scaling_groups(cloud) == launch_templates(cloud) == ["demo-two_mhcweb_1"]
    states = [i["State"]["Name"] for r in cloud.ec2.describe_instances()["Reservations"] for i in r["Instances"]
              if i.get("VpcId") == kept["vpc_id"]]
    assert set(states) <= {"terminated"}
    assert len(cloud.ec2.describe_dhcp_options()["DhcpOptions"]) == dhcp_before - 1
    addresses = [a["PublicIp"] for a in cloud.ec2.describe_addresses()["Addresses"]]
    assert kept["static"] in addresses and kept["automatic"] not in addresses
    (peering,) = cloud.ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[kept["peering"]])[
        "VpcPeeringConnections"]
    assert peering["Status"]["Code"] == "deleted"
    (table,) = cloud.ec2.describe_route_tables(RouteTableIds=[kept["peer_table"]])["RouteTables"]
    assert [r["DestinationCidrBlock"] for r in table["Routes"]] == ["10.200.0.0/16"]
    # The group of the other environment moves on by itself; its network does not.
    now = cloud.dump("demo-two")
    assert {k: v for k, v in now.items() if k not in ("interfaces", "all gateways", "all dhcp")} == {
        k: v for k, v in untouched.items() if k not in ("interfaces", "all gateways", "all dhcp")}

    cloud.forget_requests()
    assert "no VPC has the name demo" in sandbox.fails(2, VPC, "destroy", "--name", "demo")
    assert not cloud.writes()


def test_destroy_by_id_and_of_launch_configurations(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    vpc_id = cloud.vpc("demo")["VpcId"]
    autoscaling = cloud.client("autoscaling")
    for name in ("demo_mhcold_17", "demo-two_mhcold_17"):
        autoscaling.create_launch_configuration(LaunchConfigurationName=name, ImageId=IMAGE, InstanceType="t3.micro")
    sandbox.ok(VPC, "destroy", "--vpc-id", vpc_id)
    assert cloud.left_of(vpc_id) == []
    (left,) = autoscaling.describe_launch_configurations()["LaunchConfigurations"]
    assert left["LaunchConfigurationName"] == "demo-two_mhcold_17"


def test_scenario_18_what_other_services_hold_goes_too(cloud: Cloud, sandbox: Asiaq) -> None:
    for name in ("demo", "demo-two"):
        create(sandbox, name)
    logs, cloudwatch = cloud.client("logs"), cloud.client("cloudwatch")
    elb, elbv2, route53 = cloud.client("elb"), cloud.client("elbv2"), cloud.client("route53")
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="x")["HostedZone"]["Id"]
    for name in ("demo", "demo-two"):
        logs.create_log_group(logGroupName=f"{name}/mhcweb/syslog")
        logs.put_metric_filter(logGroupName=f"{name}/mhcweb/syslog", filterName="mhcweb-errors", filterPattern="x",
                               metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}])
        for alarm in (f"{name}_mhcweb_CPU_max", f"team_{name}_mhcweb_CPU_min"):
            cloudwatch.put_metric_alarm(AlarmName=alarm, ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1,
                                        MetricName="m", Namespace="n", Period=60, Statistic="Sum", Threshold=1)
        subnets = cloud.subnets(cloud.vpc(name)["VpcId"])
        ids = [subnets[f"{name}_tunnel_us-west-2{z}"]["SubnetId"] for z in "ab"]
        dns = elb.create_load_balancer(LoadBalancerName=f"classic-{name}", Subnets=ids, Listeners=[
            {"Protocol": "HTTP", "LoadBalancerPort": 80, "InstancePort": 80}])["DNSName"]
        elbv2.create_load_balancer(Name=f"new-{name}", Subnets=ids)
        elbv2.create_target_group(Name=f"targets-{name}", Protocol="HTTP", Port=80, VpcId=cloud.vpc(name)["VpcId"])
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE",
            "ResourceRecordSet": {"Name": f"web-{name}.example.com", "Type": "CNAME", "TTL": 60,
                                  "ResourceRecords": [{"Value": dns}]}}]})
    cloudwatch.put_metric_alarm(AlarmName="cpu-high", ComparisonOperator="GreaterThanThreshold", EvaluationPeriods=1,
                                MetricName="m", Namespace="n", Period=60, Statistic="Sum", Threshold=1)

    sandbox.ok(VPC, "destroy", "--name", "demo")

    alarms = {alarm["AlarmName"] for alarm in cloudwatch.describe_alarms()["MetricAlarms"]}
    assert alarms == {"cpu-high", "demo-two_mhcweb_CPU_max", "team_demo-two_mhcweb_CPU_min"}
    assert [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]] == ["demo-two/mhcweb/syslog"]
    assert [f["logGroupName"] for f in logs.describe_metric_filters()["metricFilters"]] == ["demo-two/mhcweb/syslog"]
    assert [b["LoadBalancerName"] for b in elb.describe_load_balancers()["LoadBalancerDescriptions"]] == ["classic-demo-two"]
    assert [b["LoadBalancerName"] for b in elbv2.describe_load_balancers()["LoadBalancers"]] == ["new-demo-two"]
    assert [g["TargetGroupName"] for g in elbv2.describe_target_groups()["TargetGroups"]] == ["targets-demo-two"]
    records = route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    assert [r["Name"] for r in records if r["Type"] == "CNAME"] == ["web-demo-two.example.com."]
    assert len(cloud.vpcs_named("demo")) == 0 and len(cloud.vpcs_named("demo-two")) == 1


def test_a_static_address_beside_a_mark_is_kept(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    subnet = cloud.subnets(cloud.vpc("demo")["VpcId"])["demo_tunnel_us-west-2a"]["SubnetId"]
    cloud.ec2.create_tags(Resources=[subnet], Tags=[{"Key": "dynonat", "Value": ""}])
    static = cloud.ec2.allocate_address(Domain="vpc")
    cloud.ec2.create_nat_gateway(SubnetId=subnet, AllocationId=static["AllocationId"])
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert [a["PublicIp"] for a in cloud.ec2.describe_addresses()["Addresses"]] == [static["PublicIp"]]


def test_destroy_makes_few_reads(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    cloud.forget_requests()
    sandbox.ok(VPC, "destroy", "--name", "demo")
    reads, writes = counts(cloud.reads()), counts(cloud.writes())
    assert max(reads.values()) <= 2, reads
    # Rules that name other groups: of two metanetworks. What groups say of themselves goes with them.
    assert writes["DeleteSubnet"] == 16 and writes["RevokeSecurityGroupIngress"] == 2


def test_scenario_19_what_is_no_environment_is_refused(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    default = next(v["VpcId"] for v in cloud.ec2.describe_vpcs()["Vpcs"] if v["IsDefault"])
    foreign = cloud.ec2.create_vpc(CidrBlock="10.3.0.0/16")["Vpc"]["VpcId"]
    cloud.ec2.create_tags(Resources=[foreign], Tags=[{"Key": "Name", "Value": "by-hand"}])
    before = cloud.everything()
    cloud.forget_requests()
    assert "default VPC" in sandbox.fails(1, VPC, "destroy", "--vpc-id", default)
    assert "no tag type" in sandbox.fails(1, VPC, "destroy", "--name", "by-hand")
    for name in ("d*", "dem?", "Demo"):
        sandbox.fails(2, VPC, "destroy", "--name", name)
    sandbox.fails(2, VPC, "destroy", "--vpc-id", "vpc-*")
    sandbox.fails(2, VPC, "destroy", "--name", "demo", "--vpc-id", default)
    sandbox.fails(2, VPC, "destroy")
    assert not cloud.writes() and cloud.everything() == before


def test_scenario_19_two_vpcs_of_one_name_are_both_named(cloud: Cloud, sandbox: Asiaq) -> None:
    ids = []
    for cidr in ("10.1.0.0/16", "10.2.0.0/16"):
        vpc = cloud.ec2.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        cloud.ec2.create_tags(Resources=[vpc], Tags=[{"Key": k, "Value": v} for k, v in (("Name", "demo"), ("type", "x"))])
        ids.append(vpc)
    error = sandbox.fails(1, VPC, "destroy", "--name", "demo")
    assert all(vpc in error for vpc in ids) and not cloud.writes()
    sandbox.ok(VPC, "destroy", "--vpc-id", ids[0])
    assert [v["VpcId"] for v in cloud.vpcs_named("demo")] == ids[1:]


def test_destroy_needs_no_configuration(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    (sandbox.folder / "disco_vpc.ini").unlink()
    sandbox.ok("asiaq", "vpc", "destroy", "--name", "demo")
    assert cloud.vpcs_named("demo") == []


def test_dry_run_names_what_would_go_and_writes_nothing(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    fill(cloud)
    before = cloud.everything()
    cloud.forget_requests()
    text = sandbox.ok(VPC, "destroy", "--name", "demo", "--dry-run")
    assert "would delete    auto scaling group demo_mhcweb_1\n" in text
    assert "would delete    subnet demo_tunnel_us-west-2a (subnet-" in text
    changes = json.loads(sandbox.ok("asiaq", "vpc", "destroy", "--name", "demo", "--dry-run", "--output", "json"))
    assert changes[-1]["kind"] == "VPC" and changes[-1]["verb"] == "delete"
    assert not cloud.writes() and cloud.everything() == before


def test_what_blocks_is_named(cloud: Cloud, sandbox: Asiaq) -> None:
    create(sandbox)
    vpc_id = cloud.vpc("demo")["VpcId"]
    group = cloud.groups(vpc_id)["demo_dmz"]["GroupId"]
    # A group of another VPC that lets this one in: nothing that destroy may touch.
    other = cloud.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    foreign = cloud.ec2.create_security_group(GroupName="f", Description="f", VpcId=other)["GroupId"]
    cloud.ec2.authorize_security_group_ingress(GroupId=foreign, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": group}]}])
    error = sandbox.fails(1, VPC, "destroy", "--name", "demo")
    assert group in error
    assert [name_of(v) for v in cloud.vpcs_named("demo")] == ["demo"]
    cloud.ec2.revoke_security_group_ingress(GroupId=foreign, IpPermissions=[
        {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "UserIdGroupPairs": [{"GroupId": group}]}])
    sandbox.ok(VPC, "destroy", "--name", "demo")
    assert cloud.left_of(vpc_id) == []
