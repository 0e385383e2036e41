"""Signal of a traceback in the report: frames in the repository, the innermost strongest."""

from __future__ import annotations

from workbench.analysis.index.view import View
from workbench.analysis.mentions import Place
from workbench.analysis.ranking.marks import Marks, raise_to
from workbench.analysis.ranking.paths import PathIndex, is_bundled
from workbench.analysis.ranking.query import Query

FADE = 0.7
"""What a frame counts of the one inside it."""

BUNDLED = 0.5
"""What a frame in a bundled library counts of the next one outside, for what others keep is seldom mended here."""


def frame_marks(query: Query) -> Marks:
    """Files and symbols on the report's traceback."""
    view = query.view
    known = PathIndex((file, view.paths[file]) for file in view.first_of)
    files: dict[int, float] = {}
    chunks: dict[int, float] = {}
    words: dict[int, str] = {}
    chunk_words: dict[int, str] = {}
    weight, part = 1.0, -1
    for place in reversed(query.mentions.frames):
        file = known.framed(place.path)
        if file is None:
            continue
        if place.part != part:
            weight, part = 1.0, place.part
        carried = is_bundled(view.paths[file], view.paths)
        value = weight * BUNDLED if carried else weight
        said = _said(place, value == 1.0, carried)
        if raise_to(files, file, value):
            words[file] = said
        chunk = chunk_at(view, file, place.line, place.function)
        if chunk is not None and raise_to(chunks, chunk, value):
            chunk_words[chunk] = said
        weight = weight if carried else weight * FADE
    return Marks("frame", files, chunks, words.__getitem__, chunk_words.__getitem__, full=1.0)


def _said(place: Place, innermost: bool, carried: bool) -> str:
    depth = "innermost frame" if innermost else "a frame"
    where = f" in {place.function}" if place.function else ""
    return f"{depth} of the traceback: line {place.line}{where}" + (", in a bundled library" if carried else "")


def chunk_at(view: View, file: int, line: int, function: str = "") -> int | None:
    """The chunk of the function of that name nearest to ``line`` (the frame may be of another revision), else at it."""
    record = view.record(file)
    if record is None or file not in view.first_of:
        return None
    symbols = record.outline.symbols
    first = view.first_of[file]
    name = function.rpartition(".")[2]
    named = [
        number
        for number, symbol in enumerate(symbols, 1)
        if name and (symbol.qualname == function or (symbol.name == name and symbol.kind == "function"))
    ]
    if named:
        return first + min(
            named, key=lambda number: _distance(symbols[number - 1].line, symbols[number - 1].end_line, line)
        )
    at = record.outline.at(line)
    return first + symbols.index(at) + 1 if at is not None else None


def _distance(first: int, last: int, line: int) -> int:
    return max(first - line, line - last, 0)
