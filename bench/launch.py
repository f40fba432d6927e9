"""Runs commands in turn, several rounds of them, and prints as JSON, for each command, wall seconds, CPU seconds and
memory of each run. Turns spread whatever else the machine does over all of them alike.

A process of its own, as small as Python can be: the memory that the kernel reports for a child is never less than
that of the process that started it.
"""

import json
import os
import sys
import time


def run_once(command, environment):
    null = os.open(os.devnull, os.O_RDWR)
    actions = [(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)]
    begin = time.perf_counter()
    child = os.posix_spawnp(command[0], command, environment, file_actions=actions)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    os.close(null)
    if status != 0:
        sys.exit(f"{' '.join(command)} ended with status {os.waitstatus_to_exitcode(status)}")
    return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": usage.ru_maxrss * 1024}


if __name__ == "__main__":
    rounds, commands = int(sys.argv[1]), json.loads(sys.argv[2])
    results = [[] for _ in commands]
    for _ in range(rounds):
        for command, into in zip(commands, results):
            into.append(run_once(command, os.environ))
    print(json.dumps(results))
