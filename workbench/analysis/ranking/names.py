"""Signals of names: definitions that the report names, words of paths that it says."""

from __future__ import annotations

import math
from collections import Counter

from workbench.analysis.index.segment import EXACT
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query, idf
from workbench.analysis.ranking.text import best_of
from workbench.analysis.tokens import words

MOST_DEFINERS = 40
"""A name that more symbols than this bear says nothing about a place."""

MOST_NAMES = 300
"""Names of a report that are looked up."""


def defined_marks(query: Query) -> Marks:
    """Names in the report that look like code and are defined here, by how few define them."""
    scores: dict[int, float] = {}
    named: dict[int, list[str]] = {}
    for name in query.mentions.names[:MOST_NAMES]:
        chunks = query.view.postings(EXACT + name.lower())[0]
        if 0 < len(chunks) <= MOST_DEFINERS:
            for chunk in chunks:
                scores[chunk] = scores.get(chunk, 0.0) + 1 / len(chunks)
                named.setdefault(chunk, []).append(name)

    def of_chunk(chunk: int) -> str:
        return f"the report names {', '.join(dict.fromkeys(named[chunk]))}"

    def of_file(file: int) -> str:
        first = query.view.first_of[file]
        chunks = (chunk for chunk in range(first, first + query.view.chunks_of[file]) if chunk in named)
        best = sorted(chunks, key=lambda chunk: (-scores[chunk], chunk))
        names = dict.fromkeys(name for chunk in best for name in named[chunk])
        return f"defines {', '.join(list(names)[:4])}, named in the report"

    return Marks("defined", best_of(query, scores), scores, of_file, of_chunk)


def path_marks(query: Query) -> Marks:
    """Words of a file's path that the report says, title words twice, by how few paths have them."""
    by_word: dict[str, list[int]] = {}
    for file in query.view.first_of:
        for word in path_words(query.view.paths[file]):
            by_word.setdefault(word, []).append(file)
    said = Counter(words(query.mentions.text))
    scores: dict[int, float] = {}
    found: dict[int, list[str]] = {}
    for word, files in by_word.items():
        if said[word]:
            rare = idf(len(files), len(query.view.first_of))
            value = rare * (1 + 0.5 * math.log(said[word])) * (2 if word in query.title_terms else 1)
            for file in files:
                scores[file] = scores.get(file, 0.0) + value
                found.setdefault(file, []).append(word)
    return Marks("path", scores, file_detail=lambda file: f"'{query.phrase(found[file])}' in its path")


def path_words(path: str) -> set[str]:
    """The stems of a path, its ending and ``__init__`` left out."""
    return set(words(path.rpartition(".")[0].removesuffix("__init__").replace("/", " ")))
