"""The configuration folder that the benchmarks run in: an environment with four metanetworks, and one with NAT gateways too."""

MAIN = """
[disco_aws]
project_name=bench
default_environment=bench
default_meta_network=intranet
"""

VPC = """
[envtype:bench]
vpc_cidr=10.200.0.0/16
intranet_cidr=10.200.0.0/18
tunnel_cidr=10.200.64.0/18
dmz_cidr=10.200.128.0/18
maintenance_cidr=10.200.192.0/18
intranet_sg_rules=tcp intranet 0:65535, udp intranet 0:65535, tcp dmz 8080, tcp maintenance 22
tunnel_sg_rules=tcp all 80 443, tcp maintenance 22, udp all 123
dmz_sg_rules=tcp 0.0.0.0/0 80 443, tcp maintenance 22
maintenance_sg_rules=tcp 0.0.0.0/0 22
tunnel_igw_routes=0.0.0.0/0
dmz_igw_routes=0.0.0.0/0
maintenance_igw_routes=0.0.0.0/0
internal_dns=AmazonProvidedDNS
external_dns=AmazonProvidedDNS
domain_name=bench.internal
ntp_server=169.254.169.123
credential_buckets=bench
"""
FULL = VPC.replace("envtype:bench", "envtype:full") + """\
tunnel_nat_gateways=auto
nat_gateway_routes=intranet/tunnel
"""


def write(folder):
    (folder / "disco_aws.ini").write_text(MAIN)
    (folder / "disco_vpc.ini").write_text(VPC + FULL)
    return folder
