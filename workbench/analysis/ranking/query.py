"""The question in the words of the index."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field

from workbench.analysis.index.view import View
from workbench.analysis.mentions import Mentions, read_mentions
from workbench.analysis.tokens import words

MOST_TERMS = 100
"""Terms of a report that are looked up, the most telling first."""


@dataclass
class Query:
    """One question on one view. ``terms`` and ``title_terms`` are weighted by how often the report says them."""

    view: View
    mentions: Mentions
    terms: dict[str, float]
    title_terms: dict[str, float]
    _rarity: dict[str, float] = field(default_factory=dict)

    def rarity(self, term: str) -> float:
        """Inverse document frequency of ``term`` among the chunks (Robertson and Zaragoza 2009); 0 when none has it."""
        found = self._rarity.get(term)
        if found is None:
            holding, total = len(self.view.postings(term)[0]), len(self.view.file_of)
            found = math.log(1 + (total - holding + 0.5) / (holding + 0.5)) if holding else 0.0
            self._rarity[term] = found
        return found


def make_query(view: View, question: str) -> Query:
    """``question`` read for ``view``."""
    mentions = read_mentions(question[:100_000])
    query = Query(view, mentions, {}, {})
    counts = Counter(words(mentions.text))
    weighed = {term: 1 + math.log(times) for term, times in counts.items()}
    common = sorted(weighed, key=lambda term: (-weighed[term] * len(term), term))[: 4 * MOST_TERMS]
    best = sorted(common, key=lambda term: (-weighed[term] * query.rarity(term), term))[:MOST_TERMS]
    query.terms = {term: weighed[term] for term in best if query.rarity(term) > 0}
    query.title_terms = dict.fromkeys(words(mentions.title), 1.0)
    return query
