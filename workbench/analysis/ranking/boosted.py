"""Signals that analyzers add: boosts, each at the weight its analyzer gave it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from workbench.analysis.index.segment import EXACT
from workbench.analysis.index.view import View
from workbench.case.code import Boost, Signal


@dataclass
class Boosted:
    """Boosts by file and by chunk of a view; those of places that are no candidates are dropped."""

    files: dict[int, list[Signal]] = field(default_factory=dict)
    chunks: dict[int, list[Signal]] = field(default_factory=dict)


def place_boosts(view: View, boosts: Sequence[Boost]) -> Boosted:
    """``boosts`` on the files and symbols of ``view``; a symbol's boost is also its file's."""
    placed = Boosted()
    numbers = {view.paths[file]: file for file in view.first_of}
    for boost in boosts:
        file = numbers.get(boost.path)
        if file is None:
            continue
        placed.files.setdefault(file, []).append(boost.signal)
        chunk = symbol_chunk(view, file, boost.qualname) if boost.qualname else None
        if chunk is not None:
            placed.chunks.setdefault(chunk, []).append(boost.signal)
    return placed


def symbol_chunk(view: View, file: int, qualname: str) -> int | None:
    """The chunk of ``qualname`` in ``file``; of the last one when several bear the name."""
    name = qualname.rpartition(".")[2].lower()
    record = view.record(file)
    if record is None:
        return None
    found = None
    for chunk in view.postings(EXACT + name)[0]:
        if view.file_of[chunk] == file:
            symbol = record.outline.symbols[view.number_of[chunk] - 1]
            if symbol.qualname == qualname or (found is None and symbol.qualname.endswith("." + qualname)):
                found = chunk
    return found
