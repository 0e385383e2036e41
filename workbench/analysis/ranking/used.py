"""Signal of the code in a report: what it imports and uses, followed to where that is defined."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.ranking.definitions import Definitions
from workbench.analysis.ranking.marks import Marks, raise_to
from workbench.analysis.ranking.modules import module_names, resolved
from workbench.analysis.ranking.query import Query
from workbench.analysis.tokens import IDENTIFIER

TITLED, CALLED, MADE, MODULE = 1.0, 0.3, 0.2, 0.3
"""What a use counts: of a name that the title says, of a function, of a class; and an imported module."""

MOST_USES = 200
"""Names of a report that are followed."""


def use_marks(query: Query) -> Marks:
    """What the report's code uses of this repository; a name that the title says counts for most."""
    view = query.view
    files: dict[int, float] = {}
    chunks: dict[int, float] = {}
    words: dict[int, str] = {}
    file_words: dict[int, str] = {}
    for chunk, value, name in _uses(query):
        file = view.file_of[chunk]
        if raise_to(chunks, chunk, value):
            words[chunk] = f"the report's code uses {name}"
        if raise_to(files, file, value):
            file_words[file] = words[chunk]
    for file, name in _modules(query):
        if raise_to(files, file, MODULE):
            file_words[file] = f"the report's code imports {name}"
    return Marks("use", files, chunks, file_words.__getitem__, words.__getitem__, full=1.0)


def _uses(query: Query) -> Iterator[tuple[int, float, str]]:
    """Chunks that the report's code uses, what each use counts, and its name in full."""
    known = Definitions(query.view)
    title = set(IDENTIFIER.findall(query.mentions.title))
    for name in query.mentions.uses[:MOST_USES]:
        chunk = known.chunk(name)
        symbol = query.view.symbol(chunk) if chunk is not None else None
        if chunk is not None and symbol is not None:
            plain = CALLED if symbol.kind == "function" else MADE
            yield chunk, TITLED if symbol.name in title else plain, name


def _modules(query: Query) -> Iterator[tuple[int, str]]:
    """Modules that the report's code imports, packages left out."""
    paths = query.view.paths
    modules = module_names({file: paths[file] for file in query.view.first_of})
    for name in query.mentions.imports[:MOST_USES]:
        file, rest = resolved(modules, name) or (0, [name])
        if not rest and not paths[file].endswith("/__init__.py"):
            yield file, name
