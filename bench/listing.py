"""Ten thousand instances listed, compared with boto3 doing the same."""

import subprocess
import sys

from measure import BIN, HERE, Server, environment, measure

HOSTS = 10000


def list_very_many(report, folder):
    ours = [BIN / "asiaq", "aws", "--env", "bench", "listhosts"]
    theirs = [sys.executable, HERE / "list_with_boto3.py"]
    with Server("fleet.py", HOSTS) as server:
        variables = environment(server.url, folder)
        for command in (ours, theirs):
            lines = subprocess.run(command, env=variables, check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
            if len(lines) != HOSTS:
                sys.exit(f"bench: {command[0]} lists {len(lines)} hosts of {HOSTS}")
        asiaq, boto = measure(variables, ours, theirs, runs=3)
    report.add(f"boto3 / asiaq listhosts with {HOSTS} hosts, CPU time",
               f"{boto['cpu']:.2f} / {asiaq['cpu']:.3f} s = {boto['cpu'] / asiaq['cpu']:.0f}", "at least 50",
               boto["cpu"] >= 50 * asiaq["cpu"])
    report.add(f"asiaq listhosts with {HOSTS} hosts, memory", f"{asiaq['memory'] / 1e6:.0f} MB", "", True)
