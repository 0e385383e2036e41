"""What a change is about, by the paths it touches."""

from __future__ import annotations

import re

from workbench.api import CauseClass, Change

_CONFIGURATION = re.compile(
    r"(^|/)(\w*settings|config|conf|\w+\.conf)\.py$|(^|/)settings/[^/]+\.py$|(^|/)(helm|k8s|charts)/"
    r"|\.(env|ini|cfg|conf|ya?ml|toml|properties)$|(^|/)\.env"
)
_DEPENDENCY = re.compile(
    r"(^|/)(requirements[^/]*\.txt|constraints[^/]*\.txt|poetry\.lock|Pipfile(\.lock)?|package(-lock)?\.json|yarn\.lock"
    r"|uv\.lock|pdm\.lock|go\.(mod|sum)|Cargo\.(toml|lock)|Gemfile(\.lock)?)$"
)
_MIGRATION = re.compile(r"(^|/)(migrations|alembic/versions)/[^/]+\.py$")
_DOCS = re.compile(r"(^|/)(docs?|tests?|\.github)/|\.(md|rst|txt)$|(^|/)(README|CHANGELOG|LICENSE)")


def classes_of(change: Change) -> frozenset[CauseClass]:
    """The classes of cause that a change could be; empty when it touches documents and tests only."""
    return frozenset(kind for path in change.paths if (kind := class_of(path)) is not None)


def class_of(path: str) -> CauseClass | None:
    """The class that a change of this path could be, None for documents and tests."""
    if _DEPENDENCY.search(path):
        return CauseClass.DEPENDENCY
    if _MIGRATION.search(path):
        return CauseClass.DATA
    if _DOCS.search(path):
        return None
    return CauseClass.CONFIGURATION if _CONFIGURATION.search(path) else CauseClass.CODE
