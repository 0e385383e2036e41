"""One pass over a part of a log for what it tells of operations, and what all parts together say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.analysis.logs.operations import calls, happened, served
from workbench.analysis.logs.operations.calls import HOSTS, CallRow
from workbench.analysis.logs.operations.happened import Happened
from workbench.analysis.logs.operations.likely import Likely, Lines
from workbench.analysis.logs.operations.picked import LONGEST, chunks_in, picked, read_at
from workbench.analysis.logs.operations.releases import FIELD, MAY_FIELD, MAY_PID, PID, Spans, join, last_of_each, see
from workbench.analysis.logs.scan.part import Survey
from workbench.case.enums import Level

EVENTS = 5000
"""Events of one log that are kept."""
ERRORS = 2000
"""Error records of a megabyte whose host is looked at."""
_TRIED = 20
REQUESTS = 15_000
"""Lines of one log about requests that are read for how long they took, evenly over it."""
_UNTIMED = 50
"""Such lines of a megabyte without a time, after which it is left."""
_ERROR = re.compile(rb"ERROR|CRITICAL|FATAL|(?i:\"error\"|level=error)")
_LIKELY = Likely((happened.WANTED, calls.WANTED, served.WANTED, _ERROR, MAY_FIELD, MAY_PID))


@dataclass
class Operations:
    """What was seen, small enough to hand between processes."""

    happened: list[Happened] = field(default_factory=list)
    hosts: dict[str, CallRow] = field(default_factory=dict)
    served: dict[str, CallRow] = field(default_factory=dict)
    releases: Spans = field(default_factory=dict)
    pids: Spans = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    start: float | None = None

    def add(self, other: Operations) -> None:
        """Take in another part, or another log."""
        self.happened = [*self.happened, *other.happened][:EVENTS]
        _join(self.hosts, other.hosts)
        _join(self.served, other.served)
        self.errors += other.errors
        join(self.releases, other.releases)
        join(self.pids, other.pids)
        starts = [each for each in (self.start, other.start) if each is not None]
        self.start = min(starts, default=None)


def _join(rows: dict[str, CallRow], others: dict[str, CallRow]) -> None:
    for name, row in others.items():
        if name in rows:
            rows[name].add(row)
        elif len(rows) < HOSTS:
            rows[name] = row


def look(found: Survey, start: int, end: int) -> Operations:
    """What the bytes from ``start`` to ``end`` (-1: to the end) tell. Raises OSError."""
    seen = Operations()
    for chunk in chunks_in(found, start, end):
        _look(found, _LIKELY.within(chunk), seen)
    return seen


def together(parts: Sequence[Operations]) -> Operations:
    """All parts in one."""
    total = Operations()
    for part in parts:
        total.add(part)
    return total


def _look(found: Survey, lines: Lines, seen: Operations) -> None:
    chunk = lines.chunk
    for line in picked(found, chunk, happened.WANTED, lines.of(0)):
        event = happened.happened(line)
        if event is not None and len(seen.happened) < EVENTS:
            seen.happened.append(event)
    for line in picked(found, chunk, calls.WANTED, lines.of(1)):
        call = calls.call_in(line)
        row = _row(seen.hosts, call.host) if call else None
        if call is None or row is None:
            continue
        if call.raised:
            row.raised += 1
            row.sample = row.sample or line.text[:300]
        else:
            row.call(call, line.at, line.text)
    _requests(found, lines, seen)
    for number, line in enumerate(picked(found, chunk, _ERROR, lines.of(3))):
        if line.parsed.level in (Level.ERROR, Level.CRITICAL) and line.parsed.host:
            seen.errors[line.parsed.host] += 1
        if number >= ERRORS or (number == _TRIED and not seen.errors):
            break
    for number, shape, spans in ((4, FIELD, seen.releases), (5, PID, seen.pids)):
        for value, places in last_of_each(chunk, shape, lines.of(number)).items():
            for place in places:
                see(spans, value, _time(found, chunk, place))
    first = _time(found, chunk, 0)
    if first is not None:
        seen.start = first if seen.start is None else min(first, seen.start)


def _row(rows: dict[str, CallRow], name: str) -> CallRow | None:
    return rows.setdefault(name, CallRow()) if name in rows or len(rows) < HOSTS else None


def _requests(found: Survey, lines: Lines, seen: Operations) -> None:
    apart = (found.size or REQUESTS * LONGEST) // REQUESTS
    untimed = 0
    for line in picked(found, lines.chunk, served.WANTED, lines.of(2), apart):
        request = served.request_in(line)
        if request is None:
            untimed += 1
            if untimed >= _UNTIMED and not seen.served:
                break
        elif row := _row(seen.served, request.host):
            row.call(request, line.at, line.text)


def _time(found: Survey, chunk: bytes, place: int) -> float | None:
    start = chunk.rfind(b"\n", 0, place) + 1
    end = chunk.find(b"\n", place)
    return read_at(found, chunk, start, len(chunk) if end < 0 else end).at
