"""Signal of what changed lately, only for a question that speaks of a time: most bugs are older than that."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from workbench.analysis.ranking.history import WIDE, Commit
from workbench.analysis.ranking.marks import Marks
from workbench.analysis.ranking.query import Query

_LATELY: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(
            r"\b(?:since|from|after) (?:today|this morning)\b|\bthis morning\b|\bsince an hour\b", re.IGNORECASE
        ),
        1,
    ),
    (re.compile(r"\b(?:since|from) (?:yesterday|last night)\b|\blast night\b", re.IGNORECASE), 2),
    (re.compile(r"\bsince (?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\bthis week\b", re.IGNORECASE), 7),
    (
        re.compile(
            r"\b(?:since|after|with) (?:the |our |today's |yesterday's )?(?:last |latest |new |recent )?"
            r"(?:deploy|deployment|release|rollout)\b|\bsince last week\b",
            re.IGNORECASE,
        ),
        14,
    ),
)
"""Phrases of an on-call question, and the days before the newest commit that they mean."""


def spoken_since(question: str, newest: datetime) -> datetime | None:
    """The time that ``question`` speaks of, counted back from the newest commit; None when it speaks of none."""
    days = next((days for phrase, days in _LATELY if phrase.search(question)), None)
    return newest - timedelta(days=days) if days is not None else None


def recent_marks(query: Query, question: str, commits: Sequence[Commit], since: datetime | None) -> Marks:
    """Files that commits touched since the time that the question speaks of or ``since`` gives; none otherwise."""
    newest = max((commit[3] for commit in commits), default=None)
    start = since or (spoken_since(question, newest) if newest else None)
    numbers = {query.view.paths[file]: file for file in query.view.first_of} if start else {}
    files: dict[int, float] = {}
    because: dict[int, Commit] = {}
    for commit in commits:
        touched = [numbers[path] for path in commit[2] if path in numbers]
        if start and commit[3] >= start and 0 < len(touched) <= WIDE:
            for file in touched:
                files[file] = files.get(file, 0.0) + 1 / math.sqrt(len(touched))
                because.setdefault(file, commit)

    def detail(file: int) -> str:
        commit = because[file]
        return f"changed on {commit[3]:%Y-%m-%d} by {commit[0][:8]} '{commit[1][:60]}', in the time asked about"

    return Marks("recent", files, file_detail=detail, evidence=lambda file: (because[file][0],))
