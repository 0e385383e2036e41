"""Writes the handler: where the exception passes through the code that answers a request, in that code's words."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from pathlib import Path

import libcst as cst

from workbench_codemods.idioms import Answer, find_answer
from workbench_codemods.project import defined_in, is_test, module_name, python_files
from workbench_codemods.syntax import Source, nodes, with_import

_ROUTES = frozenset(
    {"route", "get", "post", "put", "delete", "patch", "api_view", "websocket", "exposed", "view_config"}
)
_ONWARD = "get_response("
"""A middleware that hands the request on: what comes through there was raised further in."""


def answer(worktree: str, name: str, frames: Sequence[tuple[str, int, str]]) -> list[str]:
    """Answer the exception ``name`` in the outermost of ``frames`` (path, line, function) that handles a request.

    Writes the file; gives where, the name and how it is answered, or nothing where it is answered already, where no
    frame handles a request, or where nobody can tell what the answer should be.
    """
    root = Path(worktree)
    for path, line, _ in frames:
        file = root / path
        if is_test(path) or not file.is_file():
            continue
        source = file.read_bytes().decode("utf-8")
        lines = source.splitlines()
        if not 0 < line <= len(lines) or _ONWARD in lines[line - 1] or not _handles_requests(source, line):
            continue
        files = python_files(root)
        said = find_answer(root, files, path, name)
        made = _with_handler(source, line, name, said) if said is not None else None
        if made is None or said is None:
            return []
        package = module_name(root, defined_in(root, files, name))
        for module, wanted in (*said.imports, *([(package, name)] if package else [])):
            if module != module_name(root, path) and not _binds(made, wanted):
                made = with_import(made, module, wanted)
        file.write_bytes(made.code.encode("utf-8"))
        return [f"{path}:{line}", name, said.why]
    return []


def _handles_requests(source: str, line: int) -> bool:
    """Whether the function around ``line`` answers requests: it takes one, or a decorator gives it a route."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    if not around:
        return False
    function = max(around, key=lambda node: node.lineno)
    takes = [argument.arg for argument in function.args.args[:2]]
    return "request" in takes or any(_route(decorator) for decorator in function.decorator_list)


def _route(decorator: ast.expr) -> bool:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    return name in _ROUTES or name.startswith("require_")


def _with_handler(source: str, line: int, name: str, said: Answer) -> cst.Module | None:
    read = Source.of(source)
    statements = read.covering(cst.SimpleStatementLine, line)
    if not statements:
        return None
    statement = statements[-1]
    frame = f"try:\n    pass\nexcept {name} as {said.name}:\n    {said.statement}\n"
    whole = cst.parse_statement(frame, config=read.module.config_for_parsing)
    assert isinstance(whole, cst.Try)
    around = [
        each for each in read.covering(cst.Try, line) if statement in set(nodes(each.body, cst.SimpleStatementLine))
    ]
    if any(name in _caught(handler) for each in around for handler in each.handlers):
        return None
    function = read.function(line)
    inner = [each for each in around if function is not None and each in set(nodes(function, cst.Try))]
    if inner and not _catches_all(inner[-1].handlers):
        handlers = [*inner[-1].handlers, *whole.handlers]
        return read.replaced(inner[-1], inner[-1].with_changes(handlers=handlers))
    body = whole.body.with_changes(body=[statement.with_changes(leading_lines=())])
    return read.replaced(statement, whole.with_changes(body=body, leading_lines=statement.leading_lines))


def _caught(handler: cst.ExceptHandler) -> set[str]:
    return {name.value for name in nodes(handler.type, cst.Name)} if handler.type is not None else {"BaseException"}


def _catches_all(handlers: Iterable[cst.ExceptHandler]) -> bool:
    return any(_caught(handler) & {"Exception", "BaseException"} for handler in handlers)


def _binds(module: cst.Module, name: str) -> bool:
    """Whether the module imports or defines ``name`` at its top."""
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef) and statement.name.value == name:
            return True
        for alias in nodes(statement, cst.ImportAlias):
            if (alias.evaluated_alias or alias.evaluated_name) == name:
                return True
    return False
