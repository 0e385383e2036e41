"""What is said under a line of code or of a diff: findings, errors, history, comments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workbench_kit.line import Line, Piece
from workbench_kit.text import width_of, wrap

GLYPHS = {"error": "✘", "warning": "▲", "success": "✔", "history": "◇", "info": "?", "muted": "–"}
"""What stands beside the colour of each meaning; worst first."""

_ORDER = list(GLYPHS)


@dataclass(frozen=True, slots=True)
class Annotation:
    """What is said under line ``line``, from 1. ``tone`` is a key of GLYPHS, ``source`` the rule, commit or person."""

    line: int
    text: str
    tone: str = "error"
    source: str = ""


def worst_first(said: Iterable[Annotation]) -> list[Annotation]:
    """``said`` with the worst first."""
    return sorted(said, key=lambda one: _ORDER.index(one.tone))


def annotation_lines(said: Annotation, gutter: Piece, width: int) -> list[Line]:
    """``said`` wrapped to ``width`` cells after ``gutter``, its source after it."""
    lines = wrap(said.text, max(10, width - 2))
    bodies: list[tuple[Piece, ...]] = [
        ((f"{GLYPHS[said.tone]} " if not number else "  ", said.tone), (text, said.tone))
        for number, text in enumerate(lines)
    ]
    if said.source:
        tail: Piece = (f"  {said.source}", "muted")
        if width_of(lines[-1]) + 2 + width_of(tail[0]) <= width:
            bodies[-1] = (*bodies[-1], tail)
        else:
            bodies.append((tail,))
    return [Line(body, gutter=(gutter,)) for body in bodies]
