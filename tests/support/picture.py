"""A picture of all there is in an account, the same for two clouds that differ only in ids, times and order."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from cloud_under_test import CloudUnderTest, name_of

#: (service, operation, key of the list, key of the id)
_LISTS = (
    ("ec2", "describe_vpcs", "Vpcs", "VpcId"),
    ("ec2", "describe_subnets", "Subnets", "SubnetId"),
    ("ec2", "describe_route_tables", "RouteTables", "RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups", "GroupId"),
    ("ec2", "describe_internet_gateways", "InternetGateways", "InternetGatewayId"),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_vpn_gateways", "VpnGateways", "VpnGatewayId"),
    ("ec2", "describe_dhcp_options", "DhcpOptions", "DhcpOptionsId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_instances", "Reservations", "ReservationId"),
    ("ec2", "describe_volumes", "Volumes", "VolumeId"),
    ("ec2", "describe_snapshots", "Snapshots", "SnapshotId"),
    ("ec2", "describe_images", "Images", "ImageId"),
    ("ec2", "describe_key_pairs", "KeyPairs", "KeyPairId"),
    ("ec2", "describe_launch_templates", "LaunchTemplates", "LaunchTemplateId"),
    ("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups", "AutoScalingGroupName"),
    ("autoscaling", "describe_launch_configurations", "LaunchConfigurations", "LaunchConfigurationName"),
    ("autoscaling", "describe_scheduled_actions", "ScheduledUpdateGroupActions", "ScheduledActionName"),
    ("autoscaling", "describe_policies", "ScalingPolicies", "PolicyName"),
    ("elb", "describe_load_balancers", "LoadBalancerDescriptions", "LoadBalancerName"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("iam", "list_users", "Users", "UserName"),
    ("iam", "list_instance_profiles", "InstanceProfiles", "InstanceProfileName"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("dynamodb", "list_tables", "TableNames", ""),
    ("rds", "describe_db_instances", "DBInstances", ""),
    ("rds", "describe_db_subnet_groups", "DBSubnetGroups", ""),
    ("rds", "describe_db_parameter_groups", "DBParameterGroups", ""),
    ("rds", "describe_db_snapshots", "DBSnapshots", ""),
    ("elasticache", "describe_replication_groups", "ReplicationGroups", ""),
    ("elasticache", "describe_cache_clusters", "CacheClusters", ""),
    ("elasticache", "describe_cache_subnet_groups", "CacheSubnetGroups", ""),
)
#: What is asked for of these: not the images of others, nor backups that come and go by themselves.
_ARGUMENTS: dict[str, dict[str, Any]] = {
    "describe_snapshots": {"OwnerIds": ["self"]},
    "describe_db_snapshots": {"SnapshotType": "manual"},
}
_ID = re.compile(r"\b[a-z]{1,8}-(?:[0-9a-f]{17}|[0-9a-f]{8})\b")
# Facts that differ from run to run, however alike the clouds are.
_VOLATILE = re.compile(
    r"(Date|Time|Timestamp|timestamp|LastModified|LastUpdated|creationTime|OwnershipControls|PublicIp|PublicDnsName|MacAddress"
    r"|RequestId|RoleId|InstanceProfileId|ClientToken|AssociationId|AttachmentId|SecurityGroupRuleId|ReservationId"
    r"|PrivateDnsName|SuspendedProcesses|AutoScalingGroupARN|LaunchConfigurationARN|PolicyARN|ScheduledActionARN|arn"
    r"|logGroupArn|KeyFingerprint|AvailableIpAddressCount|KeyPairId|PublicIps)$"
)
# Which of its subnets a member of a group lands in is AWS's own choice.
_PLACE = re.compile(r"(Zone|ZoneId|SubnetId|PrivateIpAddress|PrivateIpAddresses|Placement|Index)$")
_VOLATILE_TAGS = {"create_date", "asiaq:allocation"}
_GONE = {"deleted", "terminated", "shutting-down", "deleting"}


def picture(cloud: CloudUnderTest) -> dict[str, list[str]]:
    """What there is, by kind: sorted texts, in which every id has become the name of its resource."""
    cloud.settle()
    found: dict[str, list[Any]] = {}
    for service, operation, key, _ in _LISTS:
        client = cloud.client(service)
        arguments = _ARGUMENTS.get(operation, {})
        if client.can_paginate(operation):
            items = [item for page in client.get_paginator(operation).paginate(**arguments) for item in page[key]]
        else:
            items = getattr(client, operation)(**arguments)[key]
        found[key] = [item for item in items if not _is_gone(item)]
    found["LaunchTemplateVersions"] = [
        version for template in found["LaunchTemplates"]
        for version in cloud.ec2.describe_launch_template_versions(
            LaunchTemplateId=template["LaunchTemplateId"])["LaunchTemplateVersions"]
    ]  # fmt: skip
    found["Objects"] = _objects(cloud)
    found["DBParameters"] = _parameters(cloud, found["DBParameterGroups"])
    found["ResourceRecordSets"] = _records(cloud)
    names = _names(found)
    return {key: sorted(_text(item, names) for item in items) for key, items in found.items() if items}


def difference(
    actual: dict[str, list[str]], expected: dict[str, list[str]], leaving_out: tuple[str, ...] = ()
) -> list[str]:
    """What there is too much of (+) and too little (-), one line each; empty if the clouds are alike.

    The kinds `leaving_out` are not compared.
    """
    lines = []
    for key in sorted((actual.keys() | expected.keys()) - set(leaving_out)):
        more, less = list(actual.get(key, [])), list(expected.get(key, []))
        for text in expected.get(key, []):
            if text in more:
                more.remove(text)
                less.remove(text)
        lines += [f"+ {key}: {text}" for text in more] + [f"- {key}: {text}" for text in less]
    return lines


def _is_gone(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    if "Instances" in item and "ReservationId" in item:
        return all(one["State"]["Name"] in _GONE for one in item["Instances"])
    state = item.get("State", item.get("Status"))
    code = state.get("Code", state.get("Name")) if isinstance(state, dict) else state
    return isinstance(code, str) and code in _GONE


def _is_of_an_instance(interface: dict[str, Any]) -> bool:
    attachment = interface.get("Attachment")
    return isinstance(attachment, dict) and "DeviceIndex" in attachment


def _objects(cloud: CloudUnderTest) -> list[dict[str, Any]]:
    s3 = cloud.client("s3")
    objects = []
    for bucket in s3.list_buckets()["Buckets"]:
        objects.append({"Bucket": bucket["Name"]})
        for entry in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", []):
            body = s3.get_object(Bucket=bucket["Name"], Key=entry["Key"])["Body"].read()
            objects.append({"Bucket": bucket["Name"], "Key": entry["Key"], "Hash": hashlib.sha256(body).hexdigest()})
    return objects


def _parameters(cloud: CloudUnderTest, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that were set."""
    rds = cloud.client("rds")
    return [
        {"Group": group["DBParameterGroupName"], **parameter}
        for group in groups
        if not group["DBParameterGroupName"].startswith("default.")
        for parameter in rds.describe_db_parameters(DBParameterGroupName=group["DBParameterGroupName"])["Parameters"]
    ]


