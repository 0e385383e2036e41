"""Failure rules for Python: what breaks in production and linters do not see."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register("rules", _analyzer, title="failure rules for Python: races, timeouts, swallowed errors")


@hookimpl
def register_gates(register: Register) -> None:
    """Announce the gate."""
    register("rules", _gate, title="failure rules that the change breaks and base did not")


def _gate() -> Any:
    from workbench_rules.gate import RulesGate

    return RulesGate()


def _analyzer() -> Any:
    from workbench_rules.analyzer import RulesAnalyzer

    return RulesAnalyzer()
