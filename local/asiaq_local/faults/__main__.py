"""`python -m asiaq_local.faults`: faults in front of an endpoint, or answers from a script without one."""

from __future__ import annotations

import argparse
import contextlib
import sys

from ..settings import BoxError
from .proxy import Proxy, Upstream, nobody
from .words import add_rule_options, rules_of


def main() -> int:
    """Serves until it is interrupted; the endpoint is the one line of output."""
    parser = argparse.ArgumentParser(
        prog="asiaq_local.faults",
        description="Serves AWS requests with faults, in front of --upstream or from the script alone.",
    )
    parser.add_argument("--upstream", metavar="URL", help="where calls are carried out")
    parser.add_argument("--port", type=int, default=0, help="on loopback; any by default")
    add_rule_options(parser)
    options = parser.parse_args()
    try:
        rules = rules_of(options)
        proxy = Proxy(Upstream(options.upstream) if options.upstream else nobody, port=options.port)
        proxy.script.add(rules)
    except BoxError as error:
        print(f"ERROR asiaq_local.faults: {error}", file=sys.stderr)
        return 1
    print(proxy.endpoint, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        proxy.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
