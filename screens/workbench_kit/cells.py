"""Cells of a terminal: a character and the pen that draws it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rich.cells import get_character_cell_size

from workbench_kit.pens import PLAIN, SEEN, Pen

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
