"""The pytest runner: runs in the user's interpreter with nothing installed into it."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_runners(register: Register) -> None:
    """Announce the runner."""
    register("pytest", _runner, title="pytest 7 to 9 in the project's own interpreter")


def _runner() -> Any:
    from workbench_pytest.runner import PytestRunner

    return PytestRunner()
