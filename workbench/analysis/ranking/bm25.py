"""BM25 over chunks and over whole files (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009)."""

from __future__ import annotations

from collections.abc import Mapping

from workbench.analysis.ranking.query import Query

K1 = 1.2
B_CHUNK = 0.5
B_FILE = 0.75


def chunk_scores(query: Query, terms: Mapping[str, float]) -> list[float]:
    """The score of every chunk of the view for the weighted ``terms``."""
    view = query.view
    lengths = view.length_of
    mean = sum(lengths) / max(1, len(lengths)) or 1.0
    norms = [K1 * (1 - B_CHUNK + B_CHUNK * length / mean) for length in lengths]
    scores = [0.0] * len(lengths)
    for term, weight in terms.items():
        factor = weight * query.rarity(term) * (K1 + 1)
        for chunk, times in zip(*view.postings(term), strict=True):
            scores[chunk] += factor * times / (times + norms[chunk])
    return scores


def file_scores(query: Query, terms: Mapping[str, float]) -> dict[int, float]:
    """The score of every file that holds one of ``terms``, its chunks taken as one text."""
    view = query.view
    lengths: dict[int, int] = {}
    for file, length in zip(view.file_of, view.length_of, strict=True):
        lengths[file] = lengths.get(file, 0) + length
    mean = sum(lengths.values()) / max(1, len(lengths)) or 1.0
    scores: dict[int, float] = {}
    for term, weight in terms.items():
        together: dict[int, int] = {}
        for chunk, times in zip(*view.postings(term), strict=True):
            file = view.file_of[chunk]
            together[file] = together.get(file, 0) + times
        factor = weight * query.rarity(term) * (K1 + 1)
        for file, times in together.items():
            norm = K1 * (1 - B_FILE + B_FILE * lengths[file] / mean)
            scores[file] = scores.get(file, 0.0) + factor * times / (times + norm)
    return scores
