"""The review analyzer: comments of a review, on today's lines."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register("review", _analyzer, title="review: comments of a review, on today's lines", needs=("input:review",))


def _analyzer() -> Any:
    from workbench_review.analyzer import ReviewAnalyzer

    return ReviewAnalyzer()
