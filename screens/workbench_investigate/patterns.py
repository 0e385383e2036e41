"""The patterns of the log: variants of the selected error with samples, then its patterns, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from workbench_kit.line import Line

from workbench.case.enums import Trend
from workbench.case.logs import LogError, Pattern, SourceFacts
from workbench_investigate.glyphs import LEVEL, TREND


@dataclass(frozen=True, slots=True)
class PatternRow:
    """A line of a sample (``pattern`` is None), or a pattern."""

    id: str
    text: str
    pattern: Pattern | None = None
    heading: bool = False


def pattern_rows(error: LogError | None, patterns: Sequence[Pattern]) -> list[PatternRow]:
    """The rows for ``error`` and ``patterns``, those of the error first."""
    rows: list[PatternRow] = []
    if error is not None:
        for number, variant in enumerate(error.variants[:5]):
            rows.append(PatternRow(f"v{number}", f"{variant.label}  {variant.count}×", heading=True))
            lines = variant.sample.splitlines()
            rows += [PatternRow(f"v{number}.{at}", line) for at, line in enumerate(lines)]
    own = set(error.patterns) if error else set()
    first = [pattern for pattern in patterns if pattern.id in own]
    rest = [pattern for pattern in patterns if pattern.id not in own]
    return rows + [PatternRow(pattern.id, pattern.template, pattern) for pattern in (*first, *rest)]


def pattern_lines(row: PatternRow, width: int) -> Sequence[Line]:
    """Level, count and template of a pattern; a sample line as it was."""
    if row.pattern is None:
        return [Line(((row.text, "strong" if row.heading else "muted"),))]
    pattern = row.pattern
    letter, tone = LEVEL[pattern.level]
    word, trend_tone = TREND[pattern.trend]
    trend = ((word, trend_tone),) if pattern.trend not in (Trend.UNKNOWN, Trend.AS_ALWAYS) else ()
    return [Line(((f"{pattern.count:>6}× ", "muted"), (f"{letter} ", tone), (row.text, "")), right=trend)]


def log_caption(sources: Sequence[SourceFacts]) -> str:
    """From how many hosts, and what could not be read or seen."""
    if not sources:
        return ""
    hosts = len({host for source in sources for host in source.hosts})
    unread = sum(source.unreadable for source in sources)
    denied = sum(len(source.denied) for source in sources)
    parts = [f"{hosts} hosts" if hosts > 1 else "", f"{unread} lines unread" if unread else "nothing unread"]
    return " · ".join(filter(None, (*parts, f"{denied} denied" if denied else "")))
