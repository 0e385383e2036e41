"""The kinds of lines that a log was found to have so far, by number; one line of each is read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench.analysis.logs.formats.line import read_line
from workbench.analysis.logs.scan.flood import Flood
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


class KindTable:
    """Numbers kinds. By the key of a line, ``by_key`` is the number of its kind and ``codes`` its code; by that number,
    ``streams`` is its stream.

    ``special`` are the keys of lines that are no plain record, ``together`` the numbers that stand for many kinds;
    ``multiline`` and ``interleaved`` say whether records of several lines, and of several writers, were seen.
    """

    def __init__(self, learned: Learned, clock: Clock, table: Table) -> None:
        self.by_key: dict[bytes, int] = {}
        self.codes: dict[bytes, int] = {}
        self.streams: list[str] = []
        self.special: set[bytes] = set()
        self.together: set[int] = set()
        self.multiline = False
        self.interleaved = False
        self.flood = Flood(learned.drop)
        self._kinds: list[Kind] = []
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

    @property
    def full(self) -> bool:
        """Whether it is time to forget."""
        return len(self._kinds) > KINDS

    def forget(self) -> None:
        """Forget all kinds: their numbers mean something else from now on."""
        self.by_key.clear()
        self.codes.clear()
        self.streams.clear()
        self.special.clear()
        self.together.clear()
        self.flood.forget()
        self._kinds.clear()

    def drop(self, passing: Iterable[bytes]) -> None:
        """Forget keys that :meth:`learn` gave."""
        for key in passing:
            del self.by_key[key], self.codes[key]
            self.special.discard(key)

    def of_line(self, line: bytes) -> Kind:
        """The kind of a line that was counted; the first kind where it was forgotten meanwhile."""
        return self._kinds[self.by_key.get(line.translate(None, self._learned.drop), 0)]

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

    def first_time(self, pairs: Iterable[tuple[bytes, bytes]]) -> float | None:
        """The first time that one of these (key, line) has; not all of very many are tried."""
        for tried, (key, line) in enumerate(pairs):
            at = self.time(self._kinds[self.by_key[key]], line)
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

    def learn(self, distinct: Iterable[bytes], keys: list[bytes], lines: Sequence[bytes]) -> list[bytes]:
        """Read the first line of each new kind; gives the keys to :meth:`drop` after this chunk.

        ``distinct`` are the keys in the order in which they first stand among ``keys``.
        """
        new = [key for key in distinct if key not in self.by_key]
        if not new:
            return []
        flood = self.flood if self.flood.rises(new, len(keys), self._seen) else None
        passing: list[bytes] = []
        at = 0
        for key in new:
            at = keys.index(key, at)
            line = lines[at]
            known = self._known.get(key)
            if known is not None:
                self._stand(key, self._add(known))
            elif flood:
                common, number = flood.find(key, line)
                if number is None:
                    kind = read_kind(line, self._learned.formats)
                    number = self._add(stands := flood.stands_for(common, len(self._kinds), kind))
                    if stands is not kind:
                        self.together.add(number)
                else:
                    passing.append(key)
                self._stand(key, number)
            else:
                kind = read_kind(line, self._learned.formats)
                if len(self._known) < KNOWN:
                    self._known[key] = kind
                self._stand(key, self._add(kind))
        return passing

    def _stand(self, key: bytes, number: int) -> None:
        """Lines with this key are of the kind of this number."""
        self.by_key[key] = number
        self.codes[key] = code = self._kinds[number].code
        if code != PLAIN:
            self.special.add(key)

    def _add(self, kind: Kind) -> int:
        number = len(self._kinds)
        self._seen += 1
        self.multiline = self.multiline or kind.code not in STARTS or kind.code == OPENS
        self._kinds.append(kind)
        self.streams.append(kind.parsed.stream)
        self.interleaved = self.interleaved or kind.parsed.stream != self.streams[0]
        if kind.parsed.host and len(self._table.hosts) < HOSTS:
            host = kind.parsed.host
            self._table.hosts.add(host)
            self._hosts_differ = self._hosts_differ or any(each in self._learned.drop for each in host.encode())
        self._table.zoned = self._table.zoned or zoned(kind.parsed.time)
        return number
