"""The map: from the entry points that the question or the log names down to tables, caches, queues and hosts."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    register(
        "map", _analyzer, title="map: routes to tables, and which errors leave them uncaught", after=("logs", "intake")
    )


def _analyzer() -> Any:
    from workbench_map.analyzer import MapAnalyzer

    return MapAnalyzer()
