"""A box without hosts for the tests of environments, and what they read back from it with boto3."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import boto3
import botocore.config
import pytest

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("ASIAQ_BIN", ROOT / "build" / "bin"))
REGION = "us-west-2"

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


def client_at(endpoint: str, service: str, region: str = REGION) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )


def tags_of(item: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in item.get("Tags", item.get("TagSet", []))}


def name_of(item: dict[str, Any]) -> str:
    return tags_of(item).get("Name", "")


class Cloud:
    """The endpoint of a running box and its log of requests."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.ec2 = self.client("ec2")

    def client(self, service: str, region: str = REGION) -> Any:
        return client_at(self.endpoint, service, region)

    def own(self, method: str, path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(f"{self.endpoint}/asiaq/{path}", data=body, method=method)
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read() or b"null")

    def reset(self) -> None:
        self.own("POST", "reset", b"{}")
        self.forget_requests()

    def forget_requests(self) -> None:
        self.own("DELETE", "requests")

    def requests(self) -> list[dict[str, Any]]:
        """What the program asked; boto3's own requests do not count."""
        return [entry for entry in self.own("GET", "requests") if not entry["agent"].startswith("Boto3")]

    def reads(self) -> Counter[str]:
        return Counter(entry["operation"] for entry in self.requests() if entry["kind"] == "read")

    def writes(self) -> Counter[str]:
        return Counter(entry["operation"] for entry in self.requests() if entry["kind"] == "write")

    def vpcs_named(self, name: str) -> list[dict[str, Any]]:
        return [vpc for vpc in self.ec2.describe_vpcs()["Vpcs"] if name_of(vpc) == name]

    def vpc(self, name: str) -> dict[str, Any]:
        (vpc,) = self.vpcs_named(name)
        return vpc

    def of_vpc(self, operation: str, key: str, vpc_id: str) -> list[dict[str, Any]]:
        return getattr(self.ec2, operation)(Filters=[{"Name": "vpc-id", "Values": [vpc_id]}])[key]

    def subnets(self, vpc_id: str) -> dict[str, dict[str, Any]]:
        return {name_of(subnet): subnet for subnet in self.of_vpc("describe_subnets", "Subnets", vpc_id)}

    def tables(self, vpc_id: str) -> dict[str, dict[str, Any]]:
        tables = self.of_vpc("describe_route_tables", "RouteTables", vpc_id)
        return {name_of(table): table for table in tables if name_of(table)}

    def groups(self, vpc_id: str) -> dict[str, dict[str, Any]]:
        return {group["GroupName"]: group for group in self.of_vpc("describe_security_groups", "SecurityGroups", vpc_id)}

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
            "interfaces": sorted((i["PrivateIpAddress"], i["Description"], i["AvailabilityZone"])
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


class Asiaq:
    """Runs the program in a configuration folder of its own."""

    def __init__(self, endpoint: str, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "PATH": f"{BIN}:/usr/bin:/bin",
            "HOME": str(folder),
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "ASIAQ_CONFIG": str(folder),
            "ASIAQ_WAIT_SCALE": "0.05",
        }

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(arguments, cwd=self.folder, env={**self.environment, **environment}, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __call__(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        process = self.start(*arguments, **environment)
        output, errors = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, output, errors)

    def ok(self, *arguments: str, **environment: str) -> str:
        done = self(*arguments, **environment)
        assert done.returncode == 0, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def fails(self, status: int, *arguments: str, **environment: str) -> str:
        """Runs what must end with this status and one line of error, which it returns."""
        done = self(*arguments, **environment)
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert done.stdout == ""
        return done.stderr


class Server(ThreadingHTTPServer):
    """Takes all the connections that a plan opens at once; the default backlog of 5 resets some of them."""

    request_queue_size = 128


class Tap:
    """A way to the cloud that can kill the program at its n-th write, before or after it is carried out."""

    def __init__(self, endpoint: str) -> None:
        self.victim: subprocess.Popen[str] | None = None
        self.kill_at = 0
        self.kill_before = False
        self.writes = 0
        self.run = 0  #: Which run of the program the requests belong to.
        self._dead_runs: set[int] = set()
        self._endpoint = endpoint
        self._lock = threading.Lock()
        tap = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.run = tap.run
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                tap.pass_on(self, body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def pass_on(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        # Query protocols say it in the body, JSON ones in a header, CBOR ones in the path.
        action = parse_qs(body.decode("latin-1")).get("Action", [""])[0]
        action = action or handler.headers.get("X-Amz-Target", handler.path).replace("/", ".").rsplit(".", 1)[-1]
        with self._lock:
            # What a killed run still had on its way counts for nobody.
            if handler.run in self._dead_runs:
                handler.close_connection = True
                return
            is_write = not action.startswith(("Describe", "List"))
            self.writes += is_write
            is_last = is_write and self.writes == self.kill_at
            if is_last and self.kill_before:
                self._kill()
                handler.close_connection = True
                return
            status, kind, content = self._ask(handler, body)
            if is_last:
                self._kill()
                handler.close_connection = True
                return
        try:
            handler.send_response(status)
            handler.send_header("Content-Type", kind)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
        except OSError:
            handler.close_connection = True  # the program is dead

    def _ask(self, handler: BaseHTTPRequestHandler, body: bytes) -> tuple[int, str, bytes]:
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "content-length")}
        request = urllib.request.Request(self._endpoint + handler.path, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.headers.get("Content-Type", ""), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers.get("Content-Type", ""), error.read()

    def _kill(self) -> None:
        assert self.victim is not None
        self.victim.send_signal(signal.SIGKILL)
        self._dead_runs.add(self.run)

    def killed(self, asiaq: Asiaq, arguments: list[str], at: int, before: bool) -> bool:
        """Runs the program and kills it at that write; False if it came to its end before."""
        with self._lock:
            self.run += 1
            self.writes, self.kill_at, self.kill_before = 0, at, before
            self.victim = asiaq.start(*arguments, AWS_ENDPOINT_URL=self.endpoint)
        output, errors = self.victim.communicate(timeout=120)
        self.kill_at = 0
        if self.victim.returncode != -signal.SIGKILL:
            print(f"status {self.victim.returncode} after {self.writes} writes\n{output}{errors}", file=sys.stderr)
        return self.victim.returncode == -signal.SIGKILL

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture(scope="session")
def box() -> Iterator[str]:
    """The endpoint of a box without hosts."""
    name = f"t{os.getpid()}-net"

    def local(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "asiaq_local", arguments[0], "--name", name, *arguments[1:]],
            capture_output=True, text=True, timeout=120, env={**os.environ, "PYTHONPATH": str(ROOT / "local")},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    local("up", "--no-hosts")
    try:
        lines = local("env").splitlines()
        variables = dict(line.removeprefix("export ").split("=", 1) for line in lines)
        yield variables["AWS_ENDPOINT_URL"]
    finally:
        local("down")


@pytest.fixture
def cloud(box: str) -> Cloud:
    cloud = Cloud(box)
    cloud.reset()
    return cloud


@pytest.fixture
def asiaq(cloud: Cloud, tmp_path: Path) -> Asiaq:
    folder = tmp_path / "config"
    folder.mkdir()
    return Asiaq(cloud.endpoint, folder)


@pytest.fixture
def sandbox(asiaq: Asiaq) -> Asiaq:
    """The program with the type `sandbox` in its configuration."""
    asiaq.write("disco_vpc.ini", SANDBOX)
    return asiaq


@pytest.fixture
def tap(cloud: Cloud) -> Iterator[Tap]:
    tap = Tap(cloud.endpoint)
    yield tap
    tap.close()
