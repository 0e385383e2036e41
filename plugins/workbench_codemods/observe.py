"""Writes a structured log call and a counter where something fails, in the words of the project."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import libcst as cst

from workbench_codemods.project import is_test, module_name, python_files, text
from workbench_codemods.seen import LOGGER, Idiom, idiom_of
from workbench_codemods.syntax import Source, dotted, nodes, with_import

READ = 400
"""Files that the idiom is read from at most."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What was written where: for the proposal, and for the test that it fires. ``owner`` is the class of a method,
    ``callee`` the dotted name of a call that can be made to fail, ``error`` the exception's name in the module."""

    path: str
    line: int
    module: str
    function: str
    owner: str
    parameters: tuple[str, ...]
    is_async: bool
    callee: str
    error: str
    event: str
    idiom: Idiom
    counter: str


def observe(worktree: str, name: str, frames: Sequence[tuple[str, int, str]]) -> list[Observed]:
    """Log and count where ``name`` is raised: the innermost of ``frames`` (path, line, function) in the project.

    Writes the file; gives what was written, or nothing where it is seen already or there is no such place.
    """
    root = Path(worktree)
    inner = [each for each in frames if not is_test(each[0]) and (root / each[0]).is_file()]
    if not inner:
        return []
    path, line, _ = inner[-1]
    source = (root / path).read_bytes().decode("utf-8")
    files = python_files(root)[:READ]
    idiom = idiom_of([source, *(text(root, each) for each in files)])
    made = observed(source, line, name, idiom)
    if made is None:
        return []
    changed, what = made
    (root / path).write_bytes(changed.encode("utf-8"))
    return [replace(what, path=path, module=module_name(root, path))]


def observed(source: str, line: int, name: str, idiom: Idiom) -> tuple[str, Observed] | None:
    """``source`` with the statement at ``line`` seen to, and what was written; None where it is seen already."""
    read = Source.of(source)
    function = read.function(line)
    statements = read.covering(cst.SimpleStatementLine, line, function) if function is not None else []
    if function is None or not statements:
        return None
    statement = statements[-1]
    called = function.name.value
    event = f"{called.strip('_')}.failed"
    if event in source or f"{called.strip('_')} failed" in source:
        return None
    error = name if name in vars(builtins) or _binds(read.module, name) else "Exception"
    raises = any(True for _ in nodes(statement, cst.Raise))
    logger = LOGGER.search(source)
    counter = f"{called.strip('_')}_failures"
    lines = [_log(logger[1] if logger else "logger", called.strip("_"), name, idiom, active=not raises)]
    lines += [_count(counter, idiom)] if idiom.metric else []
    config = read.module.config_for_parsing
    added = [cst.parse_statement(f"{each}\n", config=config) for each in lines]
    if raises:
        first = added[0].with_changes(leading_lines=statement.leading_lines)
        new: cst.FlattenSentinel[cst.BaseStatement] | cst.BaseStatement = cst.FlattenSentinel(
            [first, *added[1:], statement.with_changes(leading_lines=())]
        )
    else:
        frame = f"try:\n    pass\nexcept {error}:\n    " + "\n    ".join([*lines, "raise"]) + "\n"
        whole = cst.parse_statement(frame, config=config)
        assert isinstance(whole, cst.Try)
        body = whole.body.with_changes(body=[statement.with_changes(leading_lines=())])
        new = whole.with_changes(body=body, leading_lines=statement.leading_lines)
    module = read.module.visit(_Put(statement, new))
    module = _with_tools(module, logger is not None, counter, called, idiom)
    owner = next((each.name.value for each in read.covering(cst.ClassDef, line) if function in each.body.body), "")
    parameters = tuple(each.name.value for each in (*function.params.posonly_params, *function.params.params))
    callee = "" if raises else _callee(read, statement, parameters)
    asynchronous = function.asynchronous is not None
    what = Observed("", line, "", called, owner, parameters, asynchronous, callee, error, event, idiom, counter)
    return module.code, what