def _records(cloud: CloudUnderTest) -> list[dict[str, Any]]:
    route53 = cloud.client("route53")
    return [
        record
        for zone in route53.list_hosted_zones()["HostedZones"]
        for record in route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        if record["Type"] not in ("NS", "SOA")
    ]


def _names(found: dict[str, list[Any]]) -> dict[str, str]:
    """A name for every id: its tag, or what it is."""
    names = {}
    for _, _, key, id_key in _LISTS:
        for item in found[key]:
            if id_key and _ID.fullmatch(str(item.get(id_key))):
                names[item[id_key]] = f"<{id_key.removesuffix('Id')} {name_of(item) or item.get('GroupName', '')}>"
    return names


def _text(item: Any, names: dict[str, str]) -> str:
    return json.dumps(_plain(item, names), sort_keys=True)


def _plain(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        if value.get("Key") in _VOLATILE_TAGS:
            return {"Key": value["Key"]}
        is_placed = bool(value.get("InstanceId") or value.get("Attachments") or _is_of_an_instance(value))
        return {
            key: _plain(one.split(",") if key == "VPCZoneIdentifier" else one, names)
            for key, one in value.items()
            if not _VOLATILE.search(key) and not (is_placed and _PLACE.search(key))
        }
    if isinstance(value, list):
        return sorted((_plain(one, names) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, str):
        plain = _ID.sub(lambda match: names.get(match[0], f"<{match[0].split('-')[0]}>"), value)
        # Names with a time or a random number, as groups and their templates have them.
        return re.sub(r"(?<=_)\d{3,13}(?!\d)", "<number>", plain)
    return value if isinstance(value, (int, float, bool, type(None))) else str(value)
