"""Look, then create what is not there, becomes ``get_or_create``. It is safe only over a unique constraint, which is
said."""

from __future__ import annotations

from typing import Any

import libcst as cst

from workbench_codemods.looked_up import LookedUp, looked_up
from workbench_codemods.syntax import Source, dotted, nodes, swapped

_WIDTH = 100
"""Columns that a call may reach before its arguments get lines of their own."""


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the look at ``line``, where nothing is done but to create what was looked for."""
    read = Source.of(source)
    for shape in looked_up(read, line):
        made = _made(read, shape)
        if made:
            first, *others = shape.old
            pairs: dict[cst.CSTNode, Any] = {first: _statement(read, shape, made)}
            pairs |= dict.fromkeys(others, cst.RemoveFromParent())
            return swapped(read.module, pairs).code, "needs a unique constraint on what is looked up"
    return None


def _statement(read: Source, shape: LookedUp, made: str) -> cst.BaseStatement:
    """The new statement, with every comment of what it stands for above it."""
    statement = cst.parse_statement(f"{made}\n", config=read.module.config_for_parsing)
    first = shape.old[0]
    above = sum(each.comment is not None for each in first.leading_lines)
    comments = [comment for each in shape.old for comment in nodes(each, cst.Comment)][above:]
    lines = [*first.leading_lines, *(cst.EmptyLine(comment=comment) for comment in comments)]
    kept: cst.BaseStatement = statement.with_changes(leading_lines=lines)
    return kept


def _made(read: Source, shape: LookedUp) -> str:
    """The text that stands for it; "" where more is looked for, or other things are created, than one call can do."""
    manager, _, verb = dotted(shape.create).rpartition(".")
    if verb != "create" or dotted(shape.found) != f"{manager}.{shape.verb}":
        return ""
    looked, given = _keywords(shape.found), _keywords(shape.create)
    if not looked or given is None or any("__" in name for name in looked):
        return ""
    if any(name not in given or not value.deep_equals(given[name]) for name, value in looked.items()):
        return ""
    arguments = [f"{name}={read.code(value)}" for name, value in looked.items()]
    rest = [_default(read, name, value) for name, value in given.items() if name not in looked]
    if not all(rest):
        return ""
    if rest:
        arguments.append(f"defaults={{{', '.join(rest)}}}")
    call, end = f"{shape.target}{manager}.get_or_create(", ")[0]" if shape.target else ")"
    line = read.module.code.splitlines()[read.lines[shape.old[0]][0] - 1]
    if len(line) - len(line.lstrip()) + len(call + ", ".join(arguments) + end) <= _WIDTH:
        return call + ", ".join(arguments) + end
    if rest:
        arguments[-1] = "defaults={\n" + "".join(f"        {each},\n" for each in rest) + "    }"
    return call + "\n" + "".join(f"    {each},\n" for each in arguments) + end


def _default(read: Source, name: str, value: cst.BaseExpression) -> str:
    """One of ``defaults``. What is called is called only when the row is made, as before: Django calls what can be."""
    code = read.code(value)
    if any(next(nodes(value, kind), None) for kind in (cst.Await, cst.Yield, cst.NamedExpr)):
        return ""
    if next(nodes(value, cst.Call), None) is None:
        return f'"{name}": {code}'
    return f'"{name}": lambda: {code}' if read.function(read.lines[value][0]) is not None else ""


def _keywords(call: cst.Call) -> dict[str, cst.BaseExpression] | None:
    """The arguments by name; None where one has none."""
    found: dict[str, cst.BaseExpression] = {}
    for argument in call.args:
        if argument.keyword is None or argument.star:
            return None
        found[argument.keyword.value] = argument.value
    return found
