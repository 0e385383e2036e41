"""Check-then-act on a Django row: read, test, act, save becomes one conditional update, in a transaction.

Two requests that both read the row as untouched no longer both act: the second one's update finds no row. (The
pattern is that of Django's documentation on ``update()``: it is one SQL statement and gives the number of rows.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from workbench_codemods.syntax import Source, assigned, called, dotted, leaves, named, nodes, with_import

_READS = ("get", "first", "last")


@dataclass(frozen=True)
class _Shape:
    """Where in a block the parts stand: the test, the assignment of the tested column, the save; and what they say."""

    row: str
    manager: str
    column: str
    condition: str
    test: int
    act: int
    save: int


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the function around ``line``, where it has the shape."""
    read = Source.of(source)
    function = read.function(line)
    if function is None or not isinstance(function.body, cst.IndentedBlock):
        return None
    block, atomic = function.body, False
    for statement in block.body:
        inner = statement.body if isinstance(statement, cst.With) and _is_atomic(statement) else None
        if isinstance(inner, cst.IndentedBlock) and _shape(read, inner.body):
            block, atomic = inner, True
    shape = _shape(read, block.body)
    if shape is None:
        return None
    made = read.replaced(block, block.with_changes(body=_written(read, block.body, shape, atomic)))
    note = f"of two that come at once, one finds {shape.row}.{shape.column} unchanged; the other is answered as before"
    return (made if atomic else with_import(made, "django.db", "transaction")).code, note


def _is_atomic(statement: cst.With) -> bool:
    return any(dotted(each.item).endswith("transaction.atomic") for each in statement.items)


def _shape(read: Source, body: Sequence[cst.BaseStatement]) -> _Shape | None:
    rows: dict[str, str] = {}
    for at, statement in enumerate(body):
        if (pair := assigned(statement)) and isinstance(pair[0], cst.Name) and (manager := _manager(read, pair[1])):
            rows[pair[0].value] = manager
        if not isinstance(statement, cst.If) or statement.orelse is not None or not leaves(statement.body):
            continue
        for row, manager in rows.items():
            found = _after(read, body, at, row, manager)
            if found is not None:
                return found
    return None


def _after(read: Source, body: Sequence[cst.BaseStatement], test: int, row: str, manager: str) -> _Shape | None:
    guard = body[test]
    assert isinstance(guard, cst.If)
    act = save = -1
    column = value = ""
    for at in range(test + 1, len(body)):
        pair, call = assigned(body[at]), called(body[at])
        target = pair[0] if pair else None
        if act < 0 and pair and isinstance(target, cst.Attribute) and named(target.value, row):
            condition = _condition(read, guard.test, row, target.attr.value, pair[1])
            if condition and not _uses(read, pair[1], body[test + 1 : at]):
                act, column, value = at, target.attr.value, condition
        if act >= 0 and call is not None and dotted(call.func) == f"{row}.save":
            save = at
            break
    if save < 0 or any(named(each, row, column) for each in nodes(guard.body, cst.Attribute)):
        return None
    return _Shape(row, manager, column, value, test, act, save)


def _manager(read: Source, value: cst.BaseExpression) -> str:
    """``Token.objects`` of ``Token.objects.select_related("user").get(key=key)``, locked rows left out."""
    said = dotted(value).split(".")
    if not isinstance(value, cst.Call) or "objects" not in said or said[-1] not in _READS:
        return ""
    return "" if "select_for_update" in said else ".".join(said[: said.index("objects") + 1])


def _condition(read: Source, test: cst.BaseExpression, row: str, column: str, value: cst.BaseExpression) -> str:
    """What the column must be for the row to be acted on, as an argument of ``filter``."""
    if named(test, row, column):
        return f"{column}=False" if read.code(value) == "True" else f"{column}=None"
    if isinstance(test, cst.UnaryOperation) and isinstance(test.operator, cst.Not):
        flag = named(test.expression, row, column) and read.code(value) == "False"
        return f"{column}=True" if flag else ""
    if not isinstance(test, cst.Comparison) or not named(test.left, row, column) or len(test.comparisons) != 1:
        return ""
    other = read.code(test.comparisons[0].comparator)
    if isinstance(test.comparisons[0].operator, cst.IsNot) and other == "None":
        return f"{column}=None"
    return f"{column}={other}" if isinstance(test.comparisons[0].operator, cst.NotEqual) else ""


def _uses(read: Source, value: cst.BaseExpression, between: Sequence[cst.CSTNode]) -> bool:
    """Whether ``value`` needs what is only made between the test and its assignment."""
    made = {read.code(pair[0]) for each in between if (pair := assigned(each))}
    return any(name.value in made for name in nodes(value, cst.Name))


def _written(read: Source, body: Sequence[cst.BaseStatement], shape: _Shape, atomic: bool) -> list[cst.BaseStatement]:
    """The block anew: what was assigned stands first, the update decides, the rest follows."""
    act, guard = body[shape.act], body[shape.test]
    assert isinstance(guard, cst.If)
    row, column = shape.row, shape.column
    update = f"{shape.manager}.filter(pk={row}.pk, {shape.condition}).update({column}={row}.{column})"
    decided = guard.with_changes(test=cst.parse_expression(f"not {update}"), leading_lines=())
    rest = [each for at, each in enumerate(body) if shape.test < at <= shape.save and at != shape.act]
    saved = _saved(rest[-1], column)
    inner = [act.with_changes(leading_lines=()), decided, *rest[:-1], *([saved] if saved is not None else [])]
    before, after = list(body[: shape.test]), list(body[shape.save + 1 :])
    if atomic:
        return [*before, *inner, *after]
    frame = cst.parse_statement("with transaction.atomic():\n    pass\n", config=read.module.config_for_parsing)
    assert isinstance(frame, cst.With)
    block = frame.with_changes(body=cst.IndentedBlock(body=inner), leading_lines=guard.leading_lines)
    return [*before, block, *after]


def _saved(statement: cst.BaseStatement, column: str) -> cst.BaseStatement | None:
    """The save without the column that is written already; None when nothing else was to be saved."""
    call = called(statement)
    assert call is not None
    fields = next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == "update_fields"), None)
    if fields is None or not isinstance(fields.value, cst.List | cst.Tuple):
        return statement
    kept = [
        each
        for each in fields.value.elements
        if not (isinstance(each.value, cst.SimpleString) and each.value.evaluated_value == column)
    ]
    if not kept:
        return None
    last = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    made = fields.with_changes(value=fields.value.with_changes(elements=[*kept[:-1], last]))
    replaced = statement.deep_replace(fields, made)
    assert isinstance(replaced, cst.BaseStatement)
    return replaced
