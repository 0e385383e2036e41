"""The metrics analyzer: series of Prometheus or a file, and when their level changed, beside the change events."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    title = "metrics: when the level of a series changed, and what changed before it"
    after = ("logs", "intake", "changes", "release", "history")
    register("metrics", _analyzer, title=title, needs=("input:metrics",), after=after)


def _analyzer() -> Any:
    from workbench_metrics.analyzer import MetricsAnalyzer

    return MetricsAnalyzer()
