"""Whether a question says too little, and what would help most."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.mentions import Mentions
from workbench.case.code import Boost

FEW_WORDS = 15
"""A question of fewer words, with no evidence beside it, is thin."""


def thinness(question: str, mentions: Mentions, boosts: Sequence[Boost]) -> tuple[bool, str]:
    """Whether ``question`` is thin, and one line that asks for what would help most."""
    if len(question.split()) >= FEW_WORDS or boosts or mentions.frames or mentions.tests:
        return False, ""
    if not question.strip():
        return True, "say what goes wrong, in a sentence"
    if mentions.names or mentions.paths:
        return True, "point at the logs of the time, or paste a traceback: words alone make weak ranks"
    return True, "paste the error message or its traceback, or point at the logs: words alone make weak ranks"
