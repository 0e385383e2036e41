"""WB207: a value put into the text of an SQL statement."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from string import Formatter

from workbench.api import Severity
from workbench_rules.module import Module, own_nodes
from workbench_rules.rule import Hit, Rule
from workbench_rules.shapes import last_name, text_in

_SQL = re.compile(r"(?is)\b(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from)\b")
_RUNS = frozenset({"execute", "executemany", "raw", "executescript"})
_VALUE = re.compile(r"(?is)(=|<|>|\blike|\bin\s*\(|\bvalues\s*\(|\blimit|\boffset|')\s*['\"%]*$")
"""What stands before a value, and not before the name of a table or column, which no driver binds."""

_OURS = re.compile(
    r"_meta\b|(table|column|tbl|field|schema|relation|placeholder)\w*$|\.as_sql\(|join\(|\bint\(|\blen\("
)
"""Expressions that hold names of the program's own, or numbers."""

Part = str | ast.expr
"""A piece of a text: constant, or what is put in."""


def _check(module: Module) -> Iterator[Hit]:
    for function in module.functions():
        built: dict[str, ast.expr] = {}
        for node in own_nodes(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                built[node.targets[0].id] = node.value
            if isinstance(node, ast.Call) and last_name(node.func) in _RUNS and node.args:
                query = node.args[0]
                if isinstance(query, ast.Name):
                    query = built.get(query.id, query)
                if _SQL.search(text_in(query)) and _has_value(list(_parts(query)), built):
                    yield Hit(node, "SQL made of strings: a value with a quote in it becomes part of the statement")


def _has_value(parts: list[Part], built: dict[str, ast.expr]) -> bool:
    """Whether something that is no constant is put where a value stands (names in capitals count as constants)."""
    before = ""
    for part in parts:
        if isinstance(part, str):
            before += part
        elif _VALUE.search(before) and not _fixed(part, built):
            return True
        else:
            before = "x"
    return False


def _fixed(node: ast.expr, built: dict[str, ast.expr]) -> bool:
    source = built.get(node.id, node) if isinstance(node, ast.Name) else node
    if isinstance(source, ast.Constant) or last_name(node).isupper():
        return True
    return bool(_OURS.search(ast.unparse(node)) or _OURS.search(ast.unparse(source)))


def _parts(node: ast.expr) -> Iterator[Part]:
    """The pieces of a text in order: of f-strings, sums, ``%`` and ``format``."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            yield from _parts(value.value if isinstance(value, ast.FormattedValue) else value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and isinstance(node.left, ast.Constant):
        yield from _filled(re.split(r"%(?:\((\w+)\))?[sdr]", str(node.left.value)), node.right)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        yield from _formatted(node)
    else:
        yield node


def _filled(pieces: list[str | None], values: ast.expr) -> Iterator[Part]:
    """The pieces of a ``%`` template (text, name, text, …) with what goes between them."""
    items = iter(values.elts if isinstance(values, ast.Tuple) else [values])
    for text, name in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        yield text or ""
        keys = values.keys if isinstance(values, ast.Dict) else []
        named = [at for at, key in enumerate(keys) if isinstance(key, ast.Constant) and key.value == name]
        if name and isinstance(values, ast.Dict) and named:
            yield values.values[named[0]]
        elif not name and (item := next(items, None)) is not None:
            yield item


def _formatted(call: ast.Call) -> Iterator[Part]:
    template = call.func.value if isinstance(call.func, ast.Attribute) else None
    if not isinstance(template, ast.Constant) or not isinstance(template.value, str):
        return
    words = {word.arg: word.value for word in call.keywords}
    items = iter(call.args)
    try:
        for text, name, _, _ in Formatter().parse(template.value):
            yield text
            value = words.get(name) if name else next(items, None) if name is not None else None
            if value is not None:
                yield value
    except ValueError:  # a template of something else
        return


RULE = Rule(
    id="WB207",
    title="SQL built by string",
    why="It is an injection as soon as one of the values comes from outside, and a syntax error before that.",
    severity=Severity.WARNING,
    check=_check,
    bad="def find(cursor, name):\n    cursor.execute(f\"SELECT id FROM users WHERE name = '{name}'\")\n",
    good='def find(cursor, name):\n    cursor.execute("SELECT id FROM users WHERE name = %s", [name])\n',
    pack="more",
)
