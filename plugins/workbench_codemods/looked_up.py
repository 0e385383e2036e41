"""The ways in which code looks for a row and creates it where it is not there (Django)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import libcst as cst

from workbench_codemods.syntax import Source, assigned, called, dotted


@dataclass(frozen=True)
class LookedUp:
    """Statements that look and create: ``found`` is the call of ``verb`` that looks, ``target`` what becomes of the
    row ("", ``x = `` or ``return ``)."""

    old: tuple[cst.If | cst.Try | cst.SimpleStatementLine, ...]
    target: str
    found: cst.Call
    verb: str
    create: cst.Call


def looked_up(read: Source, line: int) -> Iterator[LookedUp]:
    """What looks and creates at ``line``, the innermost first."""
    for test in reversed(read.covering(cst.If, line)):
        yield from _asked(test)
    for attempt in reversed(read.covering(cst.Try, line)):
        yield from _tried(attempt)
    for block in reversed(read.covering(cst.IndentedBlock, line)):
        for one, other in pairwise(block.body):
            if not isinstance(one, cst.SimpleStatementLine) or not isinstance(other, cst.If):
                continue
            if read.lines[one][0] <= line <= read.lines[other][1]:
                yield from _first(read, one, other)


def _asked(test: cst.If) -> Iterator[LookedUp]:
    """``if not M.objects.filter(...).exists(): M.objects.create(...)``."""
    create, asked = called(_only(test.body)), test.test
    if create is None or test.orelse is not None or not isinstance(asked, cst.UnaryOperation):
        return
    found = _before(asked.expression, "exists")
    if found is not None and isinstance(asked.operator, cst.Not):
        yield LookedUp((test,), "", found, "filter", create)


def _tried(attempt: cst.Try) -> Iterator[LookedUp]:
    """``x = M.objects.get(...)``, and where it is not there ``x = M.objects.create(...)``; or both returned."""
    if attempt.orelse is not None or attempt.finalbody is not None or len(attempt.handlers) != 1:
        return
    (handler,) = attempt.handlers
    target, found = _given(_only(attempt.body))
    again, create = _given(_only(handler.body))
    if found is None or create is None or again != target or handler.type is None:
        return
    model = dotted(create).partition(".objects.")[0]
    if dotted(handler.type) in (f"{model}.DoesNotExist", "ObjectDoesNotExist"):
        yield LookedUp((attempt,), target, found, "get", create)


def _first(read: Source, before: cst.SimpleStatementLine, test: cst.If) -> Iterator[LookedUp]:
    """``x = M.objects.filter(...).first()``, then ``if x is None: x = M.objects.create(...)``."""
    target, value = _given(before)
    again, create = _given(_only(test.body))
    found = _before(value, "first") if value is not None else None
    name = target.removesuffix(" = ")
    if found is None or create is None or again != target or test.orelse is not None:
        return
    if read.code(test.test) in (f"not {name}", f"{name} is None"):
        yield LookedUp((before, test), target, found, "filter", create)


def _only(body: cst.BaseSuite) -> cst.CSTNode:
    """The one statement of a block; the block itself where it has more."""
    return body.body[0] if isinstance(body, cst.IndentedBlock) and len(body.body) == 1 else body


def _before(node: cst.BaseExpression, verb: str) -> cst.Call | None:
    """The call on whose answer ``.verb()`` is called without arguments."""
    if not isinstance(node, cst.Call) or node.args or not isinstance(node.func, cst.Attribute):
        return None
    inner = node.func.value
    return inner if node.func.attr.value == verb and isinstance(inner, cst.Call) else None


def _given(statement: cst.CSTNode) -> tuple[str, cst.Call | None]:
    """``x = `` or ``return ``, and the call behind it; None where it is another statement."""
    pair = assigned(statement)
    if pair is not None:
        name = dotted(pair[0]) if not isinstance(pair[0], cst.Call) else ""
        return f"{name} = ", pair[1] if name and isinstance(pair[1], cst.Call) else None
    lone = statement.body[0] if isinstance(statement, cst.SimpleStatementLine) and len(statement.body) == 1 else None
    value = lone.value if isinstance(lone, cst.Return) else None
    return "return ", value if isinstance(value, cst.Call) else None
