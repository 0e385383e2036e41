"""What a source gave and what it lacks, in words: gaps, zones, lines that could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from workbench.analysis.logs.digest.times import moment
from workbench.analysis.logs.scan.table import Segment, Table
from workbench.case.logs import SourceFacts

LEAST_GAP = 600.0
"""Seconds without a record that count as a gap, where the usual stretch between two is far shorter."""
_FAR = 20
_GAPS = 5


def facts(
    name: str, table: Table, hosts: Sequence[str] = (), denied: Sequence[str] = (), notes: Sequence[str] = ()
) -> SourceFacts:
    """The facts of one source. ``unreadable`` counts lines that were cut, were not UTF-8 or held zero bytes."""
    told = [*notes, *_lines(table), *gaps(table.segments)]
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
        unreadable=table.cut + table.undecodable + table.zeroed,
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


def gaps(segments: Sequence[Segment]) -> list[str]:
    """Stretches of time in which nothing was logged, the longest first; of one stretch of the log that lasts far longer
    than others, of which only its ends are known, that it holds next to nothing."""
    timed = sorted((each.start, each.end) for each in segments if each.start > 0)
    found: list[tuple[float, float]] = []
    usual: list[float] = []
    reached = timed[0][1] if timed else 0.0
    for start, end in timed[1:]:
        usual.append(max(end - start, start - reached))
        if start - reached > LEAST_GAP:
            found.append((reached, start))
        reached = max(reached, end)
    middle = sorted(usual)[len(usual) // 2] if usual else 0.0
    long = sorted((gap for gap in found if gap[1] - gap[0] > _FAR * middle), key=lambda gap: gap[0] - gap[1])
    lengths = sorted(end - start for start, end in timed)
    least = max(LEAST_GAP, _FAR * (lengths[len(lengths) // 2] if lengths else 0.0))
    thin = sorted((each for each in timed if each[1] - each[0] > least), key=lambda each: each[0] - each[1])
    return [
        *(f"no record between {_text(start)} and {_text(end)}" for start, end in long[:_GAPS]),
        *(f"next to no record between {_text(start)} and {_text(end)}" for start, end in thin[:_GAPS]),
    ]


def _text(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
