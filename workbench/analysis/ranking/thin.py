"""Whether a question says too little, what would help most, and which hotspots rest on words alone."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.mentions import Mentions
from workbench.case.code import Boost, Hotspot

FEW_WORDS = 15
"""A question of fewer words, with no evidence beside it, is thin."""

PLACES = frozenset({"mention", "frame", "test"})
"""Signals of a question that names the place itself."""

HISTORY = frozenset({"history", "recent"})
"""Signals of commits: a hint, no evidence that it goes wrong here."""

STATIC = frozenset({"finding"})
"""Signals of analyzers that are there whatever goes wrong."""


def thinness(question: str, mentions: Mentions, boosts: Sequence[Boost]) -> tuple[bool, str]:
    """Whether ``question`` is thin, and one line that asks for what would help most."""
    if len(question.split()) >= FEW_WORDS or mentions.frames or mentions.tests:
        return False, ""
    if any(boost.signal.name not in STATIC for boost in boosts):
        return False, ""
    if not question.strip():
        return True, "point at the logs of that time, or say in a sentence what goes wrong"
    if mentions.names or mentions.paths:
        return True, "point at the logs of that time or paste a traceback: these ranks rest on words alone"
    return True, "paste the error message or traceback, or point at logs of that time: these ranks rest on words alone"


def is_weak(spot: Hotspot) -> bool:
    """Whether nothing but the question's words put ``spot`` where it is: no frame, mention, test, log or finding."""
    return not any(
        signal.weight > 0 and (signal.name in PLACES or (signal.evidence and signal.name not in HISTORY))
        for signal in spot.signals
    )
