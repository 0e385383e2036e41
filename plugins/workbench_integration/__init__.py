"""The integration analyzer: calls to other services along the path, with their timeouts, retries and idempotency."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    title = "integration: timeouts, retries and idempotency of the calls to other services"
    register("integration", _analyzer, title=title, after=("logs", "intake"))


def _analyzer() -> Any:
    from workbench_integration.analyzer import IntegrationAnalyzer

    return IntegrationAnalyzer()
