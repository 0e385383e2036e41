"""Tests of what grows: the queries of a call with more rows, the time of a call with more input."""

from __future__ import annotations

import ast

from workbench.analysis.writers.concurrency import called, place
from workbench.analysis.writers.draft import Draft, blank
from workbench.analysis.writers.examples import Example, calls_of, requests_of
from workbench.analysis.writers.model import Ask, NothingToWriteError, Project
from workbench.analysis.writers.source import Function, Source, module_name, names_in

_READS = frozenset({"all", "filter", "exclude", "order_by", "select_related", "values"})


def queries(ask: Ask, project: Project) -> Draft:
    """The call asks the database as often for ten rows as for one. What makes a row more is the blank."""
    if not project.django:
        raise NothingToWriteError("queries are counted with Django, and this project has none")
    source, name, function = place(ask, project)
    example = _call_or_request(project, source, name)
    call, imports, constants = called(source, name, function, example)
    model = _model(source, function)
    row = _row(project, model) if model else ""
    before = [
        "def more():",
        f"    {blank(row or '...')}  # one more row of {model or 'what is listed'}",
        "",
    ]
    body = [
        *before,
        "more()",
        "with CaptureQueriesContext(connection) as few:",
        f"    {_spent(call, function)}",
        "for _ in range(9):",
        "    more()",
        "with CaptureQueriesContext(connection) as many:",
        f"    {_spent(call, function)}",
        "assert len(many) == len(few), [query['sql'] for query in many]".replace("'", '"'),
    ]
    draft = Draft(
        title=f"{name} asks the database as often for ten rows as for one.",
        name=f"test_{name.rpartition('.')[2].strip('_')}_queries_do_not_grow",
        body=body,
        imports={"from django.db import connection", "from django.test.utils import CaptureQueriesContext", *imports},
        constants=constants,
        choice=f"how one more row of {model or 'what is listed'} is made",
        why=ask.finding.message if ask.finding else "",
        example=example,
        database=True,
    )
    if model and model in source.imports:
        draft.imports.add(source.imports[model][0])
    elif model and source.named(model) is not None:
        draft.imports.add(f"from {module_name(source.path)} import {model}")
    return draft


def growth(ask: Ask, project: Project) -> Draft:
    """Eight times the input takes not much more than eight times the time."""
    source, name, function = place(ask, project)
    example = next(iter(calls_of(project, module_name(source.path), name)), None)
    parameters = [each.arg for each in function.args.args if each.arg not in ("self", "cls")]
    if not parameters:
        raise NothingToWriteError(f"{name} takes nothing that could grow")
    made, call = _scaled(source, name, example, parameters)
    last = name.rpartition(".")[2].strip("_")
    draft = Draft(
        title=f"Eight times the input takes {name} about eight times as long.",
        name=f"test_{last}_grows_with_its_input",
        body=[
            "def seconds(n):",
            "    made, times = sized(n), []",
            "    for _ in range(5):",
            "        began = process_time()",
            f"        {call}",
            "        times.append(process_time() - began)",
            "    return min(times)",
            "",
            "assert seconds(8 * SIZE) <= LIMIT * max(seconds(SIZE), 1e-4)",
        ],
        imports={"from time import process_time"},
        constants=[
            "SIZE = 400",
            "LIMIT = 16  # eight times the input: 8 is linear, 64 is quadratic",
            "",
            "",
            "def sized(n):",
            f"    return {blank(made)}  # an input of n parts",
        ],
        choice="an input of n parts",
        why=ask.finding.message if ask.finding else ask.title,
        example=example,
    )
    if example is None:
        draft.imports.add(f"from {module_name(source.path)} import {name.split('.')[0]}")
    return draft


def memory(ask: Ask, project: Project) -> Draft:
    """What a thousand calls more leave behind stays under a limit: growth per 1,000 requests."""
    source, name, function = place(ask, project)
    example = _call_or_request(project, source, name)
    call, imports, constants = called(source, name, function, example)
    limit = f"LIMIT = {blank('100_000') if not constants else '100_000'}  # bytes that 1,000 calls may leave behind"
    return Draft(
        title=f"{name} leaves nothing behind.",
        name=f"test_{name.rpartition('.')[2].strip('_')}_leaves_nothing_behind",
        body=[
            "def calls(n):",
            "    for _ in range(n):",
            f"        {call}",
            "    gc.collect()",
            "    return tracemalloc.get_traced_memory()[0]",
            "",
            "tracemalloc.start()",
            "try:",
            "    before = calls(100)",
            "    grown = calls(1000) - before",
            "finally:",
            "    tracemalloc.stop()",
            'assert grown <= LIMIT, f"{grown:,} bytes more after 1,000 calls"',
        ],
        imports={"import gc", "import tracemalloc", *imports},
        constants=[limit, *constants],
        choice="bytes that 1,000 calls may leave behind" if not constants else "what the function is called with",
        why=ask.finding.message if ask.finding else "",
        example=example,
        database=project.django and example is not None and not example.fixtures,
    )


def _call_or_request(project: Project, source: Source, name: str) -> Example | None:
    found = calls_of(project, module_name(source.path), name) or requests_of(project, "", name.rpartition(".")[2])
    return next(iter(found), None)


def _spent(call: str, function: Function) -> str:
    """A generator asks for nothing until it is walked through."""
    makes = any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))
    return f"list({call})" if makes else call


def _model(source: Source, function: Function) -> str:
    """The model that the function walks through: ``Order`` of ``for order in Order.objects.filter(...)``."""
    made = {
        node.targets[0].id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    for node in ast.walk(function):
        if not isinstance(node, ast.For | ast.comprehension):
            continue
        walked = made.get(node.iter.id, node.iter) if isinstance(node.iter, ast.Name) else node.iter
        if any(isinstance(each, ast.Attribute) and each.attr in (*_READS, "objects") for each in ast.walk(walked)):
            names = [each for each in sorted(names_in(walked)) if each[:1].isupper()]
            if names and (names[0] in source.imports or source.named(names[0]) is not None):
                return names[0]
    return ""


def _row(project: Project, model: str) -> str:
    """How the project's tests make a row of ``model``, where they do so by values alone that may stand twice."""
    for path in sorted(project.texts):
        source = project.source(path) if f"{model}.objects.create(" in project.texts[path] else None
        for node in ast.walk(source.tree) if source is not None else ():
            made = isinstance(node, ast.Call) and ast.unparse(node.func) == f"{model}.objects.create"
            if made and not names_in(node) - {model}:
                return ast.unparse(node)
    return ""


def _scaled(source: Source, name: str, example: Example | None, parameters: list[str]) -> tuple[str, str]:
    """(an expression of ``n``, the call with ``made`` in place of its first argument) after the project's example."""
    first = name.split(".")[0]
    called_as = f"{first}().{name.partition('.')[2]}" if "." in name else name
    rest = ", ..." * (len(parameters) - 1) if example is None else ""
    if example is None:
        return "...", f"{called_as}(made{rest})"
    call = ast.parse(example.call, mode="eval").body
    assert isinstance(call, ast.Call)
    if not call.args:
        return "...", example.call
    before = call.args[0]
    call.args[0] = ast.Name("made")
    made = "..."
    if isinstance(before, ast.List) and before.elts:
        made = f"[{ast.unparse(before.elts[0])}] * n"
    elif isinstance(before, ast.Constant) and isinstance(before.value, str) and before.value:
        made = f"{before.value[:1]!r} * n".replace("'", '"')
    elif isinstance(before, ast.Constant) and isinstance(before.value, int):
        made = "n"
    return made, ast.unparse(call)
