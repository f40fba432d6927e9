"""How figures are made: where the program is, what it is run with, and the medians of many runs."""

import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
HOME = HERE.parent
BIN = pathlib.Path(os.environ.get("ASIAQ_BIN", HOME / "build" / "bin"))
BUILD = pathlib.Path(os.environ.get("ASIAQ_BENCH_BUILD", HOME / "build" / "release"))
REGION = "us-west-2"
RUNS = 15


def environment(url, folder):
    """The variables of a run against the endpoint `url` in the configuration folder `folder`."""
    return {"PATH": f"{BIN}:{os.environ['PATH']}", "HOME": str(folder), "ASIAQ_CONFIG": str(folder), "LANG": "C.UTF-8",
            "AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_EC2_METADATA_DISABLED": "true"}


def measure(variables, *commands, runs=RUNS):
    """For each command the medians of wall and CPU seconds and of memory in bytes. A first round does not count."""
    words = json.dumps([[str(word) for word in command] for command in commands])
    done = subprocess.run([sys.executable, "-I", "-S", HERE / "launch.py", str(runs + 1), words], env=variables,
                          stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit("bench: a command failed")
    return [{name: statistics.median(run[name] for run in runs[1:]) for name in runs[0]}
            for runs in json.loads(done.stdout)]


class Server:
    """One of the servers beside this file, in a process of its own; ends with the block that it is used in."""

    def __init__(self, script, *arguments):
        self.process = subprocess.Popen([sys.executable, HERE / script, *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
