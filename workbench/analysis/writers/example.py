"""The example of a traceback: the function that failed, called with the values that its message tells."""

from __future__ import annotations

import ast
import re

from workbench.analysis.writers.concurrency import called
from workbench.analysis.writers.draft import Draft, blank
from workbench.analysis.writers.examples import calls_of
from workbench.analysis.writers.model import Ask, NothingToWriteError, Project
from workbench.analysis.writers.source import module_name

_VALUES = (
    re.compile(r"invalid literal for \w+\(\) with base \d+: (?P<value>.+)$"),
    re.compile(r"could not convert string to float: (?P<value>.+)$"),
    re.compile(r"Invalid isoformat string: (?P<value>.+)$"),
    re.compile(r"time data (?P<value>'[^']*') does not match"),
    re.compile(r"unknown url type: (?P<value>.+)$"),
    re.compile(r"JSON object must be .*not (?P<value>NoneType)$"),
)
"""Messages of Python that quote the value which they reject."""


def example(ask: Ask, project: Project) -> Draft:
    """The outermost function of the project in the traceback, called as its tests do; its arguments are the blank."""
    error = ask.error
    frame = next((each for each in error.frames if each.mapped and each.function), None) if error else None
    source = project.source(frame.path) if frame else None
    if error is None or frame is None or source is None:
        raise NothingToWriteError(f"{ask.title}: no traceback through the project's Python belongs to it")
    last = frame.function.rpartition(".")[2]
    found = next((each for each in source.functions() if each[1].name == last), None)
    if found is None:
        raise NothingToWriteError(f"{frame.path} has no function {frame.function} any more")
    name, function, _ = found
    example = next(iter(calls_of(project, module_name(source.path), name)), None)
    call, imports, constants = called(source, name, function, example)
    value = _rejected(error.message)
    if example is not None:
        call, constants = _argument(example.call, value)
    elif value and constants:
        constants = [constants[0].replace(f"({blank('')})", f"({blank(f'{value},')})")]
    kind = error.type.rpartition(".")[2]
    return Draft(
        title=f"{name} does not fail by {kind}: {' '.join(error.message.split())[:80]}".replace('"', "'") + ".",
        name=f"test_{last.strip('_')}_without_{re.sub(r'(?<!^)(?=[A-Z])', '_', kind).lower()}",
        body=[call if constants else f"{call}  # {blank('')}"],
        imports=imports,
        constants=constants,
        choice="what the function is called with",
        why=f"the traceback ends at {error.place.path}:{error.place.line}" if error.place else "",
        example=example,
        database=project.django and example is not None and not example.fixtures,
    )


def _rejected(message: str) -> str:
    """The value that a message quotes, as Python writes it."""
    for pattern in _VALUES:
        if found := pattern.search(message):
            value = found["value"].strip()
            return "None" if value == "NoneType" else value if value[:1] in "'\"" else repr(value)
    return ""


def _argument(call: str, value: str) -> tuple[str, list[str]]:
    """The example's call with its first plain argument made the blank: the value of the log, else the example's."""
    node = ast.parse(call, mode="eval").body
    assert isinstance(node, ast.Call)
    for at, each in enumerate(node.args):
        if isinstance(each, ast.Constant):
            node.args[at] = ast.Name("VALUE")
            hint = "  # the value of the log" if value else "  # choose: the value with which it failed"
            return ast.unparse(node), [f"VALUE = {blank(value or ast.unparse(each))}{hint}"]
    return call, []
