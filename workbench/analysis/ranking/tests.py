"""Signal of failing tests that the report names: what they call."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.index.segment import EXACT
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.modules import imported_files, module_names
from workbench.analysis.ranking.paths import PathIndex
from workbench.analysis.ranking.query import Query
from workbench.analysis.ranking.text import best_of

MOST_DEFINERS = 12
"""A called name that more symbols bear leads nowhere."""

OUTSIDE = 0.3
"""What a symbol counts that stands in a file the test does not import."""


def called_by_test(query: Query, file: int, name: str) -> Iterator[tuple[int, float]]:
    """Chunks that the test ``name`` (``Class.test`` or ``test``) in ``file`` calls, each with its share of 1."""
    view = query.view
    record = view.record(file)
    if record is None:
        return
    modules = module_names({known: view.paths[known] for known in view.first_of})
    imported = imported_files(modules, view.paths[file], record.outline.imports)
    for number, symbol in enumerate(record.outline.symbols, 1):
        if symbol.qualname == name or symbol.name == name:
            for called in record.calls[number]:
                targets = view.postings(EXACT + called.lower())[0]
                near = [target for target in targets if view.file_of[target] in imported]
                for target in near or targets if len(near or targets) <= MOST_DEFINERS else ():
                    yield target, (1.0 if near else OUTSIDE) / len(near or targets)


def test_marks(query: Query) -> Marks:
    """What the tests call that the report names by node id or whose frames stand in its traceback."""
    view = query.view
    known = PathIndex((file, path) for file, path in enumerate(view.paths) if file not in view.first_of)
    wanted = [(path, name.replace("::", ".")) for path, name in query.mentions.tests]
    wanted += [(place.path, place.function) for place in query.mentions.frames if place.function]
    chunks: dict[int, float] = {}
    callers: dict[int, str] = {}
    for path, name in dict.fromkeys(wanted):
        file = known.framed(path)
        for chunk, share in called_by_test(query, file, name) if file is not None else ():
            chunks[chunk] = chunks.get(chunk, 0.0) + share
            callers.setdefault(chunk, name)
    files = best_of(query, chunks)

    def of_file(file: int) -> str:
        best = max((chunk for chunk in chunks if view.file_of[chunk] == file), key=lambda chunk: chunks[chunk])
        return f"called by the failing test {callers[best]}"

    return Marks("test", files, chunks, of_file, lambda chunk: f"called by the failing test {callers[chunk]}", full=1.0)
