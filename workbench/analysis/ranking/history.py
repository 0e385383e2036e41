"""Signal of commits whose message is like the report: what they touched."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query
from workbench.analysis.tokens import words

Commit = tuple[str, str, Sequence[str], datetime]
"""Hash, subject, touched paths, time."""

WIDE = 15
"""A commit that touches more files than this says nothing about one of them."""


def history_marks(query: Query, commits: Sequence[Commit]) -> Marks:
    """Files that commits like the report touched: cosine-like overlap of rare words, best commits only."""
    view = query.view
    subjects = [set(words(subject)) for _, subject, _, _ in commits]
    spread = Counter(word for subject in subjects for word in subject)
    by_path = {view.paths[file]: file for file in view.first_of}
    scored: list[tuple[float, int]] = []
    for number, subject in enumerate(subjects):
        if 0 < len(commits[number][2]) <= WIDE:
            value = sum(
                math.log(len(commits) / spread[word]) * (2 if word in query.title_terms else 1)
                for word in subject
                if word in query.title_terms or word in query.terms
            )
            if value > 0:
                scored.append((value / math.sqrt(3 + len(subject)), number))
    files: dict[int, float] = {}
    for value, number in sorted(scored, reverse=True)[:20]:
        touched = [by_path[path] for path in commits[number][2] if path in by_path]
        for file in touched:
            files[file] = files.get(file, 0.0) + value / math.sqrt(len(touched))
    return Marks("history", files)
