"""Callers and callees of one function as rows: the way to widen from a place, one call at a time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench_kit.line import Line
from workbench_kit.panel import Build, Row

from workbench.analysis.ranking.neighbours import Neighbour, Neighbours


def calls(found: Neighbours) -> Build:
    """Rows for ``found``: callers, the function itself, what it calls; each opens its place."""
    return lambda width: list(_rows(found))


def own_row(found: Neighbours) -> int:
    """The row of the function itself."""
    return len(found.callers) + 1 if found.line else 0


def _rows(found: Neighbours) -> Iterator[Row]:
    if not found.line:
        yield Row(Line(((f"no function known there in {found.path}", "muted"),)))
        return
    yield from _side(found.callers, "▲", "called by", "nothing in the index calls it")
    name = found.qualname or "the module itself"
    yield Row(Line(((name, "strong"),), right=_where(found.path, found.line)), found.path, found.line)
    yield from _side(found.callees, "▼", "calls", "it calls nothing of this repository")


def _side(side: Sequence[Neighbour], glyph: str, title: str, nothing: str) -> Iterator[Row]:
    yield Row(Line(((f"{glyph} {title} {len(side)}" if side else f"{glyph} {nothing}", "muted"),)))
    for one in side:
        doubt = () if one.sure else (("  by name", "faint"),)
        head = (("  ", ""), (one.qualname or "the module itself", ""), *doubt)
        yield Row(Line(head, right=_where(one.path, one.line)), one.path, one.line)


def _where(path: str, line: int) -> tuple[tuple[str, str], ...]:
    return ((f"{path.rpartition('/')[2]}:{line}", "muted"),)
