"""The kinds of lines that a log was found to have so far, by number; one line of each is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.analysis.logs.formats.line import read_line
from workbench.analysis.logs.scan.each import each_of
from workbench.analysis.logs.scan.flood import FEW, FEW_UNLIKE, Flood
from workbench.analysis.logs.scan.kinds import OPENS, PLAIN, STARTS, Kind, kinds_for, read_kind
from workbench.analysis.logs.scan.sample import Learned, decode
from workbench.analysis.logs.scan.table import Table
from workbench.analysis.logs.times import Clock, read_time, zoned

KINDS = 16_000
"""Kinds that are remembered; beyond, all are forgotten (not their counts) and learned anew."""
KNOWN = 4_000
"""Kinds that are remembered for the next part of the same log."""
HOSTS = 1000
_TIMES = 100_000
_TRIED = 200
_ASKED = 1000
"""Lines that are read for their host, one after the other; then _LATER of each chunk are."""
_LATER = 4
_SECONDS = {b"%02d" % second: second for second in range(60)}


class _Numbers(dict[bytes, int]):
    """Numbers of kinds by the keys of their lines. A key that is asked for first gets the next one, and is ``new``."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[bytes] = []
        self._next = 0

    def __missing__(self, key: bytes) -> int:
        number = self[key] = self._next + len(self.new)
        self.new.append(key)
        return number

    def taken(self, known: int) -> list[bytes]:
        """The keys that were new since the last time, in that order; the next one's number will be ``known`` then."""
        new, self.new = self.new, []
        self._next = known
        return new


