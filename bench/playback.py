"""An EC2 that knows one run by heart: it answers the requests of a recording, in any order, each after the same delay.

    playback.py RECORDING DELAY

RECORDING is the log of endpoint.py as JSON. moto needs milliseconds of a processor for every answer; here what is measured
is how long a program waits. A request that is not in the recording is refused.
"""

import collections
import json
import pathlib
import re
import sys
from urllib.parse import parse_qsl

import answers

UNKNOWN = b"<Response><Errors><Error><Code>NotRecorded</Code><Message>Not in the recording.</Message></Error></Errors></Response>"


TIME = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+")


def identity(body):
    """What makes two requests the same: everything but what is new in every run."""
    return tuple(sorted((name, TIME.sub("now", value)) for name, value in parse_qsl(body, keep_blank_values=True)
                        if name != "ClientToken"))


class Playback:
    def __init__(self, log):
        self.log = log
        self.start()

    def start(self):
        self.answers = collections.defaultdict(collections.deque)
        for request in self.log:
            self.answers[identity(request["body"])].append(request["answer"].encode())

    def answer(self, path, body):
        if path == b"/bench/reset":
            self.start()
            return 200, b""
        known = self.answers.get(identity(body.decode()))
        if not known:
            return 400, UNKNOWN
        return 200, known.popleft()


if __name__ == "__main__":
    answers.run(Playback(json.loads(pathlib.Path(sys.argv[1]).read_text())).answer, float(sys.argv[2]))
