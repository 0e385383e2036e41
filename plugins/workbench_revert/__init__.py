"""Mitigate first: take back a suspect commit or a setting, or go back to the last good release."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_fixers(register: Register) -> None:
    """Announce the fixers."""
    register("revert", _revert, title="take back a commit, or go back to the last good release", needs=("command:git",))
    register("configuration-back", _configuration, title="a setting as it was before", needs=("command:git",))


def _revert() -> Any:
    from workbench_revert.fixer import RevertFixer

    return RevertFixer()


def _configuration() -> Any:
    from workbench_revert.configuration import ConfigurationFixer

    return ConfigurationFixer()
