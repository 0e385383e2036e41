"""Several calls at once: what may come of them, and how many may win."""

from __future__ import annotations

import ast
import textwrap

from workbench.analysis.writers.draft import Draft, blank
from workbench.analysis.writers.examples import Example, calls_of
from workbench.analysis.writers.model import Ask, NothingToWriteError, Project
from workbench.analysis.writers.source import Function, Source, module_name

RACES = ("WB101", "WB102", "WB103", "WB203")
"""Rules whose finding is a race."""

CALLS = 10

_LOST = ("WB102", "WB103")


def concurrency(ask: Ask, project: Project) -> Draft:
    """``function`` called by ten threads at a barrier (tasks, where it is a coroutine)."""
    source, name, function = place(ask, project)
    example = next(iter(calls_of(project, module_name(source.path), name)), None)
    refusals = raised(source, function)
    call, imports, constants = called(source, name, function, example)
    rule = ask.finding.rule if ask.finding else ""
    winners = CALLS if rule in _LOST else 1
    given = not constants
    invariant = f"WINNERS = {blank(winners) if given else winners}  # the invariant: how many of the calls may succeed"
    draft = Draft(
        title=f"{name.rpartition('.')[2]}, called {CALLS} times at once.",
        name=f"test_{name.rpartition('.')[2].strip('_')}_at_once",
        body=_body(call, refusals, isinstance(function, ast.AsyncFunctionDef), project.django),
        constants=[f"CALLS = {CALLS}", invariant, *constants],
        choice="how many of the calls may succeed" if given else "what the function is called with",
        why=ask.finding.message if ask.finding else ask.title,
        example=example,
        threads=True,
        database=project.django,
    )
    draft.imports |= imports
    if isinstance(function, ast.AsyncFunctionDef):
        draft.imports.add("import asyncio")
    else:
        draft.imports.add("from threading import Barrier, Thread")
        draft.imports |= {"from django.db import connections"} if project.django else set()
    return draft


def place(ask: Ask, project: Project) -> tuple[Source, str, Function]:
    """The file, the qualified name and the function that the evidence points at. Raises NothingToWriteError."""
    source = project.source(ask.path)
    found = source.function_at(ask.line) if source is not None else None
    if source is None or found is None:
        raise NothingToWriteError(f"{ask.title}: {ask.path or 'nothing'}:{ask.line} is in no Python function")
    return source, found[0], found[1]


def raised(source: Source, function: Function) -> list[str]:
    """Last names of the exceptions that the function raises itself: what a call that loses may come to."""
    found: list[str] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Raise) and node.exc is not None:
            made = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
            name = source.meaning(made).rpartition(".")[2]
            found += [name] if name and name[0].isupper() else []
    return list(dict.fromkeys(found))


def called(source: Source, name: str, function: Function, example: Example | None) -> tuple[str, set[str], list[str]]:
    """(source, imports, constants) of the call as the tests make it; its arguments are the blank where none does."""
    if example is not None:
        return example.call, set(), []
    parameters = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    required = parameters[: len(parameters) - len(function.args.defaults)]
    first = name.split(".")[0]
    made = f"{first}().{name.partition('.')[2]}" if "." in name else name
    imports = {f"from {module_name(source.path)} import {first}"}
    if not required:
        return f"{made}()", imports, []
    hint = f"  # fill in: {', '.join(required)}"
    return f"{made}(*ARGUMENTS)", imports, [f"ARGUMENTS = ({blank('')})" + hint]


def _body(call: str, refusals: list[str], asynchronous: bool, django: bool) -> list[str]:
    allowed = ", ".join(f'"{each}"' for each in ["returned", *refusals])
    checks = [
        'assert outcomes.count("returned") == WINNERS, sorted(outcomes)',
        f"assert set(outcomes) <= {{{allowed}}}, sorted(outcomes)",
    ]
    if asynchronous:
        return [
            "async def at_once():",
            f"    return await asyncio.gather(*({call} for _ in range(CALLS)), return_exceptions=True)",
            "",
            "ended = asyncio.run(at_once())",
            'outcomes = [type(each).__name__ if isinstance(each, Exception) else "returned" for each in ended]',
            *checks,
        ]
    closing = "finally:\n            connections.close_all()" if django else ""
    calling = textwrap.dedent(
        f"""\
        def call():
            barrier.wait()
            try:
                {call}
                outcomes.append("returned")
            except Exception as problem:
                outcomes.append(type(problem).__name__)
        """
    ).rstrip()
    return [
        "barrier, outcomes = Barrier(CALLS), []",
        "",
        calling + ("\n    " + closing.replace("\n            ", "\n        ") if closing else ""),
        "",
        "threads = [Thread(target=call) for _ in range(CALLS)]",
        "for thread in threads:",
        "    thread.start()",
        "for thread in threads:",
        "    thread.join()",
        *checks,
    ]
