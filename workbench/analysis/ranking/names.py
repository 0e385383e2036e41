"""Signals of what the report names: definitions, words of paths, modules and classes, imports of its code."""

from __future__ import annotations

import math
from collections import Counter

from workbench.analysis.index.segment import EXACT
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query
from workbench.analysis.ranking.text import best_of
from workbench.analysis.tokens import words

MOST_DEFINERS = 40
"""A name that more symbols than this bear says nothing about a place."""


def defined_marks(query: Query) -> Marks:
    """Names in the report that look like code and are defined here, by how few define them."""
    scores: dict[int, float] = {}
    for name in query.mentions.names[:300]:
        chunks = query.view.postings(EXACT + name.lower())[0]
        if 0 < len(chunks) <= MOST_DEFINERS:
            for chunk in chunks:
                scores[chunk] = scores.get(chunk, 0.0) + 1 / len(chunks)
    return Marks("defined", best_of(query, scores), scores)


def path_marks(query: Query) -> Marks:
    """Words of a file's path that the report says, title words twice, by how few paths have them."""
    by_word: dict[str, list[int]] = {}
    for file in query.view.first_of:
        path = query.view.paths[file].rpartition(".")[0]
        folder, _, name = path.rpartition("/")
        last = set(words(name if name != "__init__" else ""))
        for word in last | set(words(folder.replace("/", " "))):
            by_word.setdefault(word, []).append(file)
    said = Counter(words(query.mentions.text))
    total = len(query.view.first_of)
    scores: dict[int, float] = {}
    for word, files in by_word.items():
        if said[word]:
            rare = math.log(1 + (total - len(files) + 0.5) / (len(files) + 0.5))
            factor = rare * (1 + 0.5 * math.log(said[word])) * (2 if word in query.title_terms else 1)
            for file in files:
                scores[file] = scores.get(file, 0.0) + factor
    return Marks("path", scores)
