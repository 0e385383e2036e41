"""One signal over the files and chunks of a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


def _nothing(_: int) -> str:
    return ""


@dataclass
class Marks:
    """What one signal says: raw values by file and by chunk (any unit, above 0), and the reason for one of them.

    ``file_detail`` and ``chunk_detail`` are called for what is shown only. ``evidence`` is what the signal rests on
    beyond the question's words, by file.
    """

    name: str
    files: Mapping[int, float] = field(default_factory=dict)
    chunks: Mapping[int, float] = field(default_factory=dict)
    file_detail: Callable[[int], str] = _nothing
    chunk_detail: Callable[[int], str] = _nothing
