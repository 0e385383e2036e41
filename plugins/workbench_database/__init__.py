"""The database, where one is given: tables that hot code uses, dead rows, indexes, locks, slow statements."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register("database", _analyzer, title="the database (--db URL), read-only", after=("logs", "map"))


def _analyzer() -> Any:
    from workbench_database.analyzer import DatabaseAnalyzer

    return DatabaseAnalyzer()
