"""What a change is about, by the paths it touches."""

from __future__ import annotations

import re

from workbench.case.enums import CauseClass
from workbench.case.logs import Change

_CONFIGURATION = re.compile(
    r"(^|/)(\w*settings|config|conf|\w+\.conf)\.py$|(^|/)settings/[^/]+\.py$|(^|/)(helm|k8s|charts)/"
    r"|\.(env|ini|cfg|conf|ya?ml|toml|properties)$|(^|/)\.env"
)
_DEPENDENCY = re.compile(
    r"(^|/)(requirements[^/]*\.txt|constraints[^/]*\.txt|poetry\.lock|Pipfile(\.lock)?|package(-lock)?\.json|yarn\.lock"
    r"|uv\.lock|pdm\.lock|go\.(mod|sum)|Cargo\.(toml|lock)|Gemfile(\.lock)?)$"
)
_MIGRATION = re.compile(r"(^|/)(migrations|alembic/versions|db/migrate)/[^/]+\.(py|sql|rb)$")
_CONTAINER = re.compile(r"(^|/)(Dockerfile[^/]*|Containerfile|[^/]*compose[^/]*\.ya?ml|Procfile)$")
_OPERATIONS = re.compile(r"(^|/)(helm|k8s|charts|deploy)/[^/]+")
_CI = re.compile(r"(^|/)(\.github/workflows/|\.gitlab-ci\.ya?ml$|\.circleci/|Jenkinsfile$|azure-pipelines)")
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
    return CauseClass.CONFIGURATION if _configures(path) else CauseClass.CODE


def part_of(path: str) -> str:
    """What a path is to a release: ``lock``, ``migration``, ``ci``, ``container``, ``settings``, or empty for code."""
    if _DEPENDENCY.search(path):
        return "lock"
    if _MIGRATION.search(path):
        return "migration"
    if _CI.search(path):
        return "ci"
    if _DOCS.search(path):
        return ""
    if _CONTAINER.search(path):
        return "container"
    return "settings" if _configures(path) else ""


def _configures(path: str) -> bool:
    return any(shape.search(path) for shape in (_CONFIGURATION, _CONTAINER, _OPERATIONS))
