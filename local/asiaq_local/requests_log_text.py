"""The request log as text."""

from __future__ import annotations

import time
from typing import Any


def print_requests(entries: list[dict[str, Any]]) -> None:
    """One line per request."""
    for entry in entries:
        clock = time.strftime("%H:%M:%S", time.localtime(entry["time"]))
        print(
            f"{clock} {entry['status']} {entry['seconds'] * 1000:7.1f} ms {entry['kind']:5} "
            f"{entry['service']}:{entry['operation']} {entry['source']}"
            + (f"  [{entry['fault']}]" if entry["fault"] else "")
        )


def print_counts(counts: dict[str, dict[str, Any]]) -> None:
    """One line per operation, then a sum."""
    for name, facts in sorted(counts.items(), key=lambda item: -item[1]["count"]):
        failed = f"  ({facts['failed']} failed)" if facts["failed"] else ""
        print(f"{facts['count']:6} {facts['kind']:5} {name}{failed}")
    total = sum(facts["count"] for facts in counts.values())
    writes = sum(facts["count"] for facts in counts.values() if facts["kind"] == "write")
    print(f"{total:6} in all, {writes} of them writes")
