"""One pass over a log: every line is counted under its kind, one line of each kind is read."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from workbench.analysis.logs.scan.errors import Events
from workbench.analysis.logs.scan.flood import Flood
from workbench.analysis.logs.scan.kinds import BLANK, GOES_ON, PLAIN, STARTS, Kind, kinds_for, read_kind
from workbench.analysis.logs.scan.sample import LINE_LIMIT, STATUS, Learned
from workbench.analysis.logs.scan.shapes import Shapes
from workbench.analysis.logs.scan.table import Key, Segment, Table, Words
from workbench.analysis.logs.times import Clock, read_time

KINDS = 16_000
"""Kinds that are remembered; beyond, all are forgotten (not their counts) and learned anew."""
KNOWN = 4_000
"""Kinds that are remembered for the next part of the same log."""
STRETCH = 64 * 1024
"""Bytes of the log after which a stretch of time ends, where the size of the log is not known."""
HELD = 1024 * 1024
HOSTS = 1000
LATELY = 200
"""Lines within which a stream must have written for its last record to be waited for."""
_ZONED = re.compile(r"(?:Z|UTC|GMT|[+-]\d\d:?\d\d)$|^1\d{9}")

_SPECIAL = re.compile(rb"E?T[PBC]+X?(?:[BCP]*T[PBC]+X?)*|Q+[^Q]?(?:[CB]*C)?|[REJXPT][CB]*C|[EJXT]")
"""The records that are more than one plain line: see the codes of kinds."""


@dataclass
class Open:
    """The stretch of the log that is being counted, by kinds."""

    counts: Counter[int] = field(default_factory=Counter)
    start: float = 0.0
    end: float = 0.0
    size: int = 0
    requests: int = 0
    failed: int = 0


class Scanner:
    """Counts one log, chunk by chunk. ``groups``, where asked for, holds the group of every physical line."""

    def __init__(self, learned: Learned, clock: Clock, keep_groups: bool = False, stretch: int = STRETCH) -> None:
        self.table = Table()
        self.groups: array[int] | None = array("I") if keep_groups else None
        self._learned = learned
        self._clock = clock
        self._known = kinds_for(learned.formats)
        self._keys: dict[bytes, int] = {}
        self._kinds: list[Kind] = []
        self._codes = bytearray()
        self._special: set[int] = set()
        self._streams: list[str] = []
        self._multiline = False
        self._interleaved = False
        self._times: dict[bytes, float] = {}
        self._stretch = stretch
        self._open = Open()
        self._shapes = Shapes()
        self._flood = Flood(learned.drop)
        self._events = Events(self.table, learned.formats, self._time)

    def feed(self, data: bytes, final: bool = False) -> bytes:
        """Count the whole lines of ``data``; gives back the last record where its end may be still to come."""
        if len(self._kinds) > KINDS:
            self._forget()
        if b"\0" in data:
            data = self._without_zeros(data)
        lines = data.split(b"\n")
        lines.pop()
        keys = data.translate(None, self._learned.drop).split(b"\n")
        keys.pop()
        if _has_long_line(data):
            self._cut(lines, keys)
        passing = self._learn(keys, lines)
        ids = list(map(self._keys.__getitem__, keys))
        for key in passing:
            del self._keys[key]
        held = b""
        if self._multiline and not final:
            start = self._last_record(ids)
            if start > 0 and sum(map(len, lines[start:])) < HELD:
                held = b"\n".join([*lines[start:], b""])
                del lines[start:], ids[start:]
                data = data[: len(data) - len(held)]
        self._count(data, lines, ids)
        return held

    def finish(self) -> Table:
        """The table, when everything was fed."""
        if self._flood.came:
            self._shapes.join(self._flood.plain)
        return self.snapshot()

    def snapshot(self) -> Table:
        """The table as it is now, while more may come."""
        self._close()
        segments = [replace(each, counts=self._shapes.settled(each.counts)) for each in self.table.segments]
        shapes = {shape.words: shape for shape in self._shapes.shapes.values() if shape.count}
        table = replace(self.table, segments=segments, shapes=shapes)
        table.coarsen()
        return table

    @property
    def shape_count(self) -> int:
        """How many shapes are told apart so far."""
        return len(self._shapes.shapes)

    def group_key(self, group: int) -> Words | Key:
        """What a number in ``groups`` stands for: the words of a shape, or the key of an error."""
        if group & 1:
            return self._events.key(group >> 1)
        return self._shapes.shapes[self._shapes.resolved(group >> 1)].words

    def _learn(self, keys: list[bytes], lines: list[bytes]) -> list[bytes]:
        """Read one line of each new kind; gives the keys that are to be forgotten after this chunk."""
        new = set(keys).difference(self._keys)
        if not new:
            return []
        flood = self._flood if self._flood.rises(new, len(keys)) else None
        passing: list[bytes] = []
        for key, line in zip(keys, lines, strict=True):
            if key not in new:
                continue
            new.discard(key)
            common, number = flood.find(key) if flood else ((), None)
            if number is None:
                kind = self._known.get(key) or read_kind(line, self._learned.formats)
                if flood:
                    kind = flood.stands_for(common, len(self._kinds), kind)
                elif len(self._known) < KNOWN:
                    self._known[key] = kind
                number = self._add(kind)
            else:
                passing.append(key)
            self._keys[key] = number
            if not new:
                break
        return passing

    def _add(self, kind: Kind) -> int:
        number = len(self._kinds)
        if kind.code != PLAIN:
            self._special.add(number)
            self._multiline = self._multiline or kind.code not in STARTS
        self._kinds.append(kind)
        self._codes.append(kind.code)
        self._streams.append(kind.parsed.stream)
        self._interleaved = self._interleaved or kind.parsed.stream != self._streams[0]
        if kind.parsed.host and len(self.table.hosts) < HOSTS:
            self.table.hosts.add(kind.parsed.host)
        self.table.zoned = self.table.zoned or _ZONED.search(kind.parsed.time) is not None
        return number

    def _forget(self) -> None:
        self._close()
        self._keys.clear()
        self._kinds.clear()
        self._codes.clear()
        self._special.clear()
        self._streams.clear()
        self._events.forget()
        self._flood.forget()

    def _last_record(self, ids: Sequence[int]) -> int:
        """Where the last record begins that may go on: of each stream that wrote lately, where several do at once."""
        first = len(ids) - 1
        begun: set[str] = set()
        seen: dict[str, int] = {}
        for at in range(len(ids) - 1, -1, -1):
            stream = self._streams[ids[at]]
            if stream not in seen and len(ids) - at > LATELY:
                continue
            if stream not in begun:
                seen[stream] = at
                if self._codes[ids[at]] in STARTS:
                    begun.add(stream)
                    first = min(first, at)
            if len(begun) == len(seen) and len(ids) - at > (LATELY if self._interleaved else 0):
                break
        return first if len(begun) == len(seen) else 0

    def _count(self, data: bytes, lines: list[bytes], ids: list[int]) -> None:
        self.table.lines += len(lines)
        self._check_bytes(data, lines)
        now = self._open
        now.counts.update(ids)
        now.size += len(data)
        for at in (self._first_time(zip(ids, lines, strict=True)), self._first_time(_backwards(ids, lines))):
            if at is not None:
                now.start, now.end = min(at, now.start or at), max(at, now.end)
        of_line = self._groups_of(ids) if self.groups is not None else []
        if not self._special.isdisjoint(ids):
            self._records(lines, ids, of_line)
        if self.groups is not None:
            self.groups.extend(of_line)
        if self._learned.statuses:
            self._answers(data)
        if now.size >= self._stretch:
            self._close()

    def _groups_of(self, ids: list[int]) -> list[int]:
        numbers = {kind_id: self._shapes.number(self._kinds[kind_id]) * 2 for kind_id in set(ids)}
        return list(map(numbers.__getitem__, ids))

    def _close(self) -> None:
        """Give the stretch that was counted last to the table."""
        now, self._open = self._open, Open()
        if not now.counts:
            return
        table = self.table
        segment = Segment(now.start, now.end, Counter(), now.requests, now.failed)
        for kind_id, count in now.counts.items():
            kind = self._kinds[kind_id]
            if count > 0 and kind.code not in (GOES_ON, BLANK):
                number = self._shapes.number(kind)
                self._shapes.count(number, count)
                segment.counts[number] += count
                table.records += count
                table.formats[kind.parsed.format or "plain text"] += count
        if now.end:
            table.spans(now.start)
            table.spans(now.end)
        table.segments.append(segment)
        if len(table.segments) % 64 == 0:
            table.coarsen()

    def _first_time(self, pairs: Iterator[tuple[int, bytes]]) -> float | None:
        for tried, (kind_id, line) in enumerate(pairs):
            at = self._time(self._kinds[kind_id], line)
            if at is not None or tried > 200:
                return at
        return None

    def _time(self, kind: Kind, line: bytes) -> float | None:
        """Seconds since 1970 of a line, read where the time of its kind stands and remembered by its text."""
        start, seconds, end = kind.time_at
        if not end:
            return None
        text = line[start:seconds]
        at = self._times.get(text)
        if at is None:
            if len(self._times) > 100_000:
                self._times.clear()
            at = read_time(line[start:end].decode("latin-1"), self._clock)
            if at is None:
                parsed = read_kind(line, self._learned.formats).parsed
                return read_time(parsed.time, self._clock) if parsed.time else None
            self._times[text] = at
        return at

    def _records(self, lines: list[bytes], ids: list[int], of_line: list[int]) -> None:
        order: Sequence[int] = range(len(ids))
        streams = self._streams
        if self._interleaved:
            order = sorted(order, key=lambda at: streams[ids[at]])
        codes = bytes(map(self._codes.__getitem__, ids if isinstance(order, range) else [ids[at] for at in order]))
        for found in _SPECIAL.finditer(codes):
            start, end = found.span()
            first = order[start]
            if end - start == 1 and self._events.single(ids[first], lines[first]):
                continue
            places = order[start:end]
            for at in places[1:]:
                if self._codes[ids[at]] not in (GOES_ON, BLANK):
                    self._open.counts[ids[at]] -= 1
            kinds = [self._kinds[ids[at]] for at in places]
            group = self._events.add(tuple(ids[at] for at in places), kinds, [lines[at] for at in places])
            if of_line:
                group = of_line[places[0]] if group is None else group * 2 + 1
                for at in places:
                    of_line[at] = group

    def _answers(self, data: bytes) -> None:
        found = Counter(STATUS.findall(data))
        for status, count in found.items():
            self.table.statuses[status.decode()] += count
            self._open.requests += count
            if status.startswith(b"5"):
                self._open.failed += count
                self._failures(data, status)

    def _failures(self, data: bytes, status: bytes) -> None:
        for found in STATUS.finditer(data):
            if found.group(1) == status:
                start = data.rfind(b"\n", 0, found.start()) + 1
                line = data[start : data.find(b"\n", start)]
                kind = self._kinds[self._keys.get(line.translate(None, self._learned.drop), 0)]
                self._events.failure(status.decode(), kind, line)

    def _check_bytes(self, data: bytes, lines: list[bytes]) -> None:
        if data.isascii():
            return
        try:
            data.decode()
        except UnicodeDecodeError:
            self.table.undecodable += sum(not _decodes(line) for line in lines)

    def _without_zeros(self, data: bytes) -> bytes:
        lines = data.split(b"\n")
        self.table.zeroed += sum(b"\0" in line and _decodes(line) for line in lines)
        return data.replace(b"\0", b"")

    def _cut(self, lines: list[bytes], keys: list[bytes]) -> None:
        for at, line in enumerate(lines):
            if len(line) > LINE_LIMIT:
                self.table.cut += 1
                lines[at] = line[:LINE_LIMIT]
                keys[at] = lines[at].translate(None, self._learned.drop)


def _backwards(ids: list[int], lines: list[bytes]) -> Iterator[tuple[int, bytes]]:
    return zip(reversed(ids), reversed(lines), strict=True)


def _has_long_line(data: bytes) -> bool:
    """Whether a stretch of half the limit has no line break: only then can a line be too long."""
    half = LINE_LIMIT // 2
    return any(data.find(b"\n", at, at + half) < 0 for at in range(0, max(len(data) - half, 1), half))


def _decodes(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True
