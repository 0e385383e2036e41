"""Indexing one range of a log file: where its lines begin, when they were written, which are errors."""

from __future__ import annotations

import pickle
import re
import secrets
from functools import lru_cache
from pathlib import Path

from workbench.analysis.logs.formats.line import is_access
from workbench.analysis.logs.levels import http_level
from workbench.analysis.logs.rows.model import ERROR, GOES_ON, LEVELS, NEVER, Columns, Part, place
from workbench.analysis.logs.rows.timeline import Timeline
from workbench.analysis.logs.scan.kinds import (
    BEGINS,
    BLANK,
    ERRORS,
    INSIDE,
    OPENS,
    PARTIAL,
    PLAIN,
    RAISED,
    TRACED,
    read_kind,
)
from workbench.analysis.logs.scan.kinds import ERROR as LOUD
from workbench.analysis.logs.scan.kinds import GOES_ON as CONTINUES
from workbench.analysis.logs.scan.part import Survey
from workbench.analysis.logs.scan.sample import LINE_LIMIT, Learned
from workbench.analysis.logs.scan.stamp import Stamp
from workbench.analysis.logs.times import Clock, read_time
from workbench.case.enums import Level

KEYED = 200
"""Bytes of a line by which its kind is known again."""
KINDS = 20_000
_STATUS = re.compile(rb"(?:\"[A-Z]{3,8} \S+(?: HTTP/[\d.]+)?\" (?:status: )?|\bTCP_[A-Z_]+/)([1-5]\d\d)\b")
_FRACTION = re.compile(rb"[.,](\d{1,9})")

Known = tuple[int, int, bool, bool, Stamp]
"""Code, level, whether its level is its status, whether a traceback begins in it, where its time stands."""


