"""Findings of ruff and bandit, where they are on PATH, and of SARIF files; ruff's fixes; the gate for what is new."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzers."""
    register("ruff", _ruff, title="ruff: likely bugs, security, async", needs=("command:ruff",))
    register("bandit", _bandit, title="bandit: security", needs=("command:bandit",))
    register("sarif", _sarif, title="findings of other tools, from SARIF files")


@hookimpl
def register_fixers(register: Register) -> None:
    """Announce the fixer."""
    register("ruff-fix", _fixer, title="what ruff itself would do", needs=("command:ruff",))


@hookimpl
def register_gates(register: Register) -> None:
    """Announce the gate."""
    register("security", _security, title="security findings and secrets that base does not have")


def _ruff() -> Any:
    from workbench_linters.analyzers import RuffAnalyzer

    return RuffAnalyzer()


def _bandit() -> Any:
    from workbench_linters.analyzers import BanditAnalyzer

    return BanditAnalyzer()


def _sarif() -> Any:
    from workbench_linters.sarif import SarifAnalyzer

    return SarifAnalyzer()


def _fixer() -> Any:
    from workbench_linters.fixer import RuffFixer

    return RuffFixer()


def _security() -> Any:
    from workbench_linters.gate import SecurityGate

    return SecurityGate()
