"""The life of an environment: its calls, its wall time against its critical path, and against the same calls in turn."""

import json
import statistics
import subprocess
import sys
import time
from collections import Counter
from urllib.request import urlopen

from measure import BIN, Server, environment, measure
from replay import Replay
from sequential import Sequence

DELAY = 0.05
ROUNDS = 5
CREATE = ("vpc", "create", "--type", "bench", "--name", "bench")
CREATE_FULL = ("vpc", "create", "--type", "full", "--name", "bench")
UPDATE = ("vpc", "update", "--name", "bench")
DESTROY = ("vpc", "destroy", "--name", "bench")
READS = ("Describe", "Get", "List")
#: A region of other people's environments.
VPCS, GROUPS_A_VPC, RULES_A_GROUP = 100, 5, 10


def run(variables, *words):
    """Wall seconds and standard output of a run that succeeds."""
    begin = time.perf_counter()
    done = subprocess.run([BIN / "asiaq", *words], env=variables, capture_output=True, text=True)
    wall = time.perf_counter() - begin
    if done.returncode != 0:
        sys.exit(f"bench: {' '.join(words)} failed\n{done.stderr}")
    return wall, done.stdout


def logged(endpoint, variables, *words):
    """Wall seconds of a run, and the requests that it made."""
    before = len(endpoint.log())
    wall, _ = run(variables, *words)
    return wall, endpoint.log()[before:]


def operation(request):
    return request["parameters"].get("Action") or request["headers"].get("X-Amz-Target", "").rpartition(".")[2] or request["method"]


def reads(log):
    return [request for request in log if operation(request).startswith(READS)]


def in_turn(log):
    """How many of these requests were made one after another: the most of which no two overlap."""
    count, free = 0, 0.0
    for request in sorted(log, key=lambda each: each["end"]):
        if request["begin"] >= free:
            count, free = count + 1, request["end"]
    return count


def longest_chain(plan):
    """The number of changes in the plan's longest chain of changes of which each waits for the one before."""
    depth = []
    for change in plan:
        depth.append(1 + max((depth[index] for index in change["after"]), default=0))
    return max(depth, default=0)


def create(report, endpoint, variables, folder):
    endpoint.reset()
    _, plan = run(variables, *CREATE, "--dry-run", "--output", "json")
    chain = in_turn(reads(endpoint.log())) + longest_chain(json.loads(plan))
    _, log = logged(endpoint, variables, *CREATE)
    operations = Counter(map(operation, reads(log)))
    report.add("vpc create, four metanetworks in four zones: calls that read", str(operations.total()), "12",
               operations.total() <= 12)
    report.add("vpc create: most calls of one reading operation",
               " ".join(f"{name}×{count}" for name, count in operations.most_common(1)), "fewer than 4",
               max(operations.values()) < 4)
    recording = folder / "recording.json"
    recording.write_text(json.dumps(log))
    walls, boto = [], []
    with Server("playback.py", recording, DELAY) as server:
        client = endpoint.client("ec2", server.url)
        for _ in range(ROUNDS):
            urlopen(f"{server.url}/bench/reset").close()
            walls.append(run(environment(server.url, folder), *CREATE)[0])
            urlopen(f"{server.url}/bench/reset").close()
            boto.append(Replay(client, log).run())
    ours, theirs, critical = statistics.median(walls), statistics.median(boto), chain * DELAY
    report.add(f"vpc create, {DELAY * 1e3:.0f} ms a call: wall time / critical path of {chain} calls",
               f"{ours:.2f} / {critical:.2f} s = {ours / critical:.2f}", "1.25", ours <= 1.25 * critical)
    report.add(f"the same {len(log)} calls by boto3 in turn / vpc create, {DELAY * 1e3:.0f} ms a call",
               f"{theirs:.2f} / {ours:.2f} s = {theirs / ours:.1f}", "at least 4", theirs >= 4 * ours)


def update(report, endpoint, variables):
    endpoint.reset()
    run(variables, *CREATE)
    endpoint.ask("delay", str(DELAY).encode())
    _, log = logged(endpoint, variables, *UPDATE)
    report.add("vpc update without a change: calls that write", str(len(log) - len(reads(log))), "0",
               len(log) == len(reads(log)))
    report.add("vpc update without a change: calls that read", str(len(reads(log))), "12", len(reads(log)) <= 12)
    report.add("vpc update without a change: reads one after another", str(in_turn(log)), "4", in_turn(log) <= 4)


def destroy(report, endpoint, variables):
    walls, sequential, log = [], [], []
    for _ in range(ROUNDS):
        endpoint.reset()
        _, making = logged(endpoint, variables, *CREATE_FULL)
        endpoint.ask("delay", str(DELAY).encode())
        wall, log = logged(endpoint, variables, *DESTROY)
        walls.append(wall)
        endpoint.reset()
        sequence = Sequence(endpoint.url)
        sequence.send(making)
        endpoint.ask("delay", str(DELAY).encode())
        sequential.append(sequence.send(log))
    ours, theirs = statistics.median(walls), statistics.median(sequential)
    report.add(f"the same {len(log)} calls one by one / vpc destroy, {DELAY * 1e3:.0f} ms a call",
               f"{theirs:.2f} / {ours:.2f} s = {theirs / ours:.1f}", "at least 3", theirs >= 3 * ours)


def fill_region(endpoint):
    """Other environments, with many rules."""
    ec2 = endpoint.client("ec2")
    for number in range(VPCS):
        vpc = ec2.create_vpc(CidrBlock=f"172.16.{number}.0/24")["Vpc"]["VpcId"]
        ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": f"other{number}"}, {"Key": "type", "Value": "bench"}])
        for group in range(GROUPS_A_VPC):
            made = ec2.create_security_group(GroupName=f"group{group}", Description="bench", VpcId=vpc)["GroupId"]
            ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[
                {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
                for port in range(1000, 1000 + RULES_A_GROUP)])


def in_a_full_region(report, endpoint, variables):
    endpoint.reset()
    run(variables, *CREATE)
    alone = {words: len(logged(endpoint, variables, *words)[1]) for words in (("vpc", "list"), UPDATE)}
    fill_region(endpoint)
    for words, count in alone.items():
        _, log = logged(endpoint, variables, *words)
        [ours] = measure(variables, [BIN / "asiaq", *words], runs=3)
        what = f"{' '.join(words[:2])}, {VPCS} VPCs with {VPCS * GROUPS_A_VPC * RULES_A_GROUP} rules beside it"
        report.add(f"{what}: calls", str(len(log)), f"{count}, as alone", len(log) <= count)
        report.add(f"{what}: memory", f"{ours['memory'] / 1e6:.0f} MB", "60 MB", ours["memory"] <= 60e6)


def life_of_an_environment(report, endpoint, variables, folder):
    create(report, endpoint, variables, folder)
    update(report, endpoint, variables)
    destroy(report, endpoint, variables)
    in_a_full_region(report, endpoint, variables)
