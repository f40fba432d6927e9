"""What the tests of environments have besides the shared box and program."""

from __future__ import annotations

import re
from typing import Any

import pytest
from cloud_under_test import REGION, CloudUnderTest, counts, name_of, tags_of
from program_under_test import ProgramUnderTest
from sample_types import SANDBOX

__all__ = ["REGION", "counts", "name_of", "tags_of"]

class Cloud(CloudUnderTest):
    """What the tests of environments read back."""

    def rules(self, vpc_id: str, metanetwork: str) -> set[tuple[str, int, int, str]]:
        """Ingress of a metanetwork's group; groups by their metanetwork."""
        groups = self.groups(vpc_id)
        names = {group["GroupId"]: tags_of(group).get("meta_network", "") for group in groups.values()}
        (group,) = [group for group in groups.values() if tags_of(group).get("meta_network") == metanetwork]
        found = []
        for permission in group["IpPermissions"]:
            head = (permission["IpProtocol"], permission.get("FromPort", 0), permission.get("ToPort", 65535))
            found += [(*head, item["CidrIp"]) for item in permission["IpRanges"]]
            found += [(*head, names[item["GroupId"]]) for item in permission["UserIdGroupPairs"]]
        assert len(found) == len(set(found))
        return set(found)

    def dump(self, name: str) -> dict[str, Any]:
        """All there is of an environment, without ids and times, for comparison."""
        vpc = self.vpc(name)
        vpc_id = vpc["VpcId"]

        def plain(tags: dict[str, str]) -> dict[str, str]:
            return {key: value for key, value in tags.items() if key not in ("create_date", "asiaq:vpc")}

        def routes(table: dict[str, Any]) -> list[tuple[str, str]]:
            found = []
            for route in table["Routes"]:
                target = route.get("GatewayId") or route.get("NatGatewayId") or route.get("VpcPeeringConnectionId") or ""
                found.append((route.get("DestinationCidrBlock", "prefix list"), target.split("-")[0]))
            return sorted(found)

        subnets = self.subnets(vpc_id)
        names = {subnet["SubnetId"]: name for name, subnet in subnets.items()}
        gateways = self.ec2.describe_internet_gateways()["InternetGateways"]
        (dhcp,) = self.ec2.describe_dhcp_options(DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
        return {
            "vpc": (vpc["CidrBlock"], plain(tags_of(vpc))),
            "subnets": {n: (s["AvailabilityZone"], s["CidrBlock"], plain(tags_of(s))) for n, s in subnets.items()},
            "tables": {
                n: (routes(t), sorted(names[a["SubnetId"]] for a in t["Associations"] if "SubnetId" in a), plain(tags_of(t)))
                for n, t in self.tables(vpc_id).items()
            },
            "table count": len(self.of_vpc("describe_route_tables", "RouteTables", vpc_id)),
            "groups": {n: (g["Description"], plain(tags_of(g))) for n, g in self.groups(vpc_id).items()},
            "rules": {tags_of(g)["meta_network"]: sorted(self.rules(vpc_id, tags_of(g)["meta_network"]))
                      for g in self.groups(vpc_id).values() if "meta_network" in tags_of(g)},
            "gateways": [plain(tags_of(g)) for g in gateways if any(a["VpcId"] == vpc_id for a in g["Attachments"])],
            "all gateways": len(gateways),
            "dhcp": sorted((c["Key"], [v["Value"] for v in c["Values"]]) for c in dhcp["DhcpConfigurations"]),
            "all dhcp": len(self.ec2.describe_dhcp_options()["DhcpOptions"]),
            "interfaces": sorted((i["PrivateIpAddress"], re.sub(r"-[0-9a-f]{17}$", "", i["Description"]), i["AvailabilityZone"])
                                 for i in self.of_vpc("describe_network_interfaces", "NetworkInterfaces", vpc_id)),
            "endpoints": [len(e["RouteTableIds"]) for e in self.of_vpc("describe_vpc_endpoints", "VpcEndpoints", vpc_id)
                          if e["State"] != "deleted"],
            "attributes": [
                self.ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=a)[a[0].upper() + a[1:]]["Value"]
                for a in ("enableDnsSupport", "enableDnsHostnames")
            ],
        }

    def everything(self) -> dict[str, Any]:
        """All resources of the region that commands about environments could touch."""
        operations = {
            "describe_vpcs": "Vpcs", "describe_subnets": "Subnets", "describe_route_tables": "RouteTables",
            "describe_security_groups": "SecurityGroups", "describe_internet_gateways": "InternetGateways",
            "describe_dhcp_options": "DhcpOptions", "describe_network_interfaces": "NetworkInterfaces",
            "describe_addresses": "Addresses", "describe_nat_gateways": "NatGateways",
            "describe_vpc_peering_connections": "VpcPeeringConnections", "describe_vpn_gateways": "VpnGateways",
        }  # fmt: skip
        return {key: getattr(self.ec2, operation)()[key] for operation, key in operations.items()}

    def left_of(self, vpc_id: str) -> list[str]:
        """What still mentions a VPC that was destroyed."""
        left = []
        for operation, key in (
            ("describe_subnets", "Subnets"), ("describe_route_tables", "RouteTables"),
            ("describe_security_groups", "SecurityGroups"), ("describe_network_interfaces", "NetworkInterfaces"),
            ("describe_vpcs", "Vpcs"),
        ):  # fmt: skip
            if self.of_vpc(operation, key, vpc_id):
                left.append(key)
        if any(e["State"] != "deleted" for e in self.of_vpc("describe_vpc_endpoints", "VpcEndpoints", vpc_id)):
            left.append("VpcEndpoints")
        if any(n["State"] != "deleted" for n in self.ec2.describe_nat_gateways(
                Filter=[{"Name": "vpc-id", "Values": [vpc_id]}])["NatGateways"]):
            left.append("NatGateways")
        for gateway in self.ec2.describe_internet_gateways()["InternetGateways"]:
            if tags_of(gateway).get("asiaq:vpc") == vpc_id or any(a["VpcId"] == vpc_id for a in gateway["Attachments"]):
                left.append("InternetGateways")
        left += ["DhcpOptions" for set_ in self.ec2.describe_dhcp_options()["DhcpOptions"]
                 if tags_of(set_).get("asiaq:vpc") == vpc_id]
        return left


Asiaq = ProgramUnderTest


@pytest.fixture
def cloud(cloud: CloudUnderTest) -> Cloud:
    return Cloud(cloud.endpoint, cloud.keys)


@pytest.fixture
def sandbox(asiaq: Asiaq) -> Asiaq:
    """The program with the type `sandbox` in its configuration."""
    asiaq.write("disco_vpc.ini", SANDBOX)
    return asiaq
