"""A dependency that does not answer: a call to it must carry a timeout."""

from __future__ import annotations

import ast

from workbench.analysis.writers.concurrency import called, place
from workbench.analysis.writers.draft import Draft, blank
from workbench.analysis.writers.examples import calls_of
from workbench.analysis.writers.model import Ask, NothingToWriteError, Project
from workbench.analysis.writers.source import module_name

_DOORS = {
    "requests": ("requests.sessions.Session.send", "requests.exceptions", "Timeout"),
    "httpx": ("httpx.Client.send", "httpx", "ReadTimeout"),
    "urllib": ("urllib.request.urlopen", "", "TimeoutError"),
}


def slow(ask: Ask, project: Project) -> Draft:
    """The function, while the service that it calls hangs: it must have said how long it waits."""
    source, name, function = place(ask, project)
    used = {source.meaning(node.func).split(".")[0] for node in ast.walk(function) if isinstance(node, ast.Call)}
    library = next((each for each in _DOORS if each in used), "")
    if not library:
        raise NothingToWriteError(f"{name} calls no service by a library that is known: {', '.join(_DOORS)}")
    door, module, kind = _DOORS[library]
    example = next(iter(calls_of(project, module_name(source.path), name)), None)
    call, imports, constants = called(source, name, function, example)
    limit = f"LIMIT = {blank(10) if not constants else 10}  # seconds that it may wait at most"
    last = name.rpartition(".")[2].strip("_")
    return Draft(
        title=f"{name} does not wait for ever for a service that hangs.",
        name=f"test_{last}_gives_up",
        body=[
            "waits = []",
            "",
            'def hang(*args, timeout=float("inf"), **kwargs):',
            '    waits.append(float("inf") if timeout is None else timeout)',
            f'    raise {kind}("hangs")',
            "",
            f'monkeypatch.setattr("{door}", hang)',
            f"with suppress({kind}):",
            f"    {call}",
            "assert waits",
            "assert all((max(each) if isinstance(each, tuple) else each) <= LIMIT for each in waits), waits",
        ],
        imports={*imports, "from contextlib import suppress", *([f"from {module} import {kind}"] if module else [])},
        fixtures=["monkeypatch"],
        constants=[limit, *constants],
        choice="how long it may wait" if not constants else "what the function is called with",
        why=ask.finding.message if ask.finding else "",
        example=example,
    )
