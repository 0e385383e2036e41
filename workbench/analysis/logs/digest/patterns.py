"""Patterns as they are shown: templates of all records, with their counts, level and trend."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.analysis.logs.before.trend import Window, judge
from workbench.analysis.logs.digest.coverage import Coverage, of_words
from workbench.analysis.logs.digest.events import OTHER
from workbench.analysis.logs.digest.onset import ORDER
from workbench.analysis.logs.digest.settings import Lens
from workbench.analysis.logs.digest.times import inside, moment
from workbench.analysis.logs.miner.templates import group
from workbench.analysis.logs.scan.each import each_of
from workbench.analysis.logs.scan.sample import decode
from workbench.analysis.logs.scan.streams import Stream
from workbench.analysis.logs.scan.table import Shape, Table, Words
from workbench.case.enums import Level, Trend
from workbench.case.logs import Pattern

SHOWN = 2000
"""Patterns that are listed; the others are one row."""
SAMPLES = 2
SAMPLE = 500
"""Characters of one sample."""
_LEVELS = tuple(Level)


@dataclass(frozen=True)
class Templates:
    """The templates of a table's shapes: ``of`` gives the template's words of a shape's words."""

    of: Mapping[Words, Words]

    def members(self) -> dict[Words, list[Words]]:
        """The shapes of each template."""
        found: defaultdict[Words, list[Words]] = defaultdict(list)
        for words, template in self.of.items():
            found[template].append(words)
        return dict(found)


def mine(table: Table) -> Templates:
    """Group the shapes of ``table``, the commonest first, so that the same log gives the same templates."""
    rows = sorted(table.shapes, key=lambda words: (-table.shapes[words].count, words))
    of_row, templates = group(rows)
    return Templates({row: templates[at] for row, at in zip(rows, of_row, strict=True)})


def pattern_id(template: Words) -> str:
    """A short id that is the same for the same template in any log."""
    return "p" + hashlib.blake2b(" ".join(template).encode(), digest_size=6).hexdigest()


def describe_patterns(
    table: Table, templates: Templates, place: Window | None, lens: Lens, logs: Sequence[Stream] = ()
) -> tuple[Pattern, ...]:
    """All, ordered by trend, then by level and count; of several ``logs`` those that hold it tell its trend."""
    total = sum(shape.count for shape in table.shapes.values())
    series = _series(table, templates)
    found = [
        _pattern(template, [table.shapes[row] for row in rows], series.get(template, []), total, place, lens, logs)
        for template, rows in templates.members().items()
    ]
    found.sort(key=lambda each: (ORDER.index(each.trend), -_severity(each.level), -each.count))
    rest = sum(each.count for each in found[SHOWN:])
    if rest:
        text = f"{len(found) - SHOWN} further patterns"
        found[SHOWN:] = [Pattern(OTHER, text, Level.UNKNOWN, rest, rest / total, f"{total} record{'s' * (total != 1)}")]
    return tuple(found)


def _series(table: Table, templates: Templates) -> dict[Words, list[tuple[float, float, int]]]:
    """How many records of each template the stretches of the log hold."""
    numbers: dict[Words, int] = {}
    of_shape = {
        shape.number: numbers.setdefault(templates.of[words], len(numbers)) for words, shape in table.shapes.items()
    }
    series: list[list[tuple[float, float, int]]] = [[] for _ in numbers]
    for segment in table.segments:
        counts: dict[int, int] = {}
        of_segment = each_of(of_shape, [*segment.counts])
        for template, count in zip(of_segment, segment.counts.values(), strict=True):
            counts[template] = counts.get(template, 0) + count
        for template, count in counts.items():
            series[template].append((segment.start, segment.end, count))
    return dict(zip(numbers, series, strict=True))


def _pattern(
    template: Words,
    shapes: Sequence[Shape],
    series: Sequence[tuple[float, float, int]],
    total: int,
    place: Window | None,
    lens: Lens,
    logs: Sequence[Stream],
) -> Pattern:
    count = sum(shape.count for shape in shapes)
    timed = [each for each in series if each[1] > 0]
    cover = of_words(logs, [shape.words for shape in shapes]) if place and logs else None
    trend, factor = _trend(timed, place, cover)
    call = lens.calls.find(template) if lens.calls else None
    return Pattern(
        id=pattern_id(template),
        template=" ".join(template),
        level=max((shape.level for shape in shapes), key=_severity),
        count=count,
        share=count / total,
        of=f"{total} record{'s' * (total != 1)}",
        first_seen=moment(min((start for start, _, _ in timed), default=None)),
        last_seen=moment(max((end for _, end, _ in timed), default=None)),
        samples=tuple(decode(shape.sample)[:SAMPLE] for shape in shapes[:SAMPLES]),
        trend=trend,
        factor=factor,
        path=call.path if call else "",
        line=call.line if call else 0,
    )


def _severity(level: Level) -> int:
    return -1 if level is Level.UNKNOWN else _LEVELS.index(level)


def _trend(
    series: Sequence[tuple[float, float, int]], place: Window | None, cover: Coverage | None
) -> tuple[Trend, float | None]:
    """The trend by stretches of the log: one that holds the onset counts on both sides, by length."""
    if place is None or not place.before or not series:
        return Trend.UNKNOWN, None
    after = sum(count * inside(start, end, place.start, float("inf")) for start, end, count in series)
    before = sum(count * inside(start, end, a, b) for a, b in place.before for start, end, count in series)
    ever = sum(count for _, end, count in series if end < place.start)
    length, length_before = place.length, place.before_length
    if cover:
        length = cover.length(place.start, place.end)
        length_before = sum(cover.length(a, b) for a, b in place.before)
        if not length or not length_before:
            return Trend.UNKNOWN, None
    found, factor, _ = judge(before, after, length_before, length, ever or before * (before >= 1))
    return found, factor
