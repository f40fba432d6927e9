"""From the start of a program to the first byte that it sends, compared with curl sending the same."""

import os
import socket
import statistics
import time

from measure import RUNS

ANSWER = b"<DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse>"


def once(listener, command, variables):
    null = os.open(os.devnull, os.O_RDWR)
    begin = time.perf_counter()
    child = os.posix_spawnp(command[0], command, variables,
                            file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1)])
    connection, _ = listener.accept()
    received = connection.recv(65536)
    seconds = time.perf_counter() - begin
    while b"</" not in received and b"Action=" not in received:
        received += connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 -\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))
    connection.close()
    _, status = os.waitpid(child, 0)
    os.close(null)
    if status != 0:
        raise RuntimeError(f"{command[0]} failed")
    return seconds


def to_the_first_byte(report, commands_for, variables):
    """`commands_for(url)` gives our command and curl's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        variables = {**variables, "AWS_ENDPOINT_URL": url}
        commands = [[str(word) for word in command] for command in commands_for(url)]
        times = [[once(listener, command, variables) for command in commands] for _ in range(2 * RUNS)]
    ours, curl = (statistics.median(column) for column in zip(*times[1:]))
    report.add("start to first byte sent, asiaq vpc list / curl", f"{ours * 1e3:.1f} / {curl * 1e3:.1f} ms",
               "3 ms more", ours <= curl + 0.003)
