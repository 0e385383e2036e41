"""A test of what takes longer than it did: a function beside itself as it was at the good commit, in one run."""

from __future__ import annotations

import ast
import json

from workbench.analysis.writers.concurrency import called, place
from workbench.analysis.writers.draft import Draft, blank
from workbench.analysis.writers.examples import calls_of, requests_of
from workbench.analysis.writers.model import Ask, NothingToWriteError, Project
from workbench.analysis.writers.source import Function, Source, module_name

LIMIT = 1.5
"""Times what it took at the good commit: what the plan rolls back by, too."""
LONGEST = 120
"""Lines of a function that is copied into a test at most."""


def ratio(ask: Ask, project: Project) -> Draft:
    """The function takes no more than LIMIT times what it took as it was at the good commit."""
    source, name, function = place(ask, project)
    good = _good(ask, source, name, function)
    found = calls_of(project, module_name(source.path), name) or requests_of(project, "", name.rpartition(".")[2])
    example = next(iter(found), None)
    call, imports, constants = called(source, name, function, example)
    module, last = module_name(source.path), name.rpartition(".")[2]
    if isinstance(function, ast.AsyncFunctionDef) and not call.startswith(("asyncio.run(", "await ")):
        call, imports = f"asyncio.run({call})", {*imports, "import asyncio"}
    call = f"asyncio.run({call.removeprefix('await ')})" if call.startswith("await ") else call
    limit = f"LIMIT = {LIMIT if constants else blank(LIMIT)}  # times what it took at {ask.good}"
    return Draft(
        title=f"{name} takes no more than {LIMIT:g} times what it took at {ask.good}.",
        name=f"test_{last.strip('_')}_takes_no_longer",
        body=[
            "def seconds():",
            "    began = perf_counter()",
            f"    {call}",
            "    return perf_counter() - began",
            "",
            "scope = dict(vars(module))",
            "exec(GOOD, scope)",
            "now, then = [], []",
            "for _ in range(ROUNDS):  # in turn, so that both meet the same machine",
            "    now.append(seconds())",
            f"    {_swapped(name, call)}:",
            "        then.append(seconds())",
            "times = min(now) / max(min(then), 1e-4)",
            f'assert times <= LIMIT, f"{{times:.1f}} times what it took at {ask.good}"',
        ],
        imports={
            "from time import perf_counter",
            "from unittest.mock import patch",
            f"import {module} as module",
            *imports,
        },
        constants=["ROUNDS = 9", limit, *constants, f"GOOD = {_quoted(good)}  # {last} as it was at {ask.good}"],
        choice="how much longer it may take" if not constants else "what the function is called with",
        why=ask.finding.message if ask.finding else ask.title,
        example=example,
        database=project.django and example is not None and not example.fixtures,
    )


def _good(ask: Ask, source: Source, name: str, function: Function) -> str:
    """The function's text at the good commit. Raises NothingToWriteError where it is the same, or is not there."""
    then = Source.of(ask.path, ask.good_text) if ask.good_text else None
    if then is None:
        raise NothingToWriteError(
            f"no good commit has {ask.path}: --deployed REV says what runs, the release before it is"
        )
    was = next((node for known, node, _ in then.functions() if known == name), None)
    if was is None:
        raise NothingToWriteError(f"{name} was not there at {ask.good}")
    text = then.code(was)
    if text == source.code(function):
        raise NothingToWriteError(f"{name} is as it was at {ask.good}")
    if text.count("\n") >= LONGEST:
        raise NothingToWriteError(f"{name} had more than {LONGEST} lines at {ask.good}")
    return text


def _swapped(name: str, call: str) -> str:
    """What puts the old function in the place of the new one: in its module or class, and under the test's own name."""
    owner, _, last = name.rpartition(".")
    where = f"module.{owner}" if owner else "module"
    swapped = f'with patch.object({where}, "{last}", scope["{last}"])'
    bare = not owner and any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(ast.parse(call)))
    return f'{swapped}, patch.dict(globals(), {last}=scope["{last}"])' if bare else swapped


def _quoted(text: str) -> str:
    """A literal of several lines, as a person would write it."""
    if '"""' in text or "\\" in text:
        return json.dumps(text)
    return f'"""\\\n{text}\n"""'
