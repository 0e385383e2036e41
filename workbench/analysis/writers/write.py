"""From evidence to a test: which template serves it, what it makes, where it goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePosixPath

from workbench.analysis.proof.paths import holds_tests
from workbench.analysis.writers.answers import behind_a_limit, endpoint, fault, replay, traceback
from workbench.analysis.writers.concurrency import RACES, concurrency
from workbench.analysis.writers.draft import Draft, render
from workbench.analysis.writers.example import example
from workbench.analysis.writers.faults import fault_of, raising_seam
from workbench.analysis.writers.model import BEGIN, END, Ask, NothingToWriteError, Project, Written
from workbench.analysis.writers.ratio import ratio
from workbench.analysis.writers.scale import growth, memory, queries
from workbench.analysis.writers.slow import slow

TEMPLATES: Mapping[str, Callable[[Ask, Project], Draft]] = {
    "concurrency": concurrency,
    "fault": fault,
    "replay": replay,
    "traceback": traceback,
    "example": example,
    "slow": slow,
    "queries": queries,
    "ratio": ratio,
    "growth": growth,
    "memory": memory,
}
"""What can be written, by name: calls at once, a dependency that fails, a request replayed, what a traceback ends in,
a call with the values of a traceback, a dependency that does not answer, queries counted, a function beside
itself as it was at the good commit, input that grows, memory that stays."""

_BY_RULE = {
    "WB204": "queries",
    "WB301": "queries",
    "WB313": "queries",
    "WB311": "ratio",
    "WB312": "memory",
    "WB104": "slow",
}


_ELSE = {"WB311": "growth"}
"""What is tried where the first cannot be made: no good commit is known, or the function is as it was."""


def write_test(ask: Ask, texts: Mapping[str, str], paths: Sequence[str]) -> Written:
    """The test of ``ask``. ``texts`` are Python files by path, ``paths`` all that the repository lists.

    Raises NothingToWriteError naming what is missing.
    """
    project = _project(texts, paths)
    name, draft = _drafted(ask, project)
    path = _path(draft, project, paths)
    marked = render(draft, project)
    text, blank = _unmarked(marked)
    owner = re.search(rf"^class (\w+)[^\n]*:\n(?:(?!^\S).*\n)*    def {draft.name}\(", text, re.M)
    test = f"{path}::{owner[1]}::{draft.name}" if owner else f"{path}::{draft.name}"
    return Written(ask.ref, name, path, test, text, blank, draft.choice, draft.why)


def _drafted(ask: Ask, project: Project) -> tuple[str, Draft]:
    """The template that was asked for or that the evidence calls for; else the first of ``red`` that can be made."""
    try:
        name = ask.template or _chosen(ask, project)
        return name, TEMPLATES[name](ask, project)
    except NothingToWriteError:
        instead = [_ELSE[ask.finding.rule]] if ask.finding and ask.finding.rule in _ELSE else []
        for name in () if ask.template else filter(TEMPLATES.__contains__, [*instead, *ask.red]):
            with suppress(NothingToWriteError):
                return name, TEMPLATES[name](ask, project)
        raise


def _chosen(ask: Ask, project: Project) -> str:
    """The template that the evidence calls for."""
    rule = ask.finding.rule if ask.finding else ""
    if rule in RACES:
        return "concurrency"
    if rule in _BY_RULE:
        return _BY_RULE[rule]
    error = ask.error
    if error is None:
        raise NothingToWriteError(f"{ask.title}: neither an error nor a rule that a template serves belongs to it")
    if fault_of(error) is not None and any(endpoint(ask)):
        return "fault"
    if behind_a_limit(error, project):
        return "replay"
    if any(endpoint(ask)) and raising_seam(error, project) is not None:
        return "traceback"
    return "example" if error.place is not None else "replay"


def _project(texts: Mapping[str, str], paths: Sequence[str]) -> Project:
    tops = {path.removeprefix("src/").split("/")[0].removesuffix(".py") for path in texts if "/" in path or path}
    configured = any(re.search(r"(^|\n)(import pytest|from pytest)\b", text) for text in texts.values())
    pytest = configured or any(PurePosixPath(path).name in ("conftest.py", "pytest.ini") for path in paths)
    django = any(re.search(r"(^|\n)(from django[.\s]|import django)", text) for text in texts.values())
    return Project(texts, frozenset(tops), pytest, django)


def _path(draft: Draft, project: Project, paths: Sequence[str]) -> str:
    """Beside the example; else where most tests of the project are. A file that is there already is left alone."""
    if draft.example is not None and draft.example.path:
        folder = str(PurePosixPath(draft.example.path).parent)
    else:
        folders = [str(PurePosixPath(path).parent) for path in project.texts if holds_tests(path)]
        folder = max(sorted(set(folders)), key=folders.count, default="tests")
    there = set(paths)
    for number in range(1, 100):
        end = "" if number == 1 else f"_{number}"
        path = str(PurePosixPath(folder) / f"{draft.name}{end}.py")
        if path not in there:
            return path
    raise NothingToWriteError(f"{folder} holds a hundred files named {draft.name} already")


def _unmarked(marked: str) -> tuple[str, tuple[int, int, int, int]]:
    """The text without the marks of its blank, and where the blank is."""
    before, _, rest = marked.partition(BEGIN)
    inside, _, after = rest.partition(END)
    start = before.count("\n"), len(before) - (before.rfind("\n") + 1)
    until = before + inside
    end = until.count("\n"), len(until) - (until.rfind("\n") + 1)
    return until + after, (*start, *end)