class _Put(cst.CSTTransformer):
    def __init__(self, old: cst.CSTNode, new: cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]) -> None:
        super().__init__()
        self._old, self._new = old, new

    def leave_SimpleStatementLine(  # noqa: N802 - LibCST's name
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.BaseStatement | cst.FlattenSentinel[cst.BaseStatement]:
        return self._new if original_node is self._old else updated_node


def _log(logger: str, function: str, name: str, idiom: Idiom, active: bool) -> str:
    """The log call; ``active`` says that an exception is being handled, whose traceback goes along."""
    verb = "exception" if active else "error"
    if idiom.log == "structlog":
        return f'{logger}.{verb}("{function}.failed", error="{name}")'
    return f'{logger}.{verb}("{function} failed", extra={{"event": "{function}.failed", "error": "{name}"}})'


def _count(counter: str, idiom: Idiom) -> str:
    if idiom.metric == "prometheus":
        return f"{counter.upper()}.inc()"
    if idiom.metric == "opentelemetry":
        return f"{counter.upper()}.add(1)"
    return f'statsd.{idiom.statsd[1]}("{counter}")'


def _with_tools(module: cst.Module, has_logger: bool, counter: str, function: str, idiom: Idiom) -> cst.Module:
    """The module with its imports, its logger and its counter."""
    defined: list[str] = []
    if not has_logger:
        module = with_import(module, idiom.log)
        defined.append(
            f"logger = {'structlog.get_logger' if idiom.log == 'structlog' else 'logging.getLogger'}(__name__)"
        )
    if idiom.metric == "prometheus":
        module = with_import(module, "prometheus_client", "Counter")
        defined.append(f'{counter.upper()} = Counter("{counter}", "How often {function} failed")')
    elif idiom.metric == "opentelemetry":
        module = with_import(module, "opentelemetry", "metrics")
        defined.append(f'{counter.upper()} = metrics.get_meter(__name__).create_counter("{counter}")')
    elif idiom.metric == "statsd" and not _binds(module, "statsd"):
        package = idiom.statsd[0].split()[1] if idiom.statsd[0].startswith("from") else "statsd"
        module = with_import(module, package, "statsd" if idiom.statsd[0].startswith("from") else "")
    if not defined:
        return module
    body = list(module.body)
    imports = [at for at, each in enumerate(body) if _imports(each)]
    loggers = [at for at, each in enumerate(body) if LOGGER.match(module.code_for_node(each).strip())]
    at = max([*imports, *loggers], default=-1) + 1
    made = [cst.parse_statement(f"{each}\n") for each in defined]
    if not loggers:
        made[0] = made[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    return module.with_changes(body=[*body[:at], *made, *body[at:]])


def _imports(node: cst.CSTNode) -> bool:
    return isinstance(node, cst.SimpleStatementLine) and isinstance(node.body[0], cst.Import | cst.ImportFrom)


def _callee(read: Source, statement: cst.CSTNode, parameters: Sequence[str]) -> str:
    """The first call of the statement that a test can make fail: of a parameter, or of a name of the module."""
    for call in nodes(statement, cst.Call):
        path = dotted(call.func)
        root = path.partition(".")[0]
        if path and ((root in parameters and "." in path) or (root not in parameters and _binds(read.module, root))):
            return path
    return ""


def _binds(module: cst.Module, name: str) -> bool:
    """Whether the module imports, defines or assigns ``name`` at its top."""
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef | cst.ClassDef):
            if statement.name.value == name:
                return True
            continue
        for alias in nodes(statement, cst.ImportAlias):
            if (alias.evaluated_alias or alias.evaluated_name).partition(".")[0] == name:
                return True
        for target in nodes(statement, cst.AssignTarget):
            if dotted(target.target) == name:
                return True
    return False
