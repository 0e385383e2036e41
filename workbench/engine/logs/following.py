"""Following logs: what is new is told as it comes, everything is counted as it is when a whole log is read."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

from workbench.analysis.logs.digest.digest import Digest, digest
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.scan.sample import learn_sample
from workbench.analysis.logs.scan.scanner import Scanner
from workbench.analysis.logs.scan.table import Table
from workbench.analysis.logs.tail import Grown
from workbench.analysis.logs.times import Clock, layouts
from workbench.case.logs import LogError, LogFormat, Pattern

ENOUGH = 64 * 1024
"""Bytes that headers are learned from; fewer only where no more come."""
PATIENT_LOOKS = 3
"""Looks at a source that never rests after which its headers are learned from the little that came."""
AGAIN = 2.0
"""Seconds between two minings of patterns at least."""


class Growing(Protocol):
    """What is followed: a file, or what a program prints."""

    path: str

    def look(self) -> Grown:
        """What came since the last look."""
        ...


@dataclass(frozen=True)
class News:
    """What one look at everything followed gave. Counts are those since the last look."""

    lines: int = 0
    records: int = 0
    errors: tuple[LogError, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    happened: tuple[str, ...] = ()


class Followed:
    """One source while it is followed: headers are learned from its first lines, and once more when there are many."""

    def __init__(self, growing: Growing, formats: Sequence[LogFormat] = ()) -> None:
        self.growing = growing
        self._formats = tuple(formats)
        self.done = Table()
        self._pending = b""
        self._scanner: Scanner | None = None
        self._learned_from = 0
        self._waited = 0

    def look(self) -> tuple[int, str]:
        """Count what came; gives how many bytes came and what happened to the file."""
        grown = self.growing.look()
        self._pending += grown.data
        quiet = not grown.data
        self._waited += bool(self._pending)
        ready = quiet or self._waited > PATIENT_LOOKS
        if self._scanner is None and (ready or len(self._pending) >= ENOUGH) and self._pending:
            self._begin(min(len(self._pending), ENOUGH))
        elif self._scanner is not None and self._learned_from < ENOUGH // 8 and len(self._pending) >= ENOUGH:
            self._begin(ENOUGH)
        if self._scanner is not None:
            self._feed(quiet)
        return len(grown.data), grown.happened

    def table(self) -> Table:
        """Everything counted so far."""
        total = Table()
        total.add(self.done)
        if self._scanner is not None:
            total.add(self._scanner.snapshot())
        return total

    def counts(self) -> tuple[int, int, int, int]:
        """Lines and records so far, distinct shapes and errors in them."""
        if self._scanner is None:
            return self.done.lines, self.done.records, 0, 0
        table, records = self._scanner.table, self._scanner.records
        return self.done.lines + table.lines, self.done.records + records, self._scanner.shape_count, len(table.errors)

    def parts(self) -> Iterator[Table]:
        """What was counted, while it goes on being counted: statuses and errors as they are now, not put together."""
        yield self.done
        if self._scanner is not None:
            yield self._scanner.table

    def _begin(self, size: int) -> None:
        learned = learn_sample(self._pending[:ENOUGH], given=self._formats)
        if self._scanner is not None:
            self.done.add(self._scanner.finish())
        self._learned_from = size
        self._scanner = Scanner(learned, Clock(time.time(), layouts=layouts(self._formats)))
        self._scanner.table.stream = self.growing.path

    def _feed(self, quiet: bool) -> None:
        assert self._scanner is not None
        end = self._pending.rfind(b"\n") + 1
        if not end:
            return
        held = self._scanner.feed(self._pending[:end], final=quiet)
        self._pending = held + self._pending[end:]


class Follower:
    """Follows several sources at once; the ``formats`` of plugins are asked before any is learned."""

    def __init__(self, sources: Sequence[Growing], lens: Lens, formats: Sequence[LogFormat] = ()) -> None:
        self._sources = [Followed(source, formats) for source in sources]
        self.lens = lens
        self._told: set[str] = set()
        self._before = (0, 0, 0, 0)
        self._mined = 0.0
        self._changed = False

    def look(self) -> News:
        """What is new since the last look; patterns and errors that were not told yet among it."""
        news = self.take()
        if not self._changed or time.monotonic() - self._mined < AGAIN:
            return news
        return self._mine(news)

    def take(self) -> News:
        """Count what came: the work is by how much that is, not by how much was read before."""
        happened = [f"{each.growing.path}: {what}" for each in self._sources if (what := each.look()[1])]
        counts = [each.counts() for each in self._sources] or [(0, 0, 0, 0)]
        lines, records, shapes, errors = map(sum, zip(*counts, strict=True))
        self._changed = self._changed or (shapes, errors) != self._before[2:]
        news = News(lines - self._before[0], records - self._before[1], happened=tuple(happened))
        self._before = (lines, records, shapes, errors)
        return news

    def last(self) -> News:
        """What was not told yet, when nothing more comes: what was held back in hope of more is read first."""
        for each in self._sources:
            each.look()
        return self._mine(News())

    def _mine(self, news: News) -> News:
        self._changed = False
        self._mined = time.monotonic()
        said = self.digest()
        fresh_errors = tuple(each for each in said.errors if each.id not in self._told)
        fresh = tuple(each for each in said.patterns if each.id not in self._told)
        self._told |= {error.id for error in fresh_errors} | {pattern.id for pattern in fresh}
        return News(news.lines, news.records, fresh_errors, fresh, news.happened)

    def parts(self) -> Iterator[Table]:
        """What was counted of each source, as it goes on being counted: see ``Followed.parts``."""
        return chain.from_iterable(each.parts() for each in self._sources)

    @property
    def records(self) -> int:
        """Records so far."""
        return sum(each.counts()[1] for each in self._sources)

    def digest(self) -> Digest:
        """What everything that came so far says."""
        return digest(self.table(), self.lens)

    def table(self) -> Table:
        """Everything counted so far."""
        total = Table()
        for each in self._sources:
            total.add(each.table())
        return total
