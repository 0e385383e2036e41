"""Signals of explicit mentions: a path, a module, a class of it, ``Class.method``, an import in the report's code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from workbench.analysis.index.segment import EXACT
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query

MODULE_FOLDERS = ("src/", "lib/", "python/")


def module_names(query: Query) -> dict[str, int]:
    """The import name of each candidate Python file (``a.b`` for a/b.py and a/b/__init__.py)."""
    found: dict[str, int] = {}
    for file in query.view.first_of:
        path = query.view.paths[file]
        if path.endswith(".py"):
            for folder in MODULE_FOLDERS:
                path = path.removeprefix(folder)
            found[path[:-3].removesuffix("/__init__").replace("/", ".")] = file
    return found


def mention_marks(query: Query) -> Marks:
    """Paths and dotted names that the report spells out."""
    view = query.view
    files: dict[int, float] = {}
    chunks: dict[int, float] = {}
    by_path = {view.paths[file]: file for file in view.first_of}
    for path in query.mentions.paths:
        matches = by_suffix(by_path, path)
        for file in matches:
            _most(files, file, (1.0 if "/" in path else 0.7) / len(matches))
    modules = module_names(query)
    for dotted in query.mentions.dotted:
        for file, rest in _resolved(modules, dotted):
            _most(files, file, 0.6 if rest else 0.8)
            for chunk in _defined_in(query, file, rest):
                _most(chunks, chunk, 1.0)
                _most(files, file, 1.0)
        owner, _, name = dotted.rpartition(".")
        for chunk in _methods(query, owner.rpartition(".")[2], name):
            _most(chunks, chunk, 1.0)
            _most(files, view.file_of[chunk], 1.0)
    return Marks("mention", files, chunks)


def import_marks(query: Query) -> Marks:
    """Modules and names that the report's code imports."""
    modules = module_names(query)
    files: dict[int, float] = {}
    chunks: dict[int, float] = {}
    for dotted in query.mentions.imports:
        for file, rest in _resolved(modules, dotted):
            _most(files, file, 0.5 if rest or "." not in dotted else 1.0)
            for chunk in _defined_in(query, file, rest):
                _most(chunks, chunk, 1.0)
                _most(files, file, 1.0)
    return Marks("import", files, chunks)


def by_suffix(by_path: dict[str, int], path: str) -> list[int]:
    """Files whose path ends with ``path`` or with its longest tail that any file has; at most 5, else none."""
    steps = path.replace("\\", "/").strip("/").split("/")
    for start in range(len(steps)):
        tail = "/".join(steps[start:])
        found = [file for known, file in by_path.items() if known == tail or known.endswith("/" + tail)]
        if found:
            return found if len(found) <= 5 and (start < len(steps) - 1 or len(steps) == 1) else []
    return []


def _resolved(modules: dict[str, int], dotted: str) -> Iterator[tuple[int, list[str]]]:
    """The file of the longest prefix of ``dotted`` that is a module, and the names after it."""
    steps = dotted.split(".")
    for end in range(len(steps), 0, -1):
        file = modules.get(".".join(steps[:end]))
        if file is not None and (end > 1 or len(steps) == 1):
            yield file, steps[end:]
            return


def _defined_in(query: Query, file: int, names: list[str]) -> Iterator[int]:
    if names:
        for chunk in query.view.postings(EXACT + names[-1].lower())[0]:
            if query.view.file_of[chunk] == file:
                yield chunk


def _methods(query: Query, owner: str, name: str) -> Iterable[int]:
    """Chunks of methods ``owner.name``."""
    view = query.view
    owners = {view.file_of[chunk] for chunk in view.postings(EXACT + owner.lower())[0]}
    if not owners or len(owners) > 8:
        return
    for chunk in view.postings(EXACT + name.lower())[0]:
        file = view.file_of[chunk]
        record = view.record(file) if file in owners else None
        if record and record.outline.symbols[view.number_of[chunk] - 1].owner.rpartition(".")[2] == owner:
            yield chunk


def _most(scores: dict[int, float], key: int, value: float) -> None:
    scores[key] = max(scores.get(key, 0.0), value)
