"""Debt near the hot place: what makes the files that rank high hard to change, and whom to ask."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    title = "debt near the hot place: complexity and churn, TODOs, skipped tests, owners, what changes along"
    register("debt", _analyzer, title=title, after=("index", "logs"))


def _analyzer() -> Any:
    from workbench_debt.analyzer import DebtAnalyzer

    return DebtAnalyzer()
