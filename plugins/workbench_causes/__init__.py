"""Causes that compete: computed where errors, findings and changes meet."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl

AFTER = ("logs", "intake", "changes", "release", "history", "rules", "database", "profiles", "metrics")
"""The analyzers whose evidence meets here."""


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register("causes", _analyzer, title="causes with evidence for and against", after=AFTER)


def _analyzer() -> Any:
    from workbench_causes.analyzer import CausesAnalyzer

    return CausesAnalyzer()
