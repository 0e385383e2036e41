"""The history analyzer: what was committed, and which commits stand nearest to the errors."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register("history", _analyzer, title="commits near the errors, from git", after=("logs", "intake"))


def _analyzer() -> Any:
    from workbench_history.analyzer import HistoryAnalyzer

    return HistoryAnalyzer()
