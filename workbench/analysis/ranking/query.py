"""The question in the words of the index."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workbench.analysis.index.view import View
from workbench.analysis.mentions import Mentions, read_mentions
from workbench.analysis.tokens import spoken, words

MOST_TERMS = 100
"""Terms of a report that are looked up, the most telling first."""

LONGEST = 100_000
"""Characters of a question that are read."""


@dataclass
class Query:
    """One question on one view. ``terms`` and ``title_terms`` map stems to weights by how often the report says them;
    ``said`` maps a stem to the word that stands in the report."""

    view: View
    mentions: Mentions
    terms: Mapping[str, float]
    title_terms: Mapping[str, float]
    said: Mapping[str, str]
    _rarity: dict[str, float] = field(default_factory=dict)

    def rarity(self, term: str) -> float:
        """Inverse document frequency of ``term`` among the chunks (Robertson and Zaragoza 2009); 0 when none has it."""
        found = self._rarity.get(term)
        if found is None:
            found = self._rarity[term] = idf(len(self.view.postings(term)[0]), len(self.view.file_of))
        return found

    def phrase(self, terms: Iterable[str], most: int = 4) -> str:
        """The rarest of ``terms`` as the report says them."""
        best = sorted(dict.fromkeys(terms), key=lambda term: (-self.rarity(term), term))[:most]
        return " ".join(self.said.get(term, term) for term in best)


def idf(holding: int, total: int) -> float:
    """Inverse document frequency of what ``holding`` of ``total`` documents have; 0 when none has it."""
    return math.log(1 + (total - holding + 0.5) / (holding + 0.5)) if holding else 0.0


def make_query(view: View, question: str) -> Query:
    """``question`` read for ``view``."""
    mentions = read_mentions(question[:LONGEST])
    title = dict.fromkeys(words(mentions.title), 1.0)
    query = Query(view, mentions, {}, title, spoken(mentions.text))
    weighed = {term: 1 + math.log(times) for term, times in Counter(words(mentions.text)).items()}
    likely = sorted(weighed, key=lambda term: (-weighed[term] * len(term), term))[: 4 * MOST_TERMS]
    best = sorted(likely, key=lambda term: (-weighed[term] * query.rarity(term), term))[:MOST_TERMS]
    query.terms = {term: weighed[term] for term in best if query.rarity(term) > 0}
    return query
