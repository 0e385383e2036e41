"""The intake analyzer: what the alert, ticket, error report or trace says, on this checkout."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register(
        "intake",
        _analyzer,
        title="intake: frames, spans and users of the documents that the case was opened from",
        needs=("input:from",),
        after=("logs",),
    )


def _analyzer() -> Any:
    from workbench_intake.analyzer import IntakeAnalyzer

    return IntakeAnalyzer()
