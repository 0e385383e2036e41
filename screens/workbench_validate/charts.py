"""Charts of a gate as lines of bars, head above base on one scale. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench_kit.line import Line
from workbench_kit.text import fit

from workbench.case.work import Chart

_BARS = " ▁▂▃▄▅▆▇█"
_SIDES = 5
"""Cells of the names of the sides."""


def chart_lines(chart: Chart, width: int) -> Iterator[Line]:
    """Title with the highest value, a line of bars for head and one for base, and the ends of the axis."""
    top = max((*chart.head, *chart.base), default=0.0)
    highest = f"{top:.0%}" if chart.unit == "share" else f"{top:.4g} {chart.unit}".rstrip()
    yield Line(((chart.name, ""), (f"  up to {highest}", "muted")))
    room = max(8, min(width - _SIDES, 2 * max(len(chart.head), len(chart.base), 1)))
    for side, values, tone in (("head", chart.head, "accent"), ("base", chart.base, "muted")):
        if values:
            yield Line(((fit(side, _SIDES), "muted"), (bars(values, top, room), tone)))
    first, last = chart.ends
    gap = " " * max(1, room - len(first) - len(last))
    yield Line(((" " * _SIDES + first + gap + last, "muted"),))


def bars(values: Sequence[float], top: float, room: int) -> str:
    """A bar a cell, as high as its share of ``top``; what is not zero is always seen."""
    if not top:
        return " " * room
    cells = (values[at * len(values) // room] for at in range(room))
    return "".join(_BARS[max(1, round(value / top * 8))] if value else " " for value in cells)
