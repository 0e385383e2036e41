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

BEST = 20
"""Commits that are listened to."""


def history_marks(query: Query, commits: Sequence[Commit]) -> Marks:
    """Files that the commits most like the report touched; a commit's weight is shared among its files."""
    view = query.view
    numbers = {view.paths[file]: file for file in view.first_of}
    files: dict[int, float] = {}
    because: dict[int, list[Commit]] = {}
    for value, commit in _alike(query, commits):
        touched = [numbers[path] for path in commit[2] if path in numbers]
        for file in touched:
            files[file] = files.get(file, 0.0) + value / math.sqrt(len(touched))
            because.setdefault(file, []).append(commit)

    def detail(file: int) -> str:
        first = because[file][0]
        more = f" and {len(because[file]) - 1} more like it" if len(because[file]) > 1 else ""
        return f"commit {first[0][:8]} '{first[1][:60]}'{more} touched it"

    def evidence(file: int) -> tuple[str, ...]:
        return tuple(commit[0] for commit in because[file][:5])

    return Marks("history", files, file_detail=detail, evidence=evidence)


def _alike(query: Query, commits: Sequence[Commit]) -> list[tuple[float, Commit]]:
    """The best commits with their likeness: rarity of the shared words, title words four times the others."""
    subjects = [set(words(commit[1])) for commit in commits]
    spread = Counter(word for subject in subjects for word in subject)
    scored: list[tuple[float, int]] = []
    for number, subject in enumerate(subjects):
        if 0 < len(commits[number][2]) <= WIDE:
            value = sum(
                math.log(len(commits) / spread[word]) * (2.0 if word in query.title_terms else 0.5)
                for word in subject
                if word in query.title_terms or word in query.terms
            )
            if value > 0:
                scored.append((value / math.sqrt(3 + len(subject)), number))
    scored.sort(key=lambda item: (-item[0], item[1]))
    return [(value, commits[number]) for value, number in scored[:BEST]]
