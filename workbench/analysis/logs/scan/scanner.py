"""One pass over a log: every line is counted under its kind, records of several lines are put together."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress

from workbench.analysis.logs.scan.each import each_of
from workbench.analysis.logs.scan.errors import Events
from workbench.analysis.logs.scan.kind_table import KindTable
from workbench.analysis.logs.scan.kinds import BLANK, GOES_ON, OPENS, STARTS
from workbench.analysis.logs.scan.sample import LINE_LIMIT, Learned, status_pattern
from workbench.analysis.logs.scan.shapes import Shapes
from workbench.analysis.logs.scan.silence import Silences
from workbench.analysis.logs.scan.stretches import Segment
from workbench.analysis.logs.scan.table import Key, Table, Words
from workbench.analysis.logs.scan.unreadable import decodes, has_long_line
from workbench.analysis.logs.times import Clock

STRETCH = 64 * 1024
"""Bytes of the log after which a stretch of time ends, where the size of the log is not known."""
HELD = 1024 * 1024
"""Bytes of a last record that are held back at most."""
LATELY = 200
"""Lines within which a stream must have written for its last record to be waited for."""

_UNUSUAL = re.compile(rb"[EJTPXCQBO](?:[EJTPXCQBO]+|(?<=[QO])R)*")
_GOING_ON = re.compile(rb"E(?:(?=[^REJ])|(?<=[QO]E))")
"""An error of which more lines may be, or that is the rest of a line."""
_MARK = b"M"
"""What stands for it meanwhile, so that the errors of one line alone are those that are left."""
_ALONE = bytes(code == ord("E") for code in range(256))
_REST = bytes.maketrans(b"E" + _MARK, b"RE")
_SPECIAL = re.compile(
    rb"[EX]?T[PBC]+X?(?:[BCP]*T[PBC]+X?)*|EB*X[CBP]*C|[EX][CBP]*C|Q+[^Q]?(?:[CB]*C)?|O[^OQ]?(?:[CBP]*C)?"
    rb"|[RJPT][CB]*C|[EJXTO]"
)
"""The records that are more than one plain line: see the codes of kinds. Patterns that begin with a letter or a set of
them are found several times as fast as those that begin with a choice or a look behind."""

NO_RECORD = (GOES_ON, BLANK)
"""What is no record of its own, wherever it stands."""


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
        self.table = Table(offset=clock.offset, ahead=clock.ahead)
        self.groups: array[int] | None = array("I") if keep_groups else None
        self._learned = learned
        self._stretch = stretch
        self._open = Open()
        self._shape_of: list[int] = []
        self._form_of: list[str] = []
        self._forms: set[str] = set()
        self._group_of: dict[int, int] = {}
        self._shapes = Shapes()
        self._kinds = KindTable(learned, clock, self.table)
        self._silences = Silences(self._kinds.first_time, self.table.silences)
        self._events = Events(self.table, learned.formats, self._kinds.times, self._shapes, len(learned.drop) > 10)

    def feed(self, data: bytes, final: bool = False) -> bytes:
        """Count the whole lines of ``data``; gives back the last record where its end may be still to come."""
        if self._kinds.full:
            self._close()
            self._shape_of.clear()
            self._form_of.clear()
            self._group_of.clear()
            self._kinds.forget()
            self._events.forget()
        if b"\0" in data:
            data = self._without_zeros(data)
        lines = data.split(b"\n")
        lines.pop()
        looked_at = self._cut(lines) if has_long_line(data) else data
        keys = looked_at.translate(None, self._learned.drop).split(b"\n")
        keys.pop()
        numbers = self._kinds.number(keys, lines)
        held = b""
        if self._kinds.multiline and not final:
            start = self._last_record(numbers)
            if start > 0 and sum(map(len, lines[start:])) < HELD:
                held = b"\n".join([*lines[start:], b""])
                del lines[start:]
                numbers = numbers[:start]
        self._count(data, len(data) - len(held), lines, numbers)
        self._kinds.pass_on()
        return held

    def finish(self) -> Table:
        """The table, when everything was fed."""
        self._close()
        if self._kinds.flood.came:
            self._shapes.join(self._kinds.flood.plain, self._kinds.flood.loud)
        return self.snapshot()

    def snapshot(self) -> Table:
        """The table as it is now, while more may come."""
        self._close()
        self._events.settle()
        segments = self.table.segments
        if self._shapes.rewritten:
            segments = [replace(each, counts=self._shapes.settled(each.counts)) for each in segments]
        shapes = {shape.words: shape for shape in self._shapes.shapes.values() if shape.count}
        table = replace(self.table, segments=segments, shapes=shapes)
        table.coarsen()
        return table

    @property
    def records(self) -> int:
        """Records so far, those of the stretch that is being counted among them."""
        counted = (n for kind, n in self._open.counts.items() if n > 0 and self._kinds.codes[kind] not in NO_RECORD)
        return self.table.records + sum(counted)

    @property
    def shape_count(self) -> int:
        """How many shapes are told apart so far."""
        return len(self._shapes.shapes)

    def group_key(self, group: int) -> Words | Key:
        """What a number in ``groups`` stands for: the words of a shape, or the key of an error."""
        if group & 1:
            return self._events.key(group >> 1)
        return self._shapes.shapes[self._shapes.resolved(group >> 1)].words

    def _last_record(self, numbers: Sequence[int]) -> int:
        """Where the last record that may go on begins: of each stream that wrote lately, where several write."""
        codes, streams = self._kinds.codes, self._kinds.streams
        first = len(numbers) - 1
        begun: set[str] = set()
        seen: set[str] = set()
        for at in range(len(numbers) - 1, -1, -1):
            stream = streams[numbers[at]]
            if stream not in seen and len(numbers) - at > LATELY:
                continue
            if stream not in begun:
                seen.add(stream)
                if codes[numbers[at]] in STARTS:
                    begun.add(stream)
                    first = min(first, at - (at > 0 and codes[numbers[at - 1]] == OPENS))
            if len(begun) == len(seen) and len(numbers) - at > (LATELY if self._kinds.interleaved else 0):
                break
        return first if len(begun) == len(seen) else 0

    def _count(self, data: bytes, size: int, lines: list[bytes], numbers: Sequence[int]) -> None:
        """Count the first ``size`` bytes of ``data``, which are ``lines`` of the kinds ``numbers``."""
        self.table.lines += len(lines)
        self._check_bytes(data, lines)
        self._kinds.find_hosts(lines)
        now = self._open
        now.counts.update(numbers)
        now.size += size
        both = (zip(numbers, lines, strict=True), zip(reversed(numbers), reversed(lines), strict=True))
        first, last = map(self._kinds.first_time, both)
        for at in (first, last):
            if at is not None:
                now.start, now.end = min(at, now.start or at), max(at, now.end)
        self._silences.look(first, last, numbers, lines)
        of_line = self._groups_of(numbers) if self.groups is not None else []
        if not self._kinds.special.isdisjoint(now.counts):
            self._records(lines, numbers, of_line)
        if self.groups is not None:
            self.groups.extend(of_line)
        if self._learned.statuses:
            self._answers(data[:size])
        if now.size >= self._stretch:
            self._close()

    def _groups_of(self, numbers: Sequence[int]) -> list[int]:
        groups = self._group_of
        for number in set(numbers).difference(groups):
            groups[number] = self._shapes.number(self._kinds[number]) * 2
        return list(each_of(groups, numbers))

    def _close(self) -> None:
        """Give the stretch that was counted last to the table."""
        now, self._open = self._open, Open()
        if not now.counts:
            return
        table = self.table
        for number in range(len(self._shape_of), len(self._kinds)):
            self._stand(number)
        counts: dict[int, int] = {}
        for shape, count in zip(each_of(self._shape_of, [*now.counts]), now.counts.values(), strict=True):
            if shape >= 0 < count:
                counts[shape] = counts.get(shape, 0) + count
        for number in self._kinds.together.intersection(now.counts):
            table.together += now.counts[number]
        self._shapes.count(counts)
        formats = self._formats(now.counts, sum(counts.values()))
        table.formats += formats
        table.records += formats.total()
        if now.end:
            table.spans(now.start)
            table.spans(now.end)
        table.segments.append(Segment(now.start, now.end, counts, now.requests, now.failed))
        if len(table.segments) % 64 == 0:
            table.coarsen()

    def _formats(self, counts: Mapping[int, int], records: int) -> Counter[str]:
        """How many of these ``records`` are of each format; few logs have more than one."""
        if len(self._forms) < 2:
            return Counter(dict.fromkeys(self._forms, records))
        formats: Counter[str] = Counter()
        for number, count in counts.items():
            if self._shape_of[number] >= 0 < count:
                formats[self._form_of[number]] += count
        return formats

    def _stand(self, number: int) -> None:
        """Note what the next kind counts as: the number of its shape, -1 for one that is no record; its format."""
        kind = self._kinds[number]
        form = "" if kind.code in NO_RECORD else kind.parsed.format or "plain text"
        if form:
            self._forms.add(form)
        self._form_of.append(form)
        self._shape_of.append(self._shapes.number(kind) if form else -1)

    def _records(self, lines: list[bytes], numbers: Sequence[int], of_line: list[int]) -> None:
        kinds = self._kinds
        order: Sequence[int] = range(len(numbers))
        if kinds.interleaved:
            order = sorted(order, key=lambda at: kinds.streams[numbers[at]])
        of_order = numbers if isinstance(order, range) else each_of(numbers, order)
        codes = bytes(each_of(kinds.codes, of_order))
        if b"E" in codes:
            marked = _GOING_ON.sub(_MARK, codes)
            alone = list(compress(order, marked.translate(_ALONE)))
            codes = marked.translate(_REST)
            for at in self._events.single(alone, numbers, lines):
                self._record([at], lines, numbers, of_line)
        for found in _spans(codes):
            self._record(order[found.start() : found.end()], lines, numbers, of_line)

    def _record(self, places: Sequence[int], lines: list[bytes], numbers: Sequence[int], of_line: list[int]) -> None:
        of_record = tuple([numbers[at] for at in places])
        codes, counts = self._kinds.codes, self._open.counts
        for number in of_record[1:]:
            if codes[number] not in NO_RECORD:
                counts[number] -= 1
        group = self._events.add(of_record, self._kinds, places, lines)
        if of_line:
            group = of_line[places[0]] if group is None else group * 2 + 1
            for at in places:
                of_line[at] = group

    def _answers(self, data: bytes) -> None:
        for behind in self._learned.statuses:
            for status, count in Counter(status_pattern(behind).findall(data)).items():
                self.table.statuses[status.decode()] += count
                self._open.requests += count
            for found in status_pattern(behind, b"5").finditer(data):
                self._open.failed += 1
                start = data.rfind(b"\n", 0, found.start()) + 1
                line = data[start : data.find(b"\n", start)]
                self._events.failure(found.group(1).decode(), self._kinds.of_line(line), line)

    def _check_bytes(self, data: bytes, lines: list[bytes]) -> None:
        if not data.isascii() and not decodes(data):
            self.table.undecodable += sum(not decodes(line) for line in lines)

    def _without_zeros(self, data: bytes) -> bytes:
        self.table.zeroed += sum(b"\0" in line and decodes(line) for line in data.split(b"\n"))
        return data.replace(b"\0", b"")

    def _cut(self, lines: list[bytes]) -> bytes:
        """Cut the ``lines`` that are too long; gives what is left of all of them."""
        for at, line in enumerate(lines):
            if len(line) > LINE_LIMIT:
                self.table.cut += 1
                lines[at] = line[:LINE_LIMIT]
        return b"\n".join([*lines, b""])


def _spans(codes: bytes) -> Iterator[re.Match[bytes]]:
    """Where the records stand that are more than one plain line, by the codes of the lines' kinds."""
    for run in _UNUSUAL.finditer(codes):
        yield from _SPECIAL.finditer(codes, max(0, run.start() - 1), run.end())
