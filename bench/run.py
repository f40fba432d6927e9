#!/usr/bin/env python3
"""How fast the program is, compared in one run with curl, the AWS CLI and boto3 doing the same.

Prints a table of figures with the limits they must keep, and ends with 1 if one is not kept. With --write FILE the
table is also written there as Markdown.
"""

import argparse
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from collections import Counter

import boto3
import botocore.config
import config
from contention import many_threads
from environments import life_of_an_environment
from first_byte import to_the_first_byte
from listing import list_very_many
from measure import BIN, HERE, HOME, REGION, Server, environment, measure
from report import Report
from runtime import compare_with_botocore

HOSTS = 1000


class Endpoint(Server):
    """The endpoint of endpoint.py."""

    def __init__(self):
        super().__init__("endpoint.py")

    def ask(self, what, body=None):
        with urllib.request.urlopen(f"{self.url}/bench/{what}", data=body) as answer:
            return answer.read()

    def log(self):
        return json.loads(self.ask("log"))

    def reset(self, delay=0.0):
        self.ask("delay", b"0")
        self.ask("reset", b"")
        self.ask("delay", str(delay).encode())

    def client(self, service, url=None):
        return boto3.client(service, endpoint_url=url or self.url, region_name=REGION, aws_access_key_id="bench",
                            aws_secret_access_key="bench", config=botocore.config.Config(retries={"total_max_attempts": 1}))


def aws_cli():
    """The AWS CLI, installed apart from everything else; made anew when its pins change."""
    folder, pins = HOME / "build" / "bench-python", HERE / "requirements.txt"
    stamp = folder / ".pins"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["/usr/bin/python3", "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "--disable-pip-version-check", "install", "-q", "--require-hashes",
                        "--only-binary", ":all:", "-r", pins], check=True)
        stamp.write_text(pins.read_text())
    return folder / "bin" / "aws"


def curl_command(folder, request, url):
    """curl sending the very request that the program sent."""
    (folder / "body").write_text(request["body"])
    headers = [word for name, value in request["headers"].items()
               if name not in ("Host", "Content-Length", "Connection", "Accept-Encoding")
               for word in ("-H", f"{name}: {value}")]
    return ["curl", "-sS", "-o", "/dev/null", "-X", "POST", "--data-binary", f"@{folder / 'body'}", *headers, url]


def start_up(report, variables):
    [version] = measure(variables, [BIN / "asiaq", "--version"])
    report.add("asiaq --version, wall time", f"{version['wall'] * 1e3:.1f} ms", "10 ms", version["wall"] <= 0.010)


def list_environments(report, endpoint, folder, variables):
    endpoint.reset()
    ec2 = endpoint.client("ec2")
    for number in range(3):
        vpc = ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": f"env{number}"}, {"Key": "type", "Value": "bench"}])
    before = len(endpoint.log())
    subprocess.run([BIN / "asiaq", "vpc", "list"], env=variables, check=True, stdout=subprocess.DEVNULL)
    sent = endpoint.log()[before:]
    report.add("asiaq vpc list, calls", ", ".join(r["parameters"]["Action"] for r in sent), "1 call", len(sent) == 1)
    ours, curl, theirs = measure(variables, [BIN / "asiaq", "vpc", "list"], curl_command(folder, sent[0], endpoint.url),
                                 [aws_cli(), "ec2", "describe-vpcs"])
    limit = max(1.3 * curl["wall"], curl["wall"] + 0.010)
    report.add("asiaq vpc list / curl with the same POST, wall time",
               f"{ours['wall'] * 1e3:.1f} / {curl['wall'] * 1e3:.1f} ms = {ours['wall'] / curl['wall']:.2f}",
               f"{limit * 1e3:.1f} ms", ours["wall"] <= limit)
    report.add("aws ec2 describe-vpcs / asiaq vpc list, CPU time",
               f"{theirs['cpu'] * 1e3:.0f} / {ours['cpu'] * 1e3:.1f} ms = {theirs['cpu'] / ours['cpu']:.0f}", "at least 50",
               theirs["cpu"] >= 50 * ours["cpu"])
    report.add("asiaq vpc list, memory (at most)", f"{ours['memory'] / 1e6:.1f} MB", "30 MB", ours["memory"] <= 30e6)
    to_the_first_byte(report, lambda url: ([BIN / "asiaq", "vpc", "list"], curl_command(folder, sent[0], url)), variables)


