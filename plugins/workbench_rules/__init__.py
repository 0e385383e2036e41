"""Failure rules for Python: what breaks in production and linters do not see."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register("rules", _analyzer, title="failure rules for Python: races, timeouts, swallowed errors")


def _analyzer() -> Any:
    from workbench_rules.analyzer import RulesAnalyzer

    return RulesAnalyzer()
