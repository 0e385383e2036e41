"""What logs say, as text: what is new first, what was always there folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from workbench.case.enums import Trend
from workbench.case.logs import Impact, LogError, Onset, Pattern, SourceFacts
from workbench.engine.logs.reading import Reading

_BLOCKS = " ▁▂▃▄▅▆▇█"
_WORDS = {
    Trend.NEW: "NEW",
    Trend.RISEN: "RISEN",
    Trend.UNKNOWN: "",
    Trend.AS_ALWAYS: "as always",
    Trend.FALLEN: "fallen",
    Trend.GONE: "gone",
}
_LOUD = (Trend.NEW, Trend.RISEN, Trend.UNKNOWN)
ERRORS = 15
PATTERNS = 12
MESSAGE = 110


def reading_text(reading: Reading, everything: bool = False) -> Iterator[str]:
    """Lines for a person who was woken up: sources and what they hide, the onset, new errors, the rest folded."""
    for source in reading.sources:
        yield from _source(source)
    said = reading.digest
    yield ""
    yield from _onset(said.onset)
    yield from _impact(said.impact)
    yield from _errors(said.errors, everything)
    yield from _patterns(said.patterns, everything)


def sample_text(reading: Reading) -> Iterator[str]:
    """The first look: what a sample says, and that it is one."""
    said = reading.digest
    whole = f" of {reading.size / 1e6:.1f} MB" if reading.size else ""
    found = f"{len(said.patterns)} patterns, {len(said.errors)} errors so far"
    yield f"sampled {reading.sampled / 1e6:.1f} MB{whole}: {found}"
    for error in said.errors[:5]:
        yield f"  {error.type}  {_short(error.message)}"
    for pattern in said.patterns[:5]:
        yield f"  {pattern.level.value:8}  {_short(pattern.template)}"


def _source(source: SourceFacts) -> Iterator[str]:
    hosts = f" on {', '.join(source.hosts[:4])}{' …' if len(source.hosts) > 4 else ''}" if source.hosts else ""
    span = f", {_time(source.start)} to {_time(source.end)} UTC" if source.start else ""
    yield f"{source.name}{hosts}: {source.records:,} records in {source.lines:,} lines{span}"
    if source.unreadable:
        yield f"  ▲ {source.unreadable:,} lines could not be read as they are"
    for sentence in source.denied:
        yield f"  ✘ not seen: {sentence}"
    for sentence in source.notes:
        yield f"  {sentence}"


def _onset(onset: Onset | None) -> Iterator[str]:
    if onset is None:
        yield "no change found: nothing new or risen stands out from the time before"
    elif onset.start == onset.end:
        yield f"compared since {_time(onset.at)} UTC"
    else:
        yield f"it began {_time(onset.at)} UTC (between {_time(onset.start)} and {_time(onset.end)})"


def _impact(impact: Impact | None) -> Iterator[str]:
    if impact is None:
        return
    parts = []
    if impact.requests and impact.failed is not None and impact.share is not None:
        parts.append(f"{impact.failed:,} of {impact.requests:,} requests failed ({impact.share:.1%})")
    if impact.users:
        parts.append(f"{impact.users:,} users named")
    if impact.rising:
        parts.append("rising")
    yield "; ".join(parts)


def _errors(errors: Sequence[LogError], everything: bool) -> Iterator[str]:
    loud = [error for error in errors if everything or error.trend in _LOUD]
    quiet = [error for error in errors if not everything and error.trend not in _LOUD]
    if not loud and quiet:
        loud, quiet = quiet[:ERRORS], quiet[ERRORS:]
    for error in loud if everything else loud[:ERRORS]:
        yield ""
        yield from _error(error)
    rest = (loud[ERRORS:] if not everything else []) + quiet
    if rest:
        events = sum(error.count for error in rest)
        yield ""
        yield f"{len(rest)} more errors, {events:,} events, as always or fallen (--all shows them)"


def _error(error: LogError) -> Iterator[str]:
    factor = f" ×{error.factor:.1f}" if error.factor else ""
    mark = f"✘ {_WORDS[error.trend]}{factor}".rstrip()
    yield f"{mark}  {error.type}  {_short(error.message)}"
    figures = [f"{error.count:,} = {error.share:.1%} of {error.of}"]
    if error.onset:
        figures.append(f"since {_time(error.onset)}")
    elif error.first_seen:
        figures.append(f"first {_time(error.first_seen)}")
    if error.last_seen:
        figures.append(f"last {_time(error.last_seen)}")
    if error.users:
        figures.append(f"{error.users:,} users")
    if error.endpoints:
        figures.append(", ".join(f"{name} {count:,}" for name, count in error.endpoints[:3]))
    yield f"    {' · '.join(figures)}"
    if error.sparkline:
        yield f"    {_spark(error.sparkline)}"
    place = error.place or (error.frames[-1] if error.frames else None)
    if place:
        inside = f" in {place.function}" if place.function else ""
        yield f"    {place.path}:{place.line}{inside}{'' if place.mapped else '  (not in the checkout)'}"
    if error.cause:
        yield f"    ← {_short(error.cause)}"


def _patterns(patterns: Sequence[Pattern], everything: bool) -> Iterator[str]:
    shown = patterns if everything else patterns[:PATTERNS]
    if shown:
        yield ""
        yield f"{len(patterns)} patterns"
    for pattern in shown:
        trend = f"{_WORDS[pattern.trend]} " if pattern.trend is not Trend.AS_ALWAYS else ""
        place = f"  {pattern.path}:{pattern.line}" if pattern.path else ""
        yield f"{pattern.count:>10,}  {pattern.level.value:8}  {trend}{_short(pattern.template)}{place}"
    if len(shown) < len(patterns):
        rest = patterns[len(shown) :]
        yield f"{sum(each.count for each in rest):>10,}  in {len(rest)} more (--all shows them)"


def _spark(counts: Sequence[int]) -> str:
    top = max(counts)
    return "".join(_BLOCKS[-(-count * 8 // top)] if top else " " for count in counts)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MESSAGE else f"{line[: MESSAGE - 1]}…"


def _time(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else "?"
