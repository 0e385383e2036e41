"""Signals of explicit mentions: a path, a module, a class of it, ``Class.method``, an import in the report's code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from workbench.analysis.index.segment import EXACT
from workbench.analysis.ranking.marks import Marks, raise_to
from workbench.analysis.ranking.modules import module_names, resolved
from workbench.analysis.ranking.paths import PathIndex
from workbench.analysis.ranking.query import Query

PATH, FILE_NAME, SYMBOL, MODULE, HOLDS, PACKAGE, WITHIN = 1.0, 0.7, 1.0, 0.8, 0.6, 0.3, 0.2
"""What a mention counts: a path, a bare file name, a symbol; its module alone, a module with an unknown name behind it,
a package's ``__init__``, a file in that package."""

MOST_OWNERS = 8
"""A class name that stands in more files than this leads nowhere."""

MOST_NAMESAKES = 5
"""A file name that more files than this bear says nothing."""

MOST_PATHS = 200
"""Paths, and names with dots, of a report that are looked up."""


@dataclass
class _Found:
    """Values and the words that earned them, by file and by chunk."""

    query: Query
    files: dict[int, float] = field(default_factory=dict)
    chunks: dict[int, float] = field(default_factory=dict)
    file_words: dict[int, str] = field(default_factory=dict)
    chunk_words: dict[int, str] = field(default_factory=dict)

    def file(self, file: int, value: float, word: str) -> None:
        if raise_to(self.files, file, value):
            self.file_words[file] = word

    def chunk(self, chunk: int, word: str) -> None:
        if raise_to(self.chunks, chunk, SYMBOL):
            self.chunk_words[chunk] = word
        self.file(self.query.view.file_of[chunk], SYMBOL, word)

    def marks(self, name: str, what: str) -> Marks:
        return Marks(
            name,
            self.files,
            self.chunks,
            lambda file: f"{what} {self.file_words[file]}",
            lambda chunk: f"{what} {self.chunk_words[chunk]}",
            full=1.0,
        )


def mention_marks(query: Query) -> Marks:
    """Paths and dotted names that the report spells out."""
    view = query.view
    found = _Found(query)
    known = PathIndex((file, view.paths[file]) for file in view.first_of)
    for path in query.mentions.paths[:MOST_PATHS]:
        matches = known.ending(path)
        for file in matches if len(matches) <= MOST_NAMESAKES else ():
            found.file(file, (PATH if "/" in path else FILE_NAME) / len(matches), path)
    modules = module_names({file: view.paths[file] for file in view.first_of})
    for dotted in query.mentions.dotted[:MOST_PATHS]:
        _module(found, modules, dotted)
        if _of_the_standard_library(modules, dotted):
            continue
        owner, _, name = dotted.rpartition(".")
        for chunk in _methods(query, owner.rpartition(".")[2], name):
            found.chunk(chunk, dotted)
    return found.marks("mention", "the report names")


def _of_the_standard_library(modules: Mapping[str, int], dotted: str) -> bool:
    """Whether ``dotted`` speaks of the standard library: ``os.path.abspath`` is no ``abspath`` of a class ``path``."""
    head = dotted.partition(".")[0]
    return head in sys.stdlib_module_names and head not in modules


def _module(found: _Found, modules: Mapping[str, int], dotted: str) -> None:
    view = found.query.view
    hit = resolved(modules, dotted)
    if hit is None:
        return
    file, rest = hit
    for chunk in _defined_in(found.query, file, rest):
        found.chunk(chunk, dotted)
    if not view.paths[file].endswith("/__init__.py"):
        found.file(file, HOLDS if rest else MODULE, dotted)
        return
    found.file(file, PACKAGE, dotted)
    if not rest:
        folder = view.paths[file].removesuffix("__init__.py")
        for other in view.first_of:
            if view.paths[other].startswith(folder):
                found.file(other, WITHIN, dotted)


def _defined_in(query: Query, file: int, names: list[str]) -> Iterator[int]:
    if names:
        for chunk in query.view.postings(EXACT + names[-1].lower())[0]:
            if query.view.file_of[chunk] == file:
                yield chunk


def _methods(query: Query, owner: str, name: str) -> Iterable[int]:
    """Chunks of methods ``owner.name``."""
    view = query.view
    owners = {view.file_of[chunk] for chunk in view.postings(EXACT + owner.lower())[0]}
    if not owners or len(owners) > MOST_OWNERS:
        return
    for chunk in view.postings(EXACT + name.lower())[0]:
        symbol = view.symbol(chunk) if view.file_of[chunk] in owners else None
        if symbol is not None and symbol.owner.rpartition(".")[2] == owner:
            yield chunk
