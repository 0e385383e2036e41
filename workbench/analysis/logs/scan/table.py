"""What scanning a log, or a part of one, leaves: counts and samples, small enough to hand between processes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from workbench.analysis.logs.scan.silence import Silence, longest
from workbench.analysis.logs.scan.steady import steady
from workbench.analysis.logs.scan.streams import Stream
from workbench.analysis.logs.scan.stretches import Segment, joined
from workbench.analysis.logs.traces.model import Trace
from workbench.case.enums import Level

ENTRIES = 60_000
"""Counts that the segments of one table may hold before they are joined."""
TIMES = 20_000
"""Times of one error that are kept; of more events every second, fourth, … one's is kept, and the count stays exact."""
DISTINCT = 20_000
"""Distinct users or requests of one error that are counted exactly."""

Words = tuple[str, ...]
Key = tuple[object, ...]


@dataclass
class Shape:
    """Records of the same words: how many, the worst level, one line of them as an example.

    ``number`` is what segments of the same table count them by."""

    words: Words
    number: int
    count: int = 0
    level: Level = Level.UNKNOWN
    sample: bytes = b""
    logger: str = ""


@dataclass
class ErrorRow:
    """Events of one call path, or of one message where there is no traceback; ``words`` are their header's.

    ``times`` holds the time of every ``stride``-th event; ``unhandled`` counts those that ended a request.
    """

    trace: Trace | None
    words: Words
    level: Level
    sample: str
    logger: str = ""
    count: int = 0
    unhandled: int = 0
    times: array[float] = field(default_factory=lambda: array("d"))
    stride: int = 1
    endpoints: Counter[str] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)
    requests: set[str] = field(default_factory=set)

    def events(self, times: Sequence[float | None]) -> None:
        """Count events at ``times`` (seconds since 1970), None where one's time is not known."""
        self.keep(times[self.counted(len(times))])

    def counted(self, count: int) -> slice:
        """Count events; gives which of them keep their times."""
        first = -(self.count + 1) % self.stride
        self.count += count
        return slice(first, None, self.stride)

    def keep(self, times: Sequence[float | None]) -> None:
        """Keep the times of events that were counted."""
        self.times.extend([at for at in times if at is not None])
        while len(self.times) > TIMES:
            self._thin()

    def _thin(self) -> None:
        self.times = self.times[1::2]
        self.stride *= 2

    def with_events_of(self, other: ErrorRow) -> ErrorRow:
        """A row of the events of both; neither changes, for a log that is still read may go on counting in them."""
        both = replace(
            self, times=self.times[:], endpoints=self.endpoints.copy(), users={*self.users}, requests={*self.requests}
        )
        both.add(other)
        return both

    def add(self, other: ErrorRow) -> None:
        """Count the events of another row of the same error."""
        self.count += other.count
        self.unhandled += other.unhandled
        while self.stride < other.stride:
            self._thin()
        self.times.extend(other.times[:: self.stride // other.stride])
        while len(self.times) > TIMES:
            self._thin()
        self.endpoints += other.endpoints
        self.users |= other.users if len(self.users) < DISTINCT else set()
        self.requests |= other.requests if len(self.requests) < DISTINCT else set()


@dataclass
class Table:
    """Everything one pass over a log (or a part) counted. ``statuses`` counts HTTP answers by status.

    ``stream`` names the log; where several were put together, ``streams`` holds what each tells alone. ``together``
    counts records that were told apart by their common words alone; ``zoned`` says whether its times name their zone;
    where they do not, ``offset`` is the zone they were read in; ``ahead`` is how many seconds the clock that wrote it
    is ahead of the one of its file; segments that were joined are all of what began within ``width`` seconds, 0 where
    none were.
    """

    lines: int = 0
    records: int = 0
    cut: int = 0
    undecodable: int = 0
    zeroed: int = 0
    start: float | None = None
    end: float | None = None
    zoned: bool = False
    offset: int = 0
    ahead: float = 0.0
    broken: tuple[str, ...] = ()
    together: int = 0
    shapes: dict[Words, Shape] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    width: float = 0.0
    silences: list[Silence] = field(default_factory=list)
    errors: dict[Key, ErrorRow] = field(default_factory=dict)
    failures: dict[Key, ErrorRow] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)
    hosts: set[str] = field(default_factory=set)
    formats: Counter[str] = field(default_factory=Counter)
    stream: str = ""
    streams: dict[str, Stream] = field(default_factory=dict)

    def add(self, other: Table) -> None:
        """Take in what another part of the same log, or another log, counted."""
        self._add_streams(other)
        for name in ("lines", "records", "cut", "undecodable", "zeroed", "together"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.spans(other.start)
        self.spans(other.end)
        self.zoned = self.zoned or other.zoned
        self.offset = self.offset or other.offset
        self.ahead = max(self.ahead, other.ahead)
        self.broken = tuple(dict.fromkeys((*self.broken, *other.broken)))
        numbers = self._add_shapes(other.shapes)
        segments = [
            replace(each, counts={numbers[number]: count for number, count in each.counts.items()})
            for each in other.segments
        ]
        for mine_rows, rows in ((self.errors, other.errors), (self.failures, other.failures)):
            for key, row in rows.items():
                mine_rows[key] = mine_rows[key].with_events_of(row) if key in mine_rows else row
        self.segments = sorted([*self.segments, *segments], key=lambda segment: (segment.start, segment.end))
        self.width = max(self.width, other.width)
        self.silences = longest([*self.silences, *other.silences])
        self.statuses += other.statuses
        self.formats += other.formats
        self.hosts |= other.hosts
        self.coarsen()

    def _add_streams(self, other: Table) -> None:
        """Keep apart what this log and another tell alone, once there are two."""
        if not self.lines:
            self.stream = other.stream
        if self.streams or other.streams or self.stream != other.stream:
            streams = dict(self._alone())
            for name, stream in other._alone().items():
                streams[name] = streams[name].joined(stream) if name in streams else stream
            self.streams = streams

    def _alone(self) -> Mapping[str, Stream]:
        stretches = [] if self.streams else steady(self.segments)
        if not stretches:
            return self.streams
        words = {shape.words: shape.count for shape in self.shapes.values()}
        times: dict[Hashable, array[float]] = {
            key: row.times[:] for rows in (self.errors, self.failures) for key, row in rows.items()
        }
        return {self.stream: Stream(stretches, words, times, self.statuses.copy())}

    def _add_shapes(self, others: Mapping[Words, Shape]) -> dict[int, int]:
        """Count the shapes of another table; gives the number here of each number there."""
        free = 1 + max((shape.number for shape in self.shapes.values()), default=-1)
        numbers: dict[int, int] = {}
        for words, shape in others.items():
            mine = self.shapes.get(words)
            if mine is None:
                mine = self.shapes[words] = replace(shape, number=free, count=0)
                free += 1
            mine.count += shape.count
            numbers[shape.number] = mine.number
        return numbers

    def spans(self, at: float | None) -> None:
        """Widen the time covered to hold ``at``."""
        if at is not None:
            self.start = at if self.start is None else min(self.start, at)
            self.end = at if self.end is None else max(self.end, at)

    def coarsen(self) -> None:
        """Join stretches of time while all of them together hold too many counts."""
        self.segments, self.width = joined(self.segments, self.width, ENTRIES)
