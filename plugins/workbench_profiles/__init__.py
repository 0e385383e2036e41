"""The profiles analyzer: profiles of time and memory, alone or in pairs, on this checkout."""

from __future__ import annotations

from typing import Any

from workbench.api import Register, hookimpl


@hookimpl
def register_analyzers(register: Register) -> None:
    """Announce the analyzer."""
    title = "profiles: where time, memory and calls grew between a good and a bad one"
    register("profiles", _analyzer, title=title, needs=("input:profile",))


def _analyzer() -> Any:
    from workbench_profiles.analyzer import ProfilesAnalyzer

    return ProfilesAnalyzer()
