"""What a change is about, by the paths it touches."""

from __future__ import annotations

import re

from workbench.api import CauseClass, Change

_CONFIGURATION = re.compile(
    r"(^|/)(settings|config|conf|deploy|helm|k8s|charts)(/|\.|$)|\.(env|ini|cfg|conf|ya?ml|toml|properties)$|(^|/)\.env"
)
_DEPENDENCY = re.compile(
    r"(^|/)(requirements[^/]*\.txt|constraints[^/]*\.txt|poetry\.lock|Pipfile(\.lock)?|package(-lock)?\.json|yarn\.lock"
    r"|uv\.lock|pdm\.lock|go\.(mod|sum)|Cargo\.(toml|lock)|Gemfile(\.lock)?)$"
)
_MIGRATION = re.compile(r"(^|/)(migrations|alembic/versions)/[^/]+\.py$")
_DOCS = re.compile(r"(^|/)(docs?|tests?|\.github)/|\.(md|rst|txt)$|(^|/)(README|CHANGELOG|LICENSE)")


def classes_of(change: Change) -> frozenset[CauseClass]:
    """The classes of cause that a change could be; empty when it touches documents and tests only."""
    found: set[CauseClass] = set()
    for path in change.paths:
        if _DEPENDENCY.search(path):
            found.add(CauseClass.DEPENDENCY)
        elif _MIGRATION.search(path):
            found.add(CauseClass.DATA)
        elif _DOCS.search(path):
            continue
        elif _CONFIGURATION.search(path):
            found.add(CauseClass.CONFIGURATION)
        else:
            found.add(CauseClass.CODE)
    return frozenset(found)
