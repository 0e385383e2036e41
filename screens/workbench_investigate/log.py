"""The log panel: what the selected error looks like in the log, then the patterns, new and frequent ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench_kit.line import Line
from workbench_kit.when import clock

from workbench.case.enums import Trend
from workbench.case.logs import LogError, Pattern, SourceFacts
from workbench_investigate.glyphs import LEVEL, TREND


@dataclass(frozen=True, slots=True)
class LogRow:
    """A line of a sample (``pattern`` is None), or a pattern."""

    id: str
    text: str
    pattern: Pattern | None = None
    heading: bool = False


def log_rows(error: LogError | None, patterns: Sequence[Pattern]) -> list[LogRow]:
    """The rows for ``error`` and ``patterns``, those of the error first."""
    rows: list[LogRow] = []
    if error is not None:
        for number, variant in enumerate(error.variants[:5]):
            rows.append(LogRow(f"v{number}", f"{variant.label}  {variant.count}×", heading=True))
            lines = variant.sample.splitlines()
            rows += [LogRow(f"v{number}.{at}", line) for at, line in enumerate(lines)]
    own = set(error.patterns) if error else set()
    first = [pattern for pattern in patterns if pattern.id in own]
    rest = [pattern for pattern in patterns if pattern.id not in own]
    return rows + [LogRow(pattern.id, pattern.template, pattern) for pattern in (*first, *rest)]


def log_lines(row: LogRow, width: int) -> Sequence[Line]:
    """Level, count and template of a pattern; a sample line as it was."""
    if row.pattern is None:
        return [Line(((row.text, "strong" if row.heading else "muted"),))]
    pattern = row.pattern
    letter, tone = LEVEL[pattern.level]
    word, trend_tone = TREND[pattern.trend]
    trend = ((word, trend_tone),) if pattern.trend not in (Trend.UNKNOWN, Trend.AS_ALWAYS) else ()
    return [Line(((f"{pattern.count:>6}× ", "muted"), (f"{letter} ", tone), (row.text, "")), right=trend)]


def log_caption(sources: Sequence[SourceFacts]) -> str:
    """How much was read and what could not be seen."""
    if not sources:
        return ""
    hosts = len({host for source in sources for host in source.hosts})
    start = min((source.start for source in sources if source.start), default=None)
    end = max((source.end for source in sources if source.end), default=None)
    unread = sum(source.unreadable for source in sources)
    denied = sum(len(source.denied) for source in sources)
    parts = [f"{hosts} hosts" if hosts > 1 else "", f"{sum(source.records for source in sources)} records"]
    parts.append(f"{clock(start)}–{clock(end)}" if start and end else "")
    parts.append(f"{unread} lines unread" if unread else "nothing unread")
    parts.append(f"{denied} denied" if denied else "")
    return " · ".join(filter(None, parts))
