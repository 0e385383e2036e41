"""Signals one hop out: what the best files import, what the best symbols call."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping

from workbench.analysis.index.segment import EXACT
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.modules import imported_files, module_names
from workbench.analysis.ranking.query import Query
from workbench.analysis.ranking.text import chunk_label

FROM_FILES = 12
"""How many of the best files hand their heat on."""

FROM_SYMBOLS = 25
"""How many of the best symbols do."""

MOST_DEFINERS = 6
"""A called name that more symbols bear leads nowhere."""


def link_marks(query: Query, files: Mapping[int, float], chunks: Mapping[int, float]) -> Marks:
    """Files imported by, and symbols called from, the best by the scores of the other signals."""
    view = query.view
    imported, importers = _imported(query, files)
    called, callers = _called(query, chunks)
    return Marks(
        "link",
        imported,
        called,
        lambda file: f"imported by {view.paths[importers[file]]}, which ranks high",
        lambda chunk: f"called by {chunk_label(query, callers[chunk])}, which ranks high",
    )


def _imported(query: Query, scores: Mapping[int, float]) -> tuple[dict[int, float], dict[int, int]]:
    view = query.view
    modules = module_names({file: view.paths[file] for file in view.first_of})
    best = heapq.nlargest(FROM_FILES, scores, key=lambda file: (scores[file], -file))
    view.load(best)
    found: dict[int, float] = {}
    sources: dict[int, int] = {}
    for file in best:
        record = view.record(file)
        targets = imported_files(modules, view.paths[file], record.outline.imports) - {file} if record else set()
        _share(found, sources, file, targets, scores[file])
    return found, sources


def _called(query: Query, scores: Mapping[int, float]) -> tuple[dict[int, float], dict[int, int]]:
    view = query.view
    best = heapq.nlargest(FROM_SYMBOLS, scores, key=lambda chunk: (scores[chunk], -chunk))
    view.load({view.file_of[chunk] for chunk in best})
    found: dict[int, float] = {}
    sources: dict[int, int] = {}
    for chunk in best:
        record = view.record(view.file_of[chunk])
        names = record.calls[view.number_of[chunk]] if record else ()
        targets = {target for name in names for target in _definers(query, name)} - {chunk}
        _share(found, sources, chunk, targets, scores[chunk])
    return found, sources


def _share(found: dict[int, float], sources: dict[int, int], source: int, targets: set[int], score: float) -> None:
    if score > 0:
        for target in targets:
            found[target] = found.get(target, 0.0) + score / math.sqrt(len(targets))
            sources.setdefault(target, source)


def _definers(query: Query, name: str) -> tuple[int, ...]:
    chunks = query.view.postings(EXACT + name.lower())[0]
    return tuple(chunks) if len(chunks) <= MOST_DEFINERS else ()
