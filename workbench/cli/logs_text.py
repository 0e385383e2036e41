"""What logs say, as text: what nobody could see, what is new with its place, the rest folded, the sources last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from workbench.analysis.logs.digest.answers import answers
from workbench.analysis.quantity import quantity
from workbench.case.enums import Trend
from workbench.case.logs import Impact, LogError, Onset, Pattern
from workbench.cli.logs_sources import denied, source
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
LEAST = 60
"""Columns that are written for at least."""


def reading_text(reading: Reading, everything: bool = False, width: int = 80) -> Iterator[str]:
    """Lines of ``width`` columns (places are never cut) for a person who was woken up."""
    said, width = reading.digest, max(width, LEAST)
    yield from denied(reading.sources, width)
    day = max((each.end.date() for each in reading.sources if each.end), default=None)
    if reading.table.lines:
        yield from _onset(said.onset, width)
    yield from _impact(said.impact)
    yield from _statuses(answers(reading.table), width)
    yield from _errors(said.errors, everything, width, day)
    yield from _patterns(said.patterns, everything, width)
    yield ""
    for each in reading.sources:
        yield from source(each, width)


def sample_text(reading: Reading, width: int = 80) -> Iterator[str]:
    """The first look: what a sample says, and that it is one."""
    said = reading.digest
    whole = f" of {reading.size / 1e6:.1f} MB" if reading.size else ""
    found = f"{len(said.patterns)} patterns, {len(said.errors)} errors so far"
    yield f"sampled {reading.sampled / 1e6:.1f} MB{whole}: {found}"
    for error in said.errors[:5]:
        yield _short(f"  {error.type}  {error.message}", width)
    for pattern in said.patterns[:5]:
        yield _short(f"  {pattern.level.value:8}  {pattern.template}", width)


def _onset(onset: Onset | None, width: int) -> Iterator[str]:
    if onset is None:
        yield _short("no change found: nothing stands out from the time before", width)
    elif onset.start == onset.end:
        yield f"compared since {onset.at:%Y-%m-%d %H:%M:%S} UTC"
    else:
        day = onset.at.date()
        between = f"between {_time(onset.start, day)} and {_time(onset.end, day)}"
        yield f"it began {onset.at:%Y-%m-%d %H:%M:%S} UTC ({between})"


def _impact(impact: Impact | None) -> Iterator[str]:
    if impact is None:
        return
    parts = []
    if impact.requests and impact.failed is not None and impact.share is not None:
        parts.append(f"{impact.failed:,} of {impact.requests:,} requests failed ({impact.share:.1%})")
    if impact.users:
        parts.append(f"{quantity(impact.users, 'user')} named")
    if impact.rising:
        parts.append("rising")
    if parts:
        yield "; ".join(parts)


def _statuses(counts: Counter[str], width: int) -> Iterator[str]:
    total = sum(counts.values())
    if total:
        shares = ", ".join(f"{status} {count / total:.1%}" for status, count in counts.most_common())
        yield _short(f"of {total:,} answers: {shares}", width)


def _errors(errors: Sequence[LogError], everything: bool, width: int, day: date | None) -> Iterator[str]:
    loud = [error for error in errors if everything or error.trend in _LOUD]
    quiet = [error for error in errors if not everything and error.trend not in _LOUD]
    if not loud and quiet:
        loud, quiet = quiet[:ERRORS], quiet[ERRORS:]
    for error in loud if everything else loud[:ERRORS]:
        yield ""
        yield from _error(error, width, day)
    hidden = [] if everything else loud[ERRORS:]
    rest = hidden + quiet
    what = "further down" if hidden else "as always or fallen"
    if rest:
        yield ""
    for of in dict.fromkeys(error.of for error in rest):
        others = [error for error in rest if error.of == of]
        events, share = sum(error.count for error in others), sum(error.share for error in others)
        yield _short(f"  other: {len(others)} more (--all), {events:,} = {share:.1%} of {of}, {what}", width)


def _error(error: LogError, width: int, day: date | None) -> Iterator[str]:
    factor = f" ×{error.factor:.1f}" if error.factor else ""
    mark = f"✘ {_WORDS[error.trend]}{factor}".rstrip()
    yield _short(f"{mark}  {error.type}  {error.message}", width)
    place = error.place or (error.frames[-1] if error.frames else None)
    if place:
        inside = f" in {place.function}" if place.function else ""
        yield f"    {place.path}:{place.line}{inside}{'' if place.mapped else '  (not in the checkout)'}"
    times = [f"since {_time(error.onset, day)}"] if error.onset else []
    times += [f"first {_time(error.first_seen, day)}"] if error.first_seen and not error.onset else []
    times += [f"last {_time(error.last_seen, day)}"] if error.last_seen else []
    counted = f"{error.count:,} = {error.share:.1%} of {error.of}"
    if error.unhandled:
        counted += f", {error.unhandled.share:.1%} of {error.unhandled.of}"
    yield from _wrapped([*times, counted, *([quantity(error.users, "user")] if error.users else [])], width)
    if error.endpoints and not error.of.endswith("failed requests"):
        yield _short("    " + ", ".join(f"{name} {count:,}" for name, count in error.endpoints[:3]), width)
    if any(error.sparkline):
        yield f"    {_spark(error.sparkline).rstrip()}"
    if error.cause:
        yield _short(f"    ← {error.cause}", width)


def _patterns(patterns: Sequence[Pattern], everything: bool, width: int) -> Iterator[str]:
    shown = patterns if everything else patterns[:PATTERNS]
    if shown:
        yield ""
        yield f"{len(patterns)} patterns" if len(patterns) > 1 else "1 pattern"
    for pattern in shown:
        trend = f"{_WORDS[pattern.trend]} " if pattern.trend not in (Trend.AS_ALWAYS, Trend.UNKNOWN) else ""
        place = f"  {pattern.path}:{pattern.line}" if pattern.path else ""
        head = f"{pattern.count:>10,}  {pattern.level.value:8}  {trend}"
        yield _short(f"{head}{pattern.template}", max(width - len(place), len(head) + 20)) + place
    if len(shown) < len(patterns):
        rest = patterns[len(shown) :]
        yield f"{sum(each.count for each in rest):>10,}  in {len(rest)} more (--all shows them)"


def _wrapped(parts: Sequence[str], width: int) -> Iterator[str]:
    """``parts`` with dots between them, on as few lines as hold them."""
    line = "   "
    for at, part in enumerate(parts):
        if at and len(line) + len(part) + 3 > width:
            yield line
            line = "   "
        line += f" {part}" if line == "   " else f" · {part}"
    yield line


def _spark(counts: Sequence[int]) -> str:
    top = max(counts)
    return "".join(_BLOCKS[-(-count * 8 // top)] if top else " " for count in counts)


def _short(text: str, width: int) -> str:
    indent = text[: len(text) - len(text.lstrip())]
    line = indent + text.strip().replace("\n", " ").replace("\t", " ").rstrip()
    return line if len(line) <= width else f"{line[: width - 1]}…"


def _time(at: datetime | None, day: date | None) -> str:
    """The clock alone on ``day``, the day the log ends on; with its date on any other."""
    if at is None:
        return "?"
    return f"{at:%H:%M:%S}" if at.date() == day else f"{at:%Y-%m-%d %H:%M:%S}"