class KindTable:
    """Numbers kinds. By the number of a kind, ``codes`` is its code and ``streams`` its stream.

    ``special`` are the numbers of kinds that are no plain record, ``together`` those that stand for many kinds;
    ``multiline`` and ``interleaved`` say whether records of several lines, and of several writers, were seen.
    """

    def __init__(self, learned: Learned, clock: Clock, table: Table) -> None:
        self.codes = bytearray()
        self.streams: list[str] = []
        self.special: set[int] = set()
        self.together: set[int] = set()
        self.multiline = False
        self.interleaved = False
        self.flood = Flood(learned.drop, FEW_UNLIKE if learned.unlike else FEW)
        self._kinds: list[Kind] = []
        self._numbers = _Numbers()
        self._passing: list[bytes] = []
        self._known = kinds_for(learned.formats)
        self._learned = learned
        self._clock = clock
        self._table = table
        self._times: dict[bytes, float] = {}
        self._seen = 0
        self._hosts_differ = False
        self._asked = 0

    def __getitem__(self, number: int) -> Kind:
        return self._kinds[number]

    def __len__(self) -> int:
        return len(self._kinds)

    @property
    def full(self) -> bool:
        """Whether it is time to forget."""
        return len(self._kinds) > KINDS

    def forget(self) -> None:
        """Forget all kinds: their numbers mean something else from now on."""
        self._numbers.clear()
        self._numbers.taken(0)
        self.codes.clear()
        self.streams.clear()
        self.special.clear()
        self.together.clear()
        self.flood.forget()
        self._kinds.clear()

    def pass_on(self) -> None:
        """Forget the keys of a flood's lines, of which none comes twice: what they were numbered for was done."""
        for key in self._passing:
            del self._numbers[key]
        self._passing.clear()

    def of_line(self, line: bytes) -> Kind:
        """The kind of a line that was counted; the first kind where it was forgotten meanwhile."""
        return self._kinds[self._numbers.get(line.translate(None, self._learned.drop), 0)]

    def time(self, kind: Kind, line: bytes) -> float | None:
        """Seconds since 1970 of a line, read where the time of its kind stands and remembered by its text."""
        if not kind.time_at.end:
            return None
        start, seconds, end = kind.time_at.within(line)
        text = line[start:seconds]
        at = self._times.get(text)
        return at if at is not None else self._time(line, start, seconds, end)

    def times(self, kind: Kind, lines: Iterable[bytes]) -> list[float | None]:
        """The same of several lines of one kind."""
        stamp, known = kind.time_at, self._times
        start, seconds, mark = stamp.start, stamp.seconds, stamp.mark
        before = start - len(mark)
        return [
            known[text]
            if line.startswith(mark, before) and (text := line[start:seconds]) in known
            else self.time(kind, line)
            for line in lines
        ]

    def _time(self, line: bytes, start: int, seconds: int, end: int) -> float | None:
        """A time that was not read yet; all the seconds of one minute are read at once."""
        if len(self._times) > _TIMES:
            self._times.clear()
        at = read_time(line[start:end].decode("latin-1"), self._clock)
        if at is None:
            parsed = read_kind(line, self._learned.formats).parsed
            return read_time(parsed.time, self._clock) if parsed.time else None
        minute, second = line[start : seconds - 2], line[seconds - 2 : seconds]
        if seconds < end and minute[-1:] == b":" and second in _SECONDS:
            begins = at - at % 1 - _SECONDS[second]
            self._times.update({minute + text: begins + number for text, number in _SECONDS.items()})
        self._times[line[start:seconds]] = at
        return at

    def first_time(self, pairs: Iterable[tuple[int, bytes]]) -> float | None:
        """The first time that one of these (kind, line) has; not all of very many are tried."""
        for tried, (number, line) in enumerate(pairs):
            at = self.time(self._kinds[number], line)
            if at is not None or tried > _TRIED:
                return at
        return None

    def find_hosts(self, lines: Sequence[bytes]) -> None:
        """Hosts whose names differ in what keys leave out are of one kind: lines are read for theirs, few of many."""
        if not self._hosts_differ or len(self._table.hosts) >= HOSTS:
            return
        step = 1 if self._asked < _ASKED else 1 + len(lines) // _LATER
        for line in lines[::step]:
            self._asked += 1
            host = read_line(decode(line), self._learned.formats).host
            if host:
                self._table.hosts.add(host)

    def number(self, keys: list[bytes], lines: Sequence[bytes]) -> tuple[int, ...]:
        """The number of the kind of each of ``lines`` with these ``keys``; one line of each new kind is read.

        Call :meth:`pass_on` when all is done with these lines.
        """
        numbers = each_of(self._numbers, keys)
        new = self._numbers.new
        if not new:
            return numbers
        if self.flood.rises(new, len(keys), self._seen):
            self._learn_flood(new, keys, lines)
            numbers = each_of(self._numbers, keys)
        else:
            at = 0
            for key in new:
                at = keys.index(key, at)
                self._add(self._read(key, lines[at]))
        self._numbers.taken(len(self._kinds))
        return numbers

    def _learn_flood(self, new: Iterable[bytes], keys: list[bytes], lines: Sequence[bytes]) -> None:
        at = 0
        for key in new:
            at = keys.index(key, at)
            common, number = self.flood.find(key, lines[at])
            if key in self._known:
                number = self._add(self._known[key])
            elif number is None:
                kind = read_kind(lines[at], self._learned.formats)
                number = self._add(stands := self.flood.stands_for(common, len(self._kinds), kind))
                if stands is not kind:
                    self.together.add(number)
            else:
                self._passing.append(key)
            self._numbers[key] = number

    def _read(self, key: bytes, line: bytes) -> Kind:
        known = self._known.get(key)
        if known is None:
            known = read_kind(line, self._learned.formats)
            if len(self._known) < KNOWN:
                self._known[key] = known
        return known

    def _add(self, kind: Kind) -> int:
        number = len(self._kinds)
        self._seen += 1
        self.multiline = self.multiline or kind.code not in STARTS or kind.code == OPENS
        self._kinds.append(kind)
        self.codes.append(kind.code)
        if kind.code != PLAIN:
            self.special.add(number)
        self.streams.append(kind.parsed.stream)
        self.interleaved = self.interleaved or kind.parsed.stream != self.streams[0]
        if kind.parsed.host and len(self._table.hosts) < HOSTS:
            host = kind.parsed.host
            self._table.hosts.add(host)
            self._hosts_differ = self._hosts_differ or any(each in self._learned.drop for each in host.encode())
        self._table.zoned = self._table.zoned or zoned(kind.parsed.time)
        return number
