"""Which gates a case asks for, and why: what was found there, and what the change touches. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import PurePosixPath

from workbench.case.enums import CauseClass, CauseStatus
from workbench.case.state import CaseState

RACES = ("check_then_act", "read_modify_write", "lock_discipline", "process_local")
"""Rules whose findings are races."""

SLOW = ("n_plus_one",)
_AUTH = re.compile(r"auth|login|logout|token|session|password|permission|jwt|oauth|account", re.IGNORECASE)
_RACE = re.compile(r"\brace|deadlock|concurren|lost update|IntegrityError|refreshed before|conflict", re.IGNORECASE)
_MIGRATION = re.compile(r"(^|/)(migrations/\d\w*\.py|alembic/versions/\w+\.py|migrations/versions/\w+\.py)$")
_LOCK = re.compile(
    r"(^|/)(requirements[\w.-]*\.(txt|in)|constraints[\w.-]*\.txt|pyproject\.toml|setup\.(cfg|py)|Pipfile(\.lock)?"
    r"|poetry\.lock|uv\.lock|pdm\.lock|package(-lock)?\.json|yarn\.lock|go\.(mod|sum)|Cargo\.(toml|lock))$"
)


def is_migration(path: str) -> bool:
    """Whether a path is a migration of Django's or Alembic's."""
    return bool(_MIGRATION.search(path))


def is_dependency_file(path: str) -> bool:
    """Whether a path says what is to be installed."""
    return bool(_LOCK.search(path))


def row_counts(state: CaseState) -> Mapping[str, int]:
    """By table, how many rows it has in production, as the case's analyzers read it."""
    facts = (each for run in state.finished.values() for each in run.report.databases)
    return {table.name.rpartition(".")[2]: table.rows for each in facts for table in each.tables if table.rows}


def endpoints(state: CaseState, paths: Collection[str]) -> tuple[str, ...]:
    """Entries of the case's map (``GET /path``, ``/path``) from which the code of ``paths`` is reached, and those that
    its errors name; each once."""
    nodes = {node.id: node for run in state.finished.values() for node in run.report.nodes}
    calls: dict[str, list[str]] = {}
    for run in state.finished.values():
        for edge in run.report.edges:
            calls.setdefault(edge.source, []).append(edge.target)
    found = [
        node.label
        for node in nodes.values()
        if node.kind == "entry" and any(nodes[each].path in paths for each in _reached(node.id, calls) if each in nodes)
    ]
    for run in state.finished.values():
        found += [name for error in run.report.errors for name, _ in error.endpoints]
    return tuple(dict.fromkeys(name for name in found if name.rpartition(" ")[2].startswith("/")))


def _reached(start: str, calls: Mapping[str, Sequence[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        for target in calls.get(waiting.pop(), ()):
            if target not in seen:
                seen.add(target)
                waiting.append(target)
    return seen


def proposed(state: CaseState, paths: Sequence[str], diff: str = "", racy: Collection[str] = ()) -> Mapping[str, str]:
    """By gate, why it is asked for; the first reason of each."""
    found: dict[str, str] = {}
    for gate, why in (*_of_change(paths, racy), *_of_case(state)):
        found.setdefault(gate, why)
    return found


def _of_change(paths: Sequence[str], racy: Collection[str]) -> Iterator[tuple[str, str]]:
    if racy:
        yield "stress", f"{sorted(racy)[0]} starts threads"
    for path in paths:
        if is_migration(path):
            yield "migration", f"{path} is a migration"
        elif is_dependency_file(path):
            yield "dependencies", f"{path} says what is installed"
        elif path.endswith("models.py"):
            yield "migration", f"{path} may need one"
        if path.endswith(".py") and _AUTH.search(path):
            yield "probes", f"{path} is named for authentication"


def _of_case(state: CaseState) -> Iterator[tuple[str, str]]:
    for run in state.finished.values():
        for finding in run.report.findings:
            where = f"{finding.rule} at {PurePosixPath(finding.path).name}:{finding.line}"
            name = finding.rule.replace("-", "_")
            if name in RACES:
                yield "stress", where
            if name in SLOW:
                yield "performance", where
        for error in run.report.errors:
            if _RACE.search(error.type) or _RACE.search(error.why):
                yield "stress", f"the error {error.type}"
        for upstream in run.report.upstreams:
            yield "faults", f"calls go to {upstream.host}"
    for cause in state.causes.values():
        if cause.status is CauseStatus.REFUTED:
            continue
        if cause.cause_class is CauseClass.EXTERNAL_SERVICE:
            yield "faults", cause.statement
        if cause.cause_class is CauseClass.CODE and _RACE.search(cause.statement):
            yield "stress", cause.statement
        if cause.cause_class is CauseClass.CAPACITY:
            yield "load", cause.statement
        if "query" in cause.statement or "queries" in cause.statement:
            yield "performance", cause.statement
