"""What several logs cover: nothing is new where no log was before, nothing is gone where none is left.

Logs of one program that follow one another (rotated away, another instance) count as one: see ``lines_of``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from workbench.analysis.logs.before.exposure import Exposure, clock_exposure, record_exposure
from workbench.analysis.logs.scan.steady import steady
from workbench.analysis.logs.scan.streams import Stream
from workbench.analysis.logs.scan.table import Key, Table, Words

OVERLAP = 60.0
"""Seconds that two logs which follow one another may both be written."""
SHARED = 0.2
"""Share of the later log's records that the earlier one has the like of, when they are of one program."""
WHOLE = 0.1
"""Share of the time that a log may miss at either end and yet cover it."""


@dataclass(frozen=True)
class Coverage:
    """Logs with the time that they cover, and the sorted ``times`` of what is asked about in them."""

    logs: tuple[Stream, ...]
    times: Sequence[float] = ()

    @cached_property
    def exposures(self) -> list[Exposure]:
        """The clocks that a rate is doubted by: the seconds that were covered, and the records."""
        spans = [(log.start, log.end) for log in self.logs]
        if not spans or max(end for _, end in spans) <= min(start for start, _ in spans):
            return []
        by_records = record_exposure([stretch for log in self.logs for stretch in log.stretches])
        return [_seconds(spans), *([by_records] if by_records else [])]

    def length(self, start: float, end: float) -> float:
        """The seconds from ``start`` to ``end`` that are covered, those of several logs added up."""
        return sum(max(0.0, min(end, log.end) - max(start, log.start)) for log in self.logs)


def whole(table: Table) -> Coverage:
    """All of a table as one log."""
    if table.start is None or table.end is None or table.end <= table.start:
        return Coverage(())
    return Coverage((Stream([(table.start, table.end, 0), *steady(table.segments)]),))


def lines_of(streams: Iterable[Stream]) -> list[Stream]:
    """The logs, those that follow one another put together: each begins when the other ends, with the same messages."""
    lines: list[Stream] = []
    for stream in sorted(streams, key=lambda each: (each.start, each.end)):
        earlier = [at for at, line in enumerate(lines) if _follows(stream, line)]
        at = max(earlier, key=lambda at: lines[at].end, default=None)
        if at is None:
            lines.append(stream)
        else:
            lines[at] = lines[at].joined(stream)
    return lines


def _follows(later: Stream, earlier: Stream) -> bool:
    slack = max(OVERLAP, WHOLE * min(later.end - later.start, earlier.end - earlier.start))
    if later.start < earlier.end - slack or later.end <= earlier.end:
        return False
    shared = sum(count for words, count in later.words.items() if words in earlier.words)
    return shared >= SHARED * sum(later.words.values())


def of_error(lines: Sequence[Stream], keys: Collection[Key]) -> list[Coverage]:
    """Each log that has events of these keys, with their times."""
    found = []
    for line in lines:
        times = sorted(at for key in keys if key in line.times for at in line.times[key])
        if times:
            found.append(Coverage((line,), times))
    return found


def of_words(lines: Sequence[Stream], words: Collection[Words]) -> Coverage:
    """The logs that hold records of these words."""
    return Coverage(tuple(line for line in lines if any(each in line.words for each in words)))


def spanning(found: Sequence[Coverage]) -> Coverage:
    """Of these logs those that cover all the time that any of them does, with their events.

    Where none does, the one that has most events.
    """
    start, end = min(each.logs[0].start for each in found), max(each.logs[0].end for each in found)
    slack = WHOLE * (end - start)
    spans = [each for each in found if each.logs[0].start <= start + slack and each.logs[0].end >= end - slack]
    return _together(spans or [max(found, key=lambda each: len(each.times))])


def covering(found: Sequence[Coverage], since: float) -> Coverage:
    """Of these logs those that were written after ``since``, with their events."""
    return _together([each for each in found if each.logs[0].end > since])


def _together(found: Sequence[Coverage]) -> Coverage:
    return Coverage(
        tuple(log for each in found for log in each.logs), sorted(at for each in found for at in each.times)
    )


def _seconds(spans: Sequence[tuple[float, float]]) -> Exposure:
    """Every second of every log counts the same."""
    if len(spans) == 1:
        return clock_exposure(*spans[0])
    rates: Counter[float] = Counter()
    for start, end in spans:
        rates[start] += 1
        rates[end] -= 1
    marks = sorted(rates)
    done, rate, sums = 0.0, 0, [0.0]
    for before, after in pairwise(marks):
        rate += rates[before]
        done += rate * (after - before)
        sums.append(done)
    return Exposure(tuple(marks), tuple(each / done for each in sums))
