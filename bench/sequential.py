"""Recorded requests, sent again over one connection, one after the other.

Ids differ from run to run: those in the answers take the place of the recorded ones.
"""

import http.client
import time
from urllib.parse import urlsplit

from replay import IDENTIFIER

# What the connection itself sets.
OWN = {"Host", "Content-Length", "Connection", "Accept-Encoding"}


class Sequence:
    """What was learnt about ids goes on from one `send` to the next."""

    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self.known = {}

    def send(self, log):
        """Sends all of `log`; returns the seconds it took."""
        begin = time.perf_counter()
        for request in log:
            headers = {name: value for name, value in request["headers"].items() if name not in OWN}
            self.connection.request(request["method"], request["path"], self.renamed(request["body"]), headers)
            answer = self.connection.getresponse()
            self.learn(request["answer"], answer.read().decode())
        return time.perf_counter() - begin

    def renamed(self, text):
        return IDENTIFIER.sub(lambda match: self.known.get(match[0], match[0]), text)

    def learn(self, recorded, fresh):
        """Ids of one kind come in the same order in both answers, but for those that are the same already."""
        mine = {}
        for identifier in IDENTIFIER.findall(fresh):
            mine.setdefault(identifier.rsplit("-", 1)[0], []).append(identifier)
        theirs = {}
        for identifier in IDENTIFIER.findall(recorded):
            theirs.setdefault(identifier.rsplit("-", 1)[0], []).append(identifier)
        for kind, identifiers in theirs.items():
            for old, new in zip(identifiers, mine.get(kind, [])):
                self.known.setdefault(old, new)
