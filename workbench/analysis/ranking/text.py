"""Signals of the report's words: its whole text, its title, and the title against the names of symbols."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from workbench.analysis.index.segment import NAMED
from workbench.analysis.ranking.bm25 import chunk_scores, file_scores
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query

NAME_WEIGHT = 1.5
"""What a title word in a symbol's name counts, against about 1 in its text."""


def text_marks(query: Query) -> Marks:
    """BM25 of the whole report over chunks; a file has its best chunk."""
    scores = _positive(chunk_scores(query, query.terms))
    return Marks("text", best_of(query, scores), scores)


def file_text_marks(query: Query) -> Marks:
    """BM25 of the whole report over files, each as one text."""
    return Marks("file text", file_scores(query, query.terms))


def title_marks(query: Query) -> Marks:
    """BM25F of the title alone: words in the text of a chunk, more in the name of its symbol."""
    scores = chunk_scores(query, query.title_terms)
    for term in query.title_terms:
        factor = NAME_WEIGHT * query.rarity(term)
        for chunk in query.view.postings(NAMED + term)[0]:
            scores[chunk] += factor
    found = _positive(scores)
    return Marks("title", best_of(query, found), found)


def name_marks(query: Query) -> Marks:
    """How much of the title stands in the name of a symbol, by rarity of the words."""
    scores: dict[int, float] = {}
    for term in query.title_terms:
        rare = query.rarity(NAMED + term)
        for chunk in query.view.postings(NAMED + term)[0]:
            scores[chunk] = scores.get(chunk, 0.0) + rare
    return Marks("name", best_of(query, scores), scores)


def _positive(scores: Iterable[float]) -> dict[int, float]:
    return {chunk: score for chunk, score in enumerate(scores) if score > 0}


def best_of(query: Query, scores: Mapping[int, float]) -> dict[int, float]:
    """The highest score of each file's chunks."""
    best: dict[int, float] = {}
    file_of = query.view.file_of
    for chunk, score in scores.items():
        file = file_of[chunk]
        if score > best.get(file, 0.0):
            best[file] = score
    return best
