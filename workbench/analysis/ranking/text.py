"""Signals of the report's words: its title on its own, and its whole text over chunks and over files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workbench.analysis.index.segment import NAMED
from workbench.analysis.ranking.bm25 import chunk_scores, file_scores
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query

NAME_WEIGHT = 1.5
"""What a title word in a symbol's name counts, against about 1 in its text."""


def title_marks(query: Query) -> Marks:
    """BM25F of the title alone: words in the text of a chunk, more in the name of its symbol."""
    scores = chunk_scores(query, query.title_terms)
    for term in query.title_terms:
        factor = NAME_WEIGHT * query.rarity(term)
        for chunk in query.view.postings(NAMED + term)[0]:
            scores[chunk] += factor
    return _marks("title", "title words", query, query.title_terms, scores)


def text_marks(query: Query) -> Marks:
    """BM25 of the whole report over chunks; a file has its best chunk."""
    return _marks("text", "words", query, query.terms, chunk_scores(query, query.terms))


def whole_text_marks(query: Query) -> Marks:
    """BM25 of the whole report over files, each as one text."""

    def detail(file: int) -> str:
        first = query.view.first_of[file]
        last = first + query.view.chunks_of[file]
        held = [term for term in query.terms if query.view.holds(term, first, last)]
        return f"{len(held)} of the report's {len(query.terms)} telling words: {query.phrase(held)}"

    return Marks("whole_text", file_scores(query, query.terms), file_detail=detail)


def _marks(name: str, what: str, query: Query, terms: Mapping[str, float], scores: Iterable[float]) -> Marks:
    found = {chunk: score for chunk, score in enumerate(scores) if score > 0}
    reason = _Reason(what, query, terms, found)
    return Marks(name, best_of(query, found), found, reason.of_file, reason.of_chunk)


def best_of(query: Query, scores: Mapping[int, float]) -> dict[int, float]:
    """The highest score of each file's chunks."""
    best: dict[int, float] = {}
    file_of = query.view.file_of
    for chunk, score in scores.items():
        file = file_of[chunk]
        if score > best.get(file, 0.0):
            best[file] = score
    return best


@dataclass
class _Reason:
    """Says which words stand where: "title words 'session cookie' in def get_session"."""

    what: str
    query: Query
    terms: Mapping[str, float]
    scores: Mapping[int, float]

    def of_file(self, file: int) -> str:
        """The reason of the file's best chunk."""
        first = self.query.view.first_of[file]
        chunks = range(first, first + self.query.view.chunks_of[file])
        return self.of_chunk(max(chunks, key=lambda chunk: self.scores.get(chunk, 0.0)))

    def of_chunk(self, chunk: int) -> str:
        """The reason of one chunk."""
        view, place = self.query.view, chunk_label(self.query, chunk)
        named = [term for term in self.terms if view.times(NAMED + term, chunk)]
        if named and self.what.startswith("title"):
            return f"{self.what} '{self.query.phrase(named)}' in the name of {place}"
        held = [term for term in self.terms if view.times(term, chunk)]
        return f"{self.what} '{self.query.phrase(held)}' in {place}"


def chunk_label(query: Query, chunk: int) -> str:
    """What a chunk is called: ``def Session.get``, ``class Session``, ``the module``."""
    symbol = query.view.symbol(chunk)
    if symbol is None:
        return "the module's own lines"
    return f"{'class' if symbol.kind == 'class' else 'def'} {symbol.qualname}"
