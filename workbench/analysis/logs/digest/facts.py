"""What a source gave and what it lacks, in words: gaps, logs that fell silent, zones, lines that could not be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from workbench.analysis.logs.digest.times import moment
from workbench.analysis.logs.scan.silence import LEAST_GAP, Silence
from workbench.analysis.logs.scan.streams import Stream
from workbench.analysis.logs.scan.stretches import Segment
from workbench.analysis.logs.scan.table import Table
from workbench.case.logs import SourceFacts

_FAR = 20
_GAPS = 5
_SILENT = 0.1
"""Share of the time that all logs cover from which a log that ended before the others is said to be silent."""
_FEW, _MANY = 10, 8


def facts(
    name: str, table: Table, hosts: Sequence[str] = (), denied: Sequence[str] = (), notes: Sequence[str] = ()
) -> SourceFacts:
    """The facts of one source. ``unreadable`` counts lines that were cut, were not UTF-8 or held zero bytes."""
    told = [*notes, *_lines(table), *gaps(table.segments, table.silences, table.records)]
    told += silent(table.streams)
    if table.formats:
        told.append("formats: " + ", ".join(f"{name} {count}" for name, count in table.formats.most_common(6)))
    if table.start is not None and not table.zoned:
        told.append(f"its times name no zone and were read as UTC{_zone(table.offset)}")
    if table.ahead:
        told.append(f"clock skew: its last record is {table.ahead:.0f} s later than the last change of its file")
    if table.records and table.start is None:
        told.append("its records have no times: nothing can be said of before and after")
    return SourceFacts(
        name=name,
        hosts=tuple(dict.fromkeys([*hosts, *sorted(table.hosts)])),
        start=moment(table.start),
        end=moment(table.end),
        records=table.records,
        lines=table.lines,
        unreadable=min(table.lines, table.cut + table.undecodable + table.zeroed),  # a line may be both
        denied=(*denied, *table.broken),
        notes=tuple(told),
    )


def _zone(offset: int) -> str:
    if not offset:
        return ""
    hours, minutes = divmod(abs(offset) // 60, 60)
    sign = "+" if offset > 0 else "-"
    return f"{sign}{hours:02d}:{minutes:02d}, as the file's last change tells"


def _lines(table: Table) -> list[str]:
    told = [
        (table.cut, "line was longer than is read and was cut", "lines were longer than is read and were cut"),
        (
            table.undecodable,
            "line is not UTF-8 and was read as Latin-1",
            "lines are not UTF-8 and were read as Latin-1",
        ),
        (table.zeroed, "line holds zero bytes, which were left out", "lines hold zero bytes, which were left out"),
    ]
    said = [f"{count} {one if count == 1 else many}" for count, one, many in told if count]
    if table.together:
        said.append(f"{table.together} records are like no other and were told apart by their common words alone")
    return said


def gaps(segments: Sequence[Segment], silences: Sequence[Silence] = (), records: int = 0) -> list[str]:
    """Stretches of time in which nothing was logged, the longest first; of one stretch of the log that lasts far longer
    than others, of which only its ends are known, that it holds next to nothing.

    ``silences`` are those inside of one stretch, of a log of ``records``.
    """
    timed = sorted((each.start, each.end) for each in segments if each.start > 0)
    found: list[Silence] = []
    usual: list[float] = []
    reached = timed[0][1] if timed else 0.0
    for start, end in timed[1:]:
        usual.append(max(end - start, start - reached))
        if start - reached > LEAST_GAP:
            found.append((reached, start))
        reached = max(reached, end)
    middle = sorted(usual)[len(usual) // 2] if usual else 0.0
    long = [gap for gap in found if gap[1] - gap[0] > _FAR * middle]
    long = _longest([*long, *(each for each in _unusual(silences, records) if _everywhere(each, timed))])
    thin = _longest(each for each in _thin(segments) if not any(_meet(each, gap) for gap in long))
    return [
        *(f"no record between {_text(start)} and {_text(end)}" for start, end in long[:_GAPS]),
        *(f"next to no record between {_text(start)} and {_text(end)}" for start, end in thin[:_GAPS]),
    ]


def _thin(segments: Sequence[Segment]) -> list[Silence]:
    """Stretches with far fewer records a second than others: a long one may be several that were put together."""
    rates = sorted((_rate(each), each.start, each.end) for each in segments if each.start > 0)
    usual = rates[len(rates) // 2][0] if rates else 0.0
    return [(start, end) for rate, start, end in rates if end - start > LEAST_GAP and rate * _FAR < usual]


def _rate(segment: Segment) -> float:
    return sum(segment.counts.values()) / max(segment.end - segment.start, 1e-3)


def silent(streams: Mapping[str, Stream]) -> list[str]:
    """Which of several logs have no record of the last of the time that all of them cover: ended, or not written on."""
    timed = {name: stream for name, stream in streams.items() if stream.stretches and stream.start > 0}
    if len(timed) < 2:
        return []
    first, last = min(each.start for each in timed.values()), max(each.end for each in timed.values())
    far = max(LEAST_GAP, (last - first) * _SILENT)
    ended = sorted((stream.end, name) for name, stream in timed.items() if last - stream.end > far)
    told = [f"{name} has no record after {_text(end)}, others go on to {_text(last)}" for end, name in ended[:_GAPS]]
    return [*told, f"{len(ended) - _GAPS} more fell silent before the others"] if len(ended) > _GAPS else told


def _unusual(silences: Sequence[Silence], records: int) -> list[Silence]:
    """Those that are no habit of the log: few for its records, or far longer than most are."""
    if len(silences) * _FEW <= records:
        return list(silences)
    lengths = sorted(end - start for start, end in silences)
    return [each for each in silences if len(silences) >= _MANY and each[1] - each[0] > 4 * lengths[len(lengths) // 2]]


def _everywhere(silence: Silence, timed: Sequence[Silence]) -> bool:
    """Whether no other file of the source has records meanwhile, as far as the ends of its stretches tell."""
    start, end = silence
    over = sum(each[0] <= start and each[1] >= end for each in timed)
    return over < 2 and not any(start < at < end for each in timed for at in each)


def _longest(found: Iterable[Silence]) -> list[Silence]:
    """The longest first; none that another one holds already."""
    kept: list[Silence] = []
    for each in sorted(found, key=lambda gap: gap[0] - gap[1]):
        if not any(_meet(each, other) for other in kept):
            kept.append(each)
    return kept


def _meet(one: Silence, other: Silence) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
