"""Tests of what a request is answered with: replayed as the log has it, over a limit, with a failing dependency."""

from __future__ import annotations

import ast
import re

from workbench.analysis.writers.draft import Draft, blank
from workbench.analysis.writers.examples import Example, requests_of
from workbench.analysis.writers.faults import Fault, fault_of, raising_seam
from workbench.analysis.writers.model import Ask, NothingToWriteError, Project
from workbench.analysis.writers.source import Source, module_name
from workbench.analysis.writers.statuses import expected_status
from workbench.case.logs import LogError

_REQUEST = re.compile(r"\b(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(/[^\s\"?]*)")
_PATH = re.compile(r"(?:Internal Server Error: |Exception on |leaves |for url: )(/[^\s,?\]]*)")


def short(error: LogError) -> str:
    """The exception's last name."""
    return error.type.rpartition(".")[2]


def replay(ask: Ask, project: Project) -> Draft:
    """The request of the log once more; where its exception stands behind a limit, one time more than that allows."""
    error, example, url = _asked(ask, project)
    limit = _limit(error, project)
    ask_again = f"answer = {example.call}"
    if limit is None:
        return _answered(ask, project, error, example, url, [ask_again], set(), "replayed")
    body = [f"for _ in range({limit[0]} + 1):", f"    {ask_again}"]
    return _answered(ask, project, error, example, url, body, {limit[1]}, "over the limit")


def behind_a_limit(error: LogError, project: Project) -> bool:
    """Whether the error is raised where something was counted against a limit."""
    return _limit(error, project) is not None


def fault(ask: Ask, project: Project) -> Draft:
    """The request while a dependency fails as it did in the log."""
    error, example, url = _asked(ask, project)
    found = fault_of(error)
    if found is None:
        raise NothingToWriteError(f"{short(error)} comes from no dependency that is known: {error.cause or error.type}")
    return _with_fault(ask, project, error, example, url, found)


def traceback(ask: Ask, project: Project) -> Draft:
    """The request while the function that the traceback ends in raises what it raised then."""
    error, example, url = _asked(ask, project)
    found = raising_seam(error, project)
    if found is None:
        raise NothingToWriteError(f"the function that raises {short(error)} is called from nowhere in the project")
    return _with_fault(ask, project, error, example, url, found)


def endpoint(ask: Ask) -> tuple[str, str]:
    """(method, path) of the request that failed, either empty where neither log nor finding tells it."""
    error = ask.error
    texts = [name for name, _ in error.endpoints] if error else []
    texts += [variant.sample for variant in error.variants] if error else []
    for text in texts:
        if found := _REQUEST.search(text):
            return found[1], found[2]
    texts += [ask.finding.message] if ask.finding else []
    texts += [ask.title]
    for text in texts:
        if found := _PATH.search(text):
            return "", found[1]
    return "", next((name for name in texts[:1] if name.startswith("/")), "")


def _asked(ask: Ask, project: Project) -> tuple[LogError, Example, str]:
    if ask.error is None:
        raise NothingToWriteError(f"{ask.title}: no error of the log belongs to it")
    method, url = endpoint(ask)
    view = next((frame.function for frame in ask.error.frames if frame.mapped), "")
    found = requests_of(project, url, view, method)
    if not found and not url:
        raise NothingToWriteError(f"which request failed by {short(ask.error)} is told by neither log nor tests")
    return ask.error, found[0] if found else _unknown(url, method, project), url or found[0].url


def _unknown(url: str, method: str, project: Project) -> Example:
    """A request that no test of the project makes: pytest-django's client, or Django's own."""
    verb = (method or "GET").lower()
    if project.pytest:
        return Example("", f'client.{verb}("{url}")', verb, url, fixtures=("client",))
    return Example("", f'self.client.{verb}("{url}")', verb, url)


def _with_fault(ask: Ask, project: Project, error: LogError, example: Example, url: str, found: Fault) -> Draft:
    request = f"answer = {example.call}"
    body = ["", *found.before, *([f"with {found.within}:", f"    {request}"] if found.within else [request])]
    draft = _answered(ask, project, error, example, url, body, set(found.imports), f"when {found.what}")
    draft.fixtures += found.fixtures if project.pytest else []
    return draft


def _answered(
    ask: Ask,
    project: Project,
    error: LogError,
    example: Example,
    url: str,
    body: list[str],
    imports: set[str],
    when: str,
) -> Draft:
    """The test around a request: exceptions become answers, and the answer's status is the person's to choose."""
    status, why = expected_status(project, short(error))
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", f"{url} {when}")
    words = re.sub(r"\W+", "_", spaced).strip("_").lower()
    client = example.call.split(f".{example.method}(")[0]
    quiet = [f"{client}.raise_request_exception = False"] if project.django and re.fullmatch(r"[\w.]+", client) else []
    expected = f"EXPECTED = {blank(status or '...')}  # {why or 'the status that is right here'}"
    return Draft(
        title=f"{url} {when} is not {'an error of ours' if not status else 'a 500'}: {short(error)}.",
        name=f"test_{words}",
        body=[*quiet, *body, "assert answer.status_code == EXPECTED"],
        imports=imports,
        constants=[expected],
        choice=f"the status that {url} answers with",
        why=why,
        example=example,
        database=project.django and not example.fixtures,
    )


def _limit(error: LogError, project: Project) -> tuple[str, str] | None:
    """(expression, import) of the limit whose excess raises ``error``: a constant or setting after ``>``."""
    frame = error.place
    source = project.source(frame.path) if frame else None
    if frame is None or source is None:
        return None
    found = next((each for each in source.functions() if each[1].name == frame.function.rpartition(".")[2]), None)
    for node in ast.walk(found[1]) if found else ():
        if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
            continue
        raises = [each for each in node.body if isinstance(each, ast.Raise) and short(error) in ast.unparse(each)]
        right = node.test.comparators[-1]
        if raises and isinstance(node.test.ops[-1], ast.Gt | ast.GtE) and isinstance(right, ast.Name | ast.Attribute):
            return _imported(source, right)
    return None


def _imported(source: Source, node: ast.Name | ast.Attribute) -> tuple[str, str] | None:
    text = ast.unparse(node)
    first = text.split(".")[0]
    if first in source.imports and not source.imports[first][0].startswith("from ."):
        return text, source.imports[first][0]
    return (text, f"from {module_name(source.path)} import {first}") if source.named(first) else None
