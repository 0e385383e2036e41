"""Why a file ranks where it does, and its functions: every signal by name, with its weight and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench_kit.line import Line, Piece
from workbench_kit.panel import Row
from workbench_kit.text import wrap

from workbench.analysis.ranking import is_weak
from workbench.case.code import Hotspot
from workbench.case.signals import Signal

MOST_FUNCTIONS = 5
"""Functions of a file whose reasons are listed."""

_INDENT = 7


def ranked(spot: Hotspot, functions: Sequence[Hotspot], width: int) -> Iterable[Row]:
    """The rows for a file and its ranked ``functions``, best first; ``Enter`` on a function opens it, on a signal what
    it cites."""
    score: tuple[Piece, ...] = ((f"{spot.score:.2f}", "accent"),) if spot.signals else ()
    head, *rest = wrap(spot.qualname or spot.path, max(8, width - 6))
    yield Row(Line(((head, "strong"),), right=score))
    for part in rest:
        yield Row(Line(((part, "strong"),)))
    for part in wrap(spot.caption, max(8, width)) if spot.caption else ():
        yield Row(Line(((part, "muted"),)))
    if not spot.signals:
        yield Row(Line((("nothing speaks for this file", "muted"),)))
    elif is_weak(spot):
        yield Row(Line((("□ weak: the question's words alone", "warning"),)))
    yield from _signals(spot.signals, width)
    for function in functions[:MOST_FUNCTIONS]:
        yield Row(Line())
        yield from _function(function, width)
    if len(functions) > MOST_FUNCTIONS:
        yield Row(Line())
        yield Row(Line(((f"{len(functions) - MOST_FUNCTIONS} more of its functions rank below", "muted"),)))


def _function(spot: Hotspot, width: int) -> Iterable[Row]:
    mark = "□ " if is_weak(spot) else "■ "
    name: Piece = (spot.qualname, "strong")
    yield Row(
        Line(((mark, "muted"), name, (f" :{spot.line}", "muted")), right=((f"{spot.score:.2f}", "accent"),)),
        spot.path,
        spot.line,
    )
    yield from _signals(spot.signals, width)


def _signals(signals: Iterable[Signal], width: int) -> Iterable[Row]:
    for signal in sorted(signals, key=lambda signal: -signal.weight):
        cited = signal.evidence[0] if signal.evidence else ""
        name = f"{signal.name}: " if signal.detail else signal.name
        first, *rest = wrap(name + signal.detail, max(8, width - _INDENT))
        pieces = ((f"{signal.weight:5.2f}  ", "accent"), (first[: len(name)], "muted"), (first[len(name) :], ""))
        yield Row(Line(pieces), ref=cited)
        for part in rest:
            yield Row(Line(((" " * _INDENT, ""), (part, ""))), ref=cited)
