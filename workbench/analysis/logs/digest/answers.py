"""The requests that were answered, each counted once though a proxy's log and the program's own both tell of it."""

from __future__ import annotations

from collections import Counter

from workbench.analysis.logs.scan.streams import Stream
from workbench.analysis.logs.scan.table import Table

NEAR = 0.01
"""Share by which two logs of the same requests may differ in a status: what was on its way when one began or ended."""
FEW = 2
OVERLAP = 0.9


def answers(table: Table) -> Counter[str]:
    """HTTP answers by status. Logs of two programs that tell of equally many, over the same time, tell of the same."""
    kept: list[Stream] = []
    for stream in sorted(table.streams.values(), key=lambda each: -each.statuses.total()):
        if stream.statuses and not any(_same(stream, each) for each in kept):
            kept.append(stream)
    return sum((each.statuses for each in kept), Counter[str]()) if kept else table.statuses


def _same(some: Stream, others: Stream) -> bool:
    if some.words.keys() & others.words.keys():
        return False  # one program on two hosts, between which a balancer may part requests evenly
    both = min(some.end, others.end) - max(some.start, others.start)
    if both < OVERLAP * max(some.end - some.start, others.end - others.start):
        return False
    counts = ((some.statuses[status], others.statuses[status]) for status in some.statuses | others.statuses)
    return all(abs(one - other) <= FEW + NEAR * max(one, other) for one, other in counts)
