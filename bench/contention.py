"""Sixty-four threads that share one session, against a service that allows 20 calls a second."""

import json
import subprocess
import urllib.request

from measure import BUILD, Server, environment

THREADS = 64
CALLS = 600
RATE = 20


def many_threads(report, folder):
    with Server("metered.py", RATE) as server:
        done = subprocess.run([BUILD / "bin" / "asiaq_bench_contention", str(THREADS), str(CALLS)], check=True,
                              env=environment(server.url, folder), stdout=subprocess.PIPE, text=True)
        with urllib.request.urlopen(f"{server.url}/bench/counts") as answer:
            counts = json.load(answer)
    ours = json.loads(done.stdout)
    limit = 1.1 * CALLS / RATE
    refused = counts["refused"] / (counts["accepted"] + counts["refused"])
    what = f"{THREADS} threads, {CALLS} calls, {RATE} a second allowed"
    report.add(f"{what}: wall time", f"{ours['seconds']:.1f} s", f"{limit:.1f} s", ours["seconds"] <= limit)
    report.add(f"{what}: refused calls", f"{counts['refused']} = {refused:.1%}", "10%", refused <= 0.1)
    report.add(f"{what}: failures", str(ours["failures"]), "0",
               ours["failures"] == 0 and counts["accepted"] == CALLS)
