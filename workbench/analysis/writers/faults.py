"""How a dependency is made to fail as it did in the log, and how a function of the project is."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from workbench.analysis.writers.model import Project
from workbench.analysis.writers.source import Source, module_name
from workbench.case.logs import Frame, LogError

_CHAIN = " ← "


@dataclass
class Fault:
    """Lines before the request, what the request stands within, and what fails in words."""

    what: str
    before: list[str]
    within: str = ""
    imports: set[str] = field(default_factory=set)
    fixtures: list[str] = field(default_factory=list)


_DOORS = (
    (r"requests\.", "requests", "requests.sessions.Session.send"),
    (r"httpx\.", "httpx", "httpx.Client.send"),
    (r"urllib3\.", "urllib3", "urllib3.connectionpool.HTTPConnectionPool.urlopen"),
    (r"urllib\.error\.", "urllib", "urllib.request.urlopen"),
    (r"redis\.", "redis", "redis.client.Redis.execute_command"),
    (r"sqlalchemy\.exc\.", "sqlalchemy", "sqlalchemy.engine.base.Connection.execute"),
    (r"smtplib\.", "smtplib", "smtplib.SMTP.sendmail"),
    (r"boto(core|3)\.", "botocore", "botocore.client.BaseClient._make_api_call"),
)
"""Exception, what it belongs to, and the one door through which every call of that library goes."""


def fault_of(error: LogError) -> Fault | None:
    """The dependency's failure behind ``error``, as Django, or the library's own door, is made to show it."""
    chain = [f"{error.type}: {error.message}", *filter(None, error.cause.split(_CHAIN))]
    for told in chain:
        kind, _, message = told.partition(": ")
        if re.match(r"django\.db\.(utils\.)?\w*Error$", kind):
            return _database(kind.rpartition(".")[2], message)
        for pattern, what, door in _DOORS:
            if re.match(pattern, kind):
                return _library(kind, message, what, door)
    return None


def _database(name: str, message: str) -> Fault:
    before = ["def fail(execute, sql, params, many, context):", f"    raise {name}({message!r})".replace("'", '"'), ""]
    return Fault(
        "the database fails",
        before,
        "connection.execute_wrapper(fail)",
        {f"from django.db import {name}, connection"},
    )


def _library(kind: str, message: str, what: str, door: str) -> Fault:
    module, _, name = kind.rpartition(".")
    public = "requests.exceptions" if what == "requests" else module
    raising = f'raise {name}("{_plain(message)}")'
    return Fault(
        f"{what} fails",
        ["def fail(*args, **kwargs):", f"    {raising}", "", f'monkeypatch.setattr("{door}", fail)'],
        imports={f"from {public} import {name}"},
        fixtures=["monkeypatch"],
    )


def raising_seam(error: LogError, project: Project) -> Fault | None:
    """The function that the traceback ends in, made to raise what it raised, where its caller looks it up."""
    mapped = [frame for frame in error.frames if frame.mapped]
    if len(mapped) < 2:
        return None
    caller, callee = mapped[-2], mapped[-1]
    source = project.source(caller.path)
    where = _looked_up(source, callee) if source is not None else ""
    made = _made(error, project)
    if not where or made is None:
        return None
    name = callee.function.rpartition(".")[2]
    return Fault(
        f"{name} raises {error.type.rpartition('.')[2]}",
        ["def fail(*args, **kwargs):", f"    raise {made[0]}", "", f'monkeypatch.setattr("{where}", fail)'],
        imports={made[1]} if made[1] else set(),
        fixtures=["monkeypatch"],
    )


def _looked_up(source: Source, callee: Frame) -> str:
    """The dotted place in which the caller finds the callee."""
    name = callee.function.rpartition(".")[2]
    if name in source.imports:
        return f"{module_name(source.path)}.{name}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr == name and source.meaning(node) == _full(callee, name):
            return _full(callee, name)
    return f"{module_name(source.path)}.{name}" if source.named(name) is not None else ""


def _full(callee: Frame, name: str) -> str:
    return f"{module_name(callee.path)}.{name}"


def _made(error: LogError, project: Project) -> tuple[str, str] | None:
    """(expression, import) that makes the exception of the log again; its arguments read back from its message."""
    module, _, name = error.type.rpartition(".")
    if not module:
        return f'{name}("{_plain(error.message)}")', ""
    source = project.by_module(module)
    found = source.named(name) if source is not None else None
    told = f"from {module} import {name}"
    if not isinstance(found, ast.ClassDef):
        return f'{name}("{_plain(error.message)}")', told
    init = next((each for each in found.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None)
    if init is None:
        return f'{name}("{_plain(error.message)}")', told
    values = _values(init, error.message)
    if values is None:
        return None
    return f"{name}({', '.join(values)})", told


def _values(init: ast.FunctionDef, message: str) -> list[str] | None:
    """The arguments of a constructor, from the message that it made by an f-string of them."""
    parameters = [each.arg for each in init.args.args[1:]]
    for node in ast.walk(init):
        if not isinstance(node, ast.JoinedStr):
            continue
        names = [ast.unparse(each.value) for each in node.values if isinstance(each, ast.FormattedValue)]
        pattern = "".join(re.escape(str(e.value)) if isinstance(e, ast.Constant) else "(.*?)" for e in node.values)
        found = re.fullmatch(pattern, message)
        if found and set(parameters) <= set(names):
            values = dict(zip(names, found.groups(), strict=True))
            return [v if re.fullmatch(r"-?\d+(\.\d+)?", v := values[each]) else repr(v) for each in parameters]
    return [f'"{_plain(message)}"'] if len(parameters) == 1 else ([] if not parameters else None)


def _plain(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')[:120]
