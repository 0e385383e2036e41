"""What a ranking is."""

from __future__ import annotations

from dataclasses import dataclass

from workbench.case.code import Hotspot


@dataclass(frozen=True, slots=True)
class Ranking:
    """Files and symbols, best first, each with the signals that made its score.

    ``thin`` says that the question is short and nothing else was known; then ``thin_hint`` asks for what would help
    most, in one line. A hotspot whose signals all come from the question's words is a weak one.
    """

    files: tuple[Hotspot, ...] = ()
    symbols: tuple[Hotspot, ...] = ()
    thin: bool = False
    thin_hint: str = ""
