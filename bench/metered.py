"""An EC2 that allows so many calls a second: a token bucket that holds what flows in within a second.

    metered.py RATE

    GET /bench/counts   calls accepted and refused so far, as JSON
"""

import json
import sys
import time

import answers

EMPTY = b"<DescribeVpcsResponse><vpcSet/><requestId>r</requestId></DescribeVpcsResponse>"
REFUSED = (b"<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message></Error>"
           b"</Errors><RequestID>r</RequestID></Response>")


class Bucket:
    def __init__(self, rate):
        self.rate = self.tokens = rate
        self.filled = time.monotonic()
        self.counts = {"accepted": 0, "refused": 0}

    def answer(self, path, _):
        if path == b"/bench/counts":
            return 200, json.dumps(self.counts).encode()
        now = time.monotonic()
        self.tokens = min(self.rate, self.tokens + (now - self.filled) * self.rate)
        self.filled = now
        taken = self.tokens >= 1
        self.tokens -= taken
        self.counts["accepted" if taken else "refused"] += 1
        return (200, EMPTY) if taken else (503, REFUSED)


if __name__ == "__main__":
    answers.run(Bucket(float(sys.argv[1])).answer)
