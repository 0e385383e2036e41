"""One signal over the files and chunks of a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _nothing(_: int) -> str:
    return ""


def no_evidence(_: int) -> tuple[str, ...]:
    """The evidence of a signal that rests on the question's words."""
    return ()


@dataclass
class Marks:
    """What one signal says: raw values by file and by chunk (above 0), and the reason for each.

    ``full`` is the raw value that earns the signal's whole weight; 0 stands for the highest one of the report.
    The functions are called for what is shown only: one line for a person, and ids of what it rests on.
    """

    name: str
    files: Mapping[int, float] = field(default_factory=dict)
    chunks: Mapping[int, float] = field(default_factory=dict)
    file_detail: Callable[[int], str] = _nothing
    chunk_detail: Callable[[int], str] = _nothing
    evidence: Callable[[int], tuple[str, ...]] = no_evidence
    full: float = 0.0


def raise_to(values: dict[int, float], place: int, value: float) -> bool:
    """Keep the higher value of ``place``; whether that was the new one."""
    if value <= values.get(place, 0.0):
        return False
    values[place] = value
    return True
