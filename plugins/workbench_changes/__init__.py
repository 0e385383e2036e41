"""What changed: events from files of other systems, and what came with the deployed release."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce both."""
    register("changes", _events, title="change events: GitHub deployments, kubectl, any list of events as JSON")
    register("release", _release, title="what came with the deployed release", after=("logs", "changes"))


def _events() -> Any:
    from workbench_changes.events import ChangesAnalyzer

    return ChangesAnalyzer()


def _release() -> Any:
    from workbench_changes.release import ReleaseAnalyzer

    return ReleaseAnalyzer()