def list_hosts(report, endpoint, variables):
    endpoint.reset()
    ec2 = endpoint.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.200.0.0/16")["Vpc"]["VpcId"]
    tags = [{"Key": "Name", "Value": "bench"}, {"Key": "type", "Value": "bench"}]
    ec2.create_tags(Resources=[vpc], Tags=tags)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.200.0.0/18")["Subnet"]["SubnetId"]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    for _ in range(HOSTS // 100):
        ec2.run_instances(ImageId=image, MinCount=100, MaxCount=100, SubnetId=subnet, InstanceType="t3.small",
                          TagSpecifications=[{"ResourceType": "instance", "Tags": [
                              {"Key": "hostclass", "Value": "mhcbench"}, {"Key": "environment", "Value": "bench"}]}])
    before = len(endpoint.log())
    done = subprocess.run([BIN / "asiaq", "aws", "--env", "bench", "listhosts"], env=variables, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: listhosts failed\n{done.stderr}")
    sent = endpoint.log()[before:]
    pages = Counter((request["parameters"]["Action"], request["parameters"].get("NextToken", "")) for request in sent)
    walks = Counter(action for (action, token), count in pages.items() for _ in range(count) if not token)
    report.add(f"listhosts with {HOSTS} hosts: lines", str(len(done.stdout.splitlines())), str(HOSTS),
               len(done.stdout.splitlines()) == HOSTS)
    report.add(f"listhosts with {HOSTS} hosts: paginated reads",
               ", ".join(f"{name}×{count}" for name, count in sorted(walks.items())), "one a resource type",
               max(walks.values()) == 1)


def whole_program(report, folder):
    """The program against moto."""
    with Endpoint() as endpoint:
        variables = environment(endpoint.url, folder)
        start_up(report, variables)
        list_environments(report, endpoint, folder, variables)
        life_of_an_environment(report, endpoint, variables, folder)
        list_hosts(report, endpoint, variables)


def facts_of_the_machine():
    processor = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")),
                     platform.machine())
    load = os.getloadavg()[0]
    version = subprocess.run([BIN / "asiaq", "--version"], capture_output=True, text=True).stdout.strip()
    return [f"{os.cpu_count()} cores of {processor}, load at the start {load:.1f}"
            + (" (busy: expect noise)" if load > 0.5 * os.cpu_count() else ""),
            f"Linux {platform.release()}, {version}",
            f"against {subprocess.run([aws_cli(), '--version'], capture_output=True, text=True).stdout.split()[0]}, "
            f"boto3 {boto3.__version__}, "
            + " ".join(subprocess.run(['curl', '--version'], capture_output=True, text=True).stdout.split()[:2])]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", metavar="FILE", type=pathlib.Path, help="write the table there as Markdown")
    parser.add_argument("parts", metavar="PART", nargs="*",
                        help="only these: program (against moto), runtime, listing, contention")
    options = parser.parse_args()
    facts = facts_of_the_machine()
    print("\n".join(facts), flush=True)
    report = Report()
    with tempfile.TemporaryDirectory(prefix="asiaq-bench-") as name:
        folder = config.write(pathlib.Path(name))
        parts = {"program": lambda: whole_program(report, folder), "runtime": lambda: compare_with_botocore(report, folder),
                 "listing": lambda: list_very_many(report, folder), "contention": lambda: many_threads(report, folder)}
        for part in options.parts or parts:
            if part not in parts:
                parser.error(f"there is no part '{part}'")
            parts[part]()
    if options.write:
        # Sections behind the table are of other programs.
        present = options.write.read_text() if options.write.exists() else ""
        _, mark, rest = present.partition("\n## ")
        options.write.write_text(report.markdown(facts) + mark + rest)
    return 0 if report.all_kept else 1


if __name__ == "__main__":
    sys.exit(main())