class Indexer:
    """Reads lines into columns."""

    def __init__(self, learned: Learned, clock: Clock) -> None:
        self.columns = Columns()
        self._seconds: dict[int, tuple[int, int]] = {}
        self._learned = learned
        self._clock = clock
        self._known = _known(learned.formats)
        self._times: dict[bytes, float | None] = {}
        self._fractions: dict[bytes, tuple[float, bytes]] = {}
        self._latest = NEVER
        self._begun = -1
        self._traced = -1
        self._stamps: dict[bytes, float] = {}

    @property
    def timeline(self) -> Timeline:
        """Records and errors by the second."""
        return Timeline().plus(Timeline(1, self._seconds))

    def take(self, data: bytes, file: int, offset: int) -> None:
        """Take the lines of ``data``, which begins at byte ``offset`` of file number ``file``."""
        drop, known, stamps = self._learned.drop, self._known, self._stamps
        places, times, flags = self.columns.places, self.columns.times, self.columns.flags
        written: dict[float, int] = {}
        offset = place(file, offset)
        lines = data.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for line in lines:
            key = line[:KEYED].translate(None, drop)
            kind = known.get(key) or self._learn(key, line)
            places.append(offset)
            offset += len(line) + 1
            if kind[0] != PLAIN or kind[2]:
                self._add(kind, line)
                continue
            where = kind[4].within(line)
            stamp = line[where[0] : where[2]]
            at = stamps.get(stamp)
            if at is None:
                at = self._stamped(stamp, where, line)
            if at > self._latest:
                self._latest = at
            self._begun = len(flags)
            times.append(self._latest)
            flags.append(kind[1])
            written[at] = written.get(at, 0) + 1
        for at, count in written.items():
            self._count(at, count, 0)

    def _add(self, kind: Known, line: bytes) -> None:
        code, level, by_status, traces, time_at = kind
        columns = self.columns
        if self._goes_on(code):
            columns.times.append(self._latest)
            columns.flags.append(level | GOES_ON)
            if traces and not columns.flags[self._begun] & ERROR:
                columns.flags[self._begun] |= ERROR
                self._count(self._latest, 0, 1)
            return
        if by_status and (status := _STATUS.search(line)):
            level = LEVELS.index(http_level(int(status.group(1))))
        where = time_at.within(line)
        at = self._stamped(line[where[0] : where[2]], where, line)
        self._latest = max(self._latest, at)
        error = code in (LOUD, TRACED, BEGINS, RAISED, OPENS) or LEVELS[level] in ERRORS
        self._begun = len(columns.flags)
        self._traced = self._begun if code == BEGINS else -1
        columns.times.append(self._latest)
        columns.flags.append(level | (ERROR if error else 0))
        self._count(at, 1, error)

    def _goes_on(self, code: int) -> bool:
        if self._begun < 0:
            return False
        return code in (CONTINUES, BLANK, PARTIAL, INSIDE) or (code == RAISED and self._traced == self._begun)

    def _stamped(self, stamp: bytes, where: tuple[int, int, int], line: bytes) -> float:
        """The time that ``stamp`` is; NEVER for none."""
        if len(self._stamps) > KINDS:
            self._stamps.clear()
        at = self._time(where, line) if stamp else None
        self._stamps[stamp] = at if at is not None else NEVER
        return self._stamps[stamp]

    def _count(self, at: float, records: int, errors: int) -> None:
        if at != NEVER:
            had = self._seconds.get(int(at), (0, 0))
            self._seconds[int(at)] = had[0] + records, had[1] + errors

    def _time(self, where: tuple[int, int, int], line: bytes) -> float | None:
        start, seconds, end = where
        tail = line[seconds:end]
        fraction = self._fractions.get(tail)
        if fraction is None:
            found = _FRACTION.match(tail)
            value = int(found.group(1)) / 10 ** len(found.group(1)) if found else 0.0
            fraction = self._fractions[tail] = value, tail[found.end() :] if found else tail
            if len(self._fractions) > KINDS:
                self._fractions.clear()
        text = line[start:seconds] + fraction[1]
        if text not in self._times:
            if len(self._times) > KINDS:
                self._times.clear()
            self._times[text] = read_time(text.decode("latin-1"), self._clock)
        at = self._times[text]
        return at + fraction[0] if at is not None else None

    def _learn(self, key: bytes, line: bytes) -> Known:
        kind = read_kind(line[:LINE_LIMIT], self._learned.formats)
        level = LEVELS.index(kind.parsed.level)
        access = kind.parsed.level is not Level.UNKNOWN and is_access(kind.parsed.content)
        traces = kind.parsed.content.lstrip("| +").startswith(("Traceback (most", "Exception Group Traceback"))
        made = (kind.code, level, access, traces or kind.code == TRACED, kind.time_at)
        if len(self._known) > KINDS:
            self._known.clear()
        self._known[key] = made
        return made


@lru_cache(maxsize=4)
def _known(formats: object) -> dict[bytes, Known]:
    """What this process knows of lines in these formats: the next range need not learn it again."""
    return {}


def index_range(found: Survey, number: int, start: int, end: int, scratch: str) -> list[Part]:
    """The chunk: index bytes ``start`` to ``end`` of a plain file as file ``number``. Raises OSError."""
    with Path(found.path).open("rb") as stream:
        stream.seek(start)
        data = stream.read(end - start)
    indexer = Indexer(found.learned, found.clock)
    indexer.take(data, number, start)
    columns = indexer.columns
    errors = sum(map(columns.flags.count, range(ERROR, ERROR + 8)))
    last = columns.times[-1] if columns.times else NEVER
    kept = keep(columns, scratch)
    return [Part(kept, len(columns.flags), last, start + len(data), indexer.timeline, errors)]


def keep(columns: Columns, scratch: str) -> str:
    """Write ``columns`` to a file of ours; gives its path."""
    path = Path(scratch) / f"{secrets.token_hex(8)}.rows"
    path.write_bytes(pickle.dumps(columns, pickle.HIGHEST_PROTOCOL))
    return str(path)
