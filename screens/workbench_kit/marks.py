"""Small figures drawn with characters: heat and sparklines. Their length says it, colour only says it again."""

from __future__ import annotations

from collections.abc import Sequence

from workbench_kit.line import Piece

HEAT_CELLS = 5
_BARS = "▁▂▃▄▅▆▇█"


def heat_tone(heat: float) -> str:
    """The tone of a heat between 0 and 1: hot, warm, mild or muted."""
    if heat >= 0.75:
        return "hot"
    if heat >= 0.45:
        return "warm"
    return "mild" if heat > 0 else "faint"


def heat_bar(heat: float, weak: bool = False) -> tuple[Piece, ...]:
    """Five cells, filled by ``heat`` (0..1); any heat above 0 fills at least one. A ``weak`` heat is hollow."""
    cells = min(HEAT_CELLS, max(round(heat * HEAT_CELLS), 1 if heat > 0 else 0))
    return ((("□" if weak else "■") * cells, heat_tone(heat)), ("·" * (HEAT_CELLS - cells), "faint"))


def sparkline(counts: Sequence[int], width: int = 8) -> str:
    """``counts`` per equal bucket as ``width`` bars at most, scaled to the highest; buckets are summed to fit."""
    if not counts:
        return ""
    per = -(-len(counts) // width)
    sums = [sum(counts[start : start + per]) for start in range(0, len(counts), per)]
    top = max(sums)
    return "".join(_BARS[round(value / top * 7)] if top else _BARS[0] for value in sums)
