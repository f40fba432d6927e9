"""Types of environments that the tests make (disco_vpc.ini)."""

from __future__ import annotations

#: The base configuration of the acceptance scenarios of environments.
SANDBOX = """
[envtype:sandbox]
vpc_cidr=10.101.0.0/16
intranet_cidr=10.101.0.0/20
tunnel_cidr=10.101.16.0/20
dmz_cidr=10.101.32.0/20
maintenance_cidr=10.101.48.0/20
tunnel_sg_rules=tcp all 80 443, tcp maintenance 22, udp all 123
intranet_sg_rules=tcp all 0:65535, udp intranet 0:65535, tcp dmz 2181
tunnel_igw_routes=0.0.0.0/0
dmz_igw_routes=54.201.1.1/32
ntp_server=10.101.16.5
internal_dns=AmazonProvidedDNS
external_dns=AmazonProvidedDNS
domain_name=x.internal
"""
#: Types whose environments have no peering by themselves.
PEERS = """
[envtype:build]
vpc_cidr=10.100.0.0/16
tunnel_cidr=10.100.16.0/20
max_zones=2
s3_endpoint=no
[envtype:openvpn]
vpc_cidr=10.101.0.0/16
intranet_cidr=10.101.0.0/20
maintenance_cidr=10.101.48.0/20
max_zones=2
s3_endpoint=no
"""
#: Two lines for one connection, between the VPCs `build` and `ci`.
PEERINGS = """
[peerings]
connection_1=build/tunnel ci/intranet
connection_2=build/tunnel ci/maintenance
"""


def sandbox_with(**options: str) -> str:
    """The type `sandbox` with some options replaced (the last one of a name counts)."""
    return SANDBOX + "".join(f"{key}={value}\n" for key, value in options.items())
