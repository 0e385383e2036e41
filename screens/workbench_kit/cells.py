"""Cells of a terminal: a character and the pen that draws it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style

from workbench_kit.pens import PLAIN, SEEN, Pen, pen_of

Cell = tuple[str, Pen]
UNKNOWN: Cell = ("", PLAIN)
"""What was never written to."""


@lru_cache(maxsize=16384)
def cells_of(text: str, pen: Pen) -> tuple[Cell, ...] | None:
    """What ``pen`` makes of ``text``; None where a character of it does not take one cell. The colour of a blank that
    shows its background alone is left out."""
    if not text.isprintable() or not (text.isascii() or all(get_character_cell_size(char) == 1 for char in text)):
        return None
    blank: Cell = (" ", pen if pen[0] & SEEN else (frozenset(), "", pen[2]))
    return tuple(blank if char == " " else (char, pen) for char in text)


def cells_of_all(segments: Iterable[Segment], system: ColorSystem) -> list[Cell] | None:
    """What a terminal of this colour system shows of ``segments``; None where :func:`cells_of` is None of one."""
    cells: list[Cell] = []
    for text, style, control in segments:
        its = None if control else _styled(text, style, system)
        if its is None:
            return None
        cells += its
    return cells


@lru_cache(maxsize=16384)
def _styled(text: str, style: Style | None, system: ColorSystem) -> tuple[Cell, ...] | None:
    pen = pen_of(style, system) if style else PLAIN
    return None if pen is None else cells_of(text, pen)


def is_blank(cell: Cell) -> bool:
    """Whether only its background shows."""
    return cell[0] == " " and not cell[1][0] & SEEN


def differing(wanted: Sequence[Cell], shown: Sequence[Cell], columns: int) -> list[int]:
    """The columns, below ``columns``, that are wanted and not shown so."""
    if wanted == shown:
        return []
    both = min(len(wanted), len(shown), columns)
    found = [at for at in range(both) if (cell := wanted[at]) is not shown[at] and cell is not UNKNOWN]
    found = [at for at in found if wanted[at] != shown[at]]
    return [*found, *(at for at in range(both, min(len(wanted), columns)) if wanted[at] is not UNKNOWN)]
