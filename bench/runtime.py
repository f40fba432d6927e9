"""What a call costs without its network, compared with botocore doing the same."""

import json
import statistics
import subprocess
import time
from urllib.parse import parse_qs

import botocore.awsrequest
import botocore.auth
import botocore.credentials
import botocore.parsers
import botocore.serialize
import botocore.session
import instances
from measure import BUILD, REGION

INSTANCES = 1000
LEAST_RATIO = 50
ROUNDS = 7
RUN_INSTANCES = {
    "BlockDeviceMappings": [
        {"DeviceName": "/dev/sda1",
         "Ebs": {"DeleteOnTermination": True, "VolumeSize": 20, "VolumeType": "gp3", "Encrypted": True}},
        {"DeviceName": "/dev/sdb", "VirtualName": "ephemeral0"}],
    "ImageId": "ami-0123456789abcdef0", "InstanceType": "m5.large", "KeyName": "bake", "MaxCount": 1, "MinCount": 1,
    "SubnetId": "subnet-0123456789abcdef0", "SecurityGroupIds": ["sg-0123456789abcdef0", "sg-0123456789abcdef1"],
    "UserData": "A" * 512, "ClientToken": "00000000-0000-4000-8000-000000000000",
    "TagSpecifications": [{"ResourceType": "instance",
                           "Tags": [{"Key": f"key{n}", "Value": f"value {n}"} for n in range(10)]}]}


class Botocore:
    def __init__(self, page):
        self.model = botocore.session.get_session().get_service_model("ec2")
        self.signer = botocore.auth.SigV4Auth(botocore.credentials.Credentials("AKIDEXAMPLE", "secret"), "ec2", REGION)
        self.serializer = botocore.serialize.create_serializer("ec2")
        self.parser = botocore.parsers.create_parser("ec2")
        self.page = page

    def sign(self):
        self.signer.add_auth(botocore.awsrequest.AWSRequest(
            "POST", f"https://ec2.{REGION}.amazonaws.com/", data=b"x" * 1024,
            headers={"Content-Type": "application/x-www-form-urlencoded; charset=utf-8", "User-Agent": "bench"}))

    def write(self):
        return self.serializer.serialize_to_request(RUN_INSTANCES, self.model.operation_model("RunInstances"))

    def read(self):
        shape = self.model.operation_model("DescribeInstances").output_shape
        return self.parser.parse({"status_code": 200, "headers": {}, "body": self.page}, shape)


def cpu_seconds(action, at_least):
    """CPU seconds that one turn of `action` takes, of as many turns as take `at_least` seconds."""
    turns, begin = 0, time.process_time()
    while (taken := time.process_time() - begin) < at_least:
        action()
        turns += 1
    return taken / turns


def our_cpu_seconds(program, name):
    done = subprocess.run([*program, "--benchmark_format=json", "--benchmark_min_time=0.3", f"--benchmark_filter=^{name}$"],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    [figure] = json.loads(done.stdout)["benchmarks"]
    return figure["cpu_time"] * {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0}[figure["time_unit"]]


def shown(seconds):
    return f"{seconds * 1e3:.1f} ms" if seconds >= 1e-3 else f"{seconds * 1e6:.1f} µs"


def compare_with_botocore(report, folder):
    page = folder / "page.xml"
    page.write_bytes(instances.page(0, INSTANCES))
    program = [BUILD / "bin" / "asiaq_bench", page]
    theirs = Botocore(page.read_bytes())
    written = subprocess.run([*program, "--request"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    same = {name: [str(value)] for name, value in theirs.write()["body"].items()}
    same = {name: [value.lower()] if value in ("True", "False") else [value] for name, [value] in same.items()}
    if parse_qs(written) != same:
        raise RuntimeError("the program and botocore do not write the same request")
    if len(theirs.read()["Reservations"]) != INSTANCES:
        raise RuntimeError("botocore does not find all instances")
    for name, what in [("sign", "sign a request of 1 KB"), ("write", "write RunInstances"),
                       ("read", f"read a page of {INSTANCES} instances")]:
        # In turns, so that whatever else the machine does falls on both alike.
        pairs = [(cpu_seconds(getattr(theirs, name), at_least=0.3), our_cpu_seconds(program, name)) for _ in range(ROUNDS)]
        other, ours = (statistics.median(column) for column in zip(*pairs))
        report.add(f"botocore / asiaq, {what}, CPU time", f"{shown(other)} / {shown(ours)} = {other / ours:.0f}",
                   f"at least {LEAST_RATIO}", other >= LEAST_RATIO * ours)
    memory = int(subprocess.run([*program, "--memory"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    size = page.stat().st_size
    report.add(f"memory while that page is read, its {size / 1e6:.1f} MB body included",
               f"{memory / 1e6:.1f} MB = {memory / size:.1f} × body", "3 × body", memory <= 3 * size)
