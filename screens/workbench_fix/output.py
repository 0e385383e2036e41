"""What the output panel shows of a test: message, traceback with its places, output. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbench_kit.line import Line
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap
from workbench_kit.when import brief

from workbench.analysis.last_words import PLACE
from workbench.engine.board import Standing
from workbench_fix.outcomes import OUTCOME, SAID, short

_NAMED = re.compile(r'[^\s":]+\.py:\d+')


def place_in(line: str, root: str = "") -> tuple[str, int]:
    """The repository-relative path and line (1-based) that a line of a traceback names; ("", 0) for none."""
    found = PLACE.match(line)
    if found is None:
        return "", 0
    path = found[1].removeprefix(f"{root}/") if root else found[1]
    return ("", 0) if path.startswith(("/", "..", "<")) else (path, int(found[2]))


def output(standing: Standing | None, root: str = "", stale: bool = False, above: Sequence[Row] = ()) -> Build:
    """Message, traceback and output of a test; lines of the traceback open what they name. The rows ``above`` stand
    before the traceback."""

    def build(width: int) -> list[Row]:
        return [] if standing is None else list(_rows(standing, root, stale, above, width))

    return build


def _rows(standing: Standing, root: str, stale: bool, above: Sequence[Row], width: int) -> Iterator[Row]:
    result = standing.result
    glyph, tone = OUTCOME[result.outcome]
    said = SAID.get(result.outcome, result.outcome.value)
    old = (("  stale: files changed since", "warning"),) if stale else ()
    place = result.path, result.line
    if result.message:
        first, *others = [part for line in result.message.splitlines() for part in wrap(line, max(8, width - 2))]
        yield Row(Line(((f"{glyph} ", tone), (first, "strong")), right=()), *place)
        yield from (Row(Line((("  ", ""), (part, ""))), *place) for part in others)
        if result.outcome.value != "failed":
            yield Row(Line(((f"  {said}", "muted"),)))
    else:
        took = f"{said}, {brief(result.seconds)}" if result.seconds else said
        yield Row(Line(((f"{glyph} ", tone), (short(result.id), "strong"), (f"  {took}", "muted"))), *place)
    if old:
        yield Row(Line(old))
    yield from above
    if result.traceback:
        yield Row(Line(()))
        yield from _traceback(result.traceback, root)
    if result.output:
        yield Row(Line(()))
        yield from (Row(Line(((line, "muted"),))) for line in result.output.splitlines())


def _traceback(text: str, root: str) -> Iterator[Row]:
    """Its lines; those that name no place speak of the one above them."""
    path, at = "", 0
    for line in text.splitlines():
        found = place_in(line, root)
        if found[0]:
            path, at = found
            yield Row(Line(((line, "accent"),)), path, at)
        elif line.startswith("E "):
            yield Row(Line((("E", "error"), (line[1:], ""))), path, at)
        else:
            yield Row(Line(((line, "muted"),)), path, at)


def said(text: str, tone: str = "", root: str = "") -> Build:
    """A text, wrapped; its lines open the first place that it names."""
    named = _NAMED.search(text)
    place = place_in(named[0], root) if named else ("", 0)
    return lambda width: [
        Row(Line(((part, tone),)), *place) for line in text.splitlines() for part in wrap(line, width)
    ]
