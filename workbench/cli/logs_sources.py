"""What the sources of logs gave and hid, as text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from workbench.analysis.quantity import quantity
from workbench.case.logs import SourceFacts


def denied(sources: Sequence[SourceFacts], width: int) -> Iterator[str]:
    """What could not be seen: before anything else, since nothing read is never "no errors"."""
    for each in sources:
        for sentence in each.denied:
            yield from _folded(f"✘ not seen: {sentence}", width)
        if not each.lines:
            yield from _folded(f"✘ {each.name}: not one line was read, which is no word on errors", width)


def source(facts: SourceFacts, width: int) -> Iterator[str]:
    """One source: how much, what time, on which hosts, and what to know of it."""
    yield from _folded(f"{facts.name}: {quantity(facts.records, 'record')} in {quantity(facts.lines, 'line')}", width)
    if facts.start and facts.end:
        end = f"{facts.end:%H:%M:%S}" if facts.start.date() == facts.end.date() else f"{facts.end:%Y-%m-%d %H:%M:%S}"
        yield f"  {facts.start:%Y-%m-%d %H:%M:%S} to {end} UTC"
    if facts.hosts:
        more = f" and {len(facts.hosts) - 4} more" if len(facts.hosts) > 4 else ""
        yield from _folded(f"  on {', '.join(facts.hosts[:4])}{more}", width)
    if facts.unreadable:
        yield f"  ▲ {facts.unreadable:,} lines could not be read as they are"
    for sentence in facts.notes:
        yield from _folded(f"  {sentence}", width)


def _folded(text: str, width: int) -> Iterator[str]:
    indent = " " * (len(text) - len(text.lstrip()) + 2)
    yield from textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
