"""Signals of a traceback in the report: frames in the repository, the innermost strongest."""

from __future__ import annotations

from workbench.analysis.index.segment import EXACT
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.mentioned import by_suffix
from workbench.analysis.ranking.query import Query

FADE = 0.7
"""Each frame further out counts this much of the one inside it."""


def frame_marks(query: Query) -> Marks:
    """Files and symbols on the traceback."""
    view = query.view
    by_path = {view.paths[file]: file for file in view.first_of}
    files: dict[int, float] = {}
    chunks: dict[int, float] = {}
    weight = 1.0
    for place in reversed(query.mentions.frames):
        matches = by_suffix(by_path, place.path)
        if len(matches) != 1:
            continue
        file = matches[0]
        if file not in files:
            files[file] = weight
        chunk = _chunk_at(query, file, place.line, place.function)
        if chunk is not None and chunk not in chunks:
            chunks[chunk] = weight
        weight *= FADE
    return Marks("frame", files, chunks)


def _chunk_at(query: Query, file: int, line: int, function: str) -> int | None:
    """The chunk of the function of that name nearest to ``line`` (reports may be of other revisions), else at it."""
    view = query.view
    record = view.record(file)
    if record is None:
        return None
    symbols = record.outline.symbols
    named = [
        chunk
        for chunk in view.postings(EXACT + function.rpartition(".")[2].lower())[0]
        if function and view.file_of[chunk] == file
    ]
    if named:
        return min(named, key=lambda chunk: abs(symbols[view.number_of[chunk] - 1].line - line))
    at = record.outline.at(line)
    return view.first_of[file] + symbols.index(at) + 1 if at is not None else None
