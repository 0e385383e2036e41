"""Finding one's way in a concrete syntax tree: places, functions, chains of names, imports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor
from libcst.metadata import MetadataWrapper, PositionProvider

N = TypeVar("N", bound=cst.CSTNode)


@dataclass(frozen=True)
class Source:
    """A parsed file: ``module`` and the lines (first, last) of each of its nodes."""

    module: cst.Module
    lines: dict[cst.CSTNode, tuple[int, int]]

    @classmethod
    def of(cls, text: str) -> Source:
        """Parse ``text``. Raises libcst.ParserSyntaxError."""
        wrapper = MetadataWrapper(cst.parse_module(text))
        found = wrapper.resolve(PositionProvider)
        return cls(wrapper.module, {node: (at.start.line, at.end.line) for node, at in found.items()})

    def covering(self, kind: type[N], line: int, inside: cst.CSTNode | None = None) -> list[N]:
        """The nodes of ``kind`` over ``line``, outermost first."""
        found = [node for node in nodes(inside or self.module, kind) if self._over(node, line)]
        return sorted(found, key=lambda node: self.lines[node][0] - self.lines[node][1])

    def function(self, line: int) -> cst.FunctionDef | None:
        """The innermost function over ``line``."""
        found = self.covering(cst.FunctionDef, line)
        return found[-1] if found else None

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node."""
        return self.module.code_for_node(node)

    def replaced(self, old: cst.CSTNode, new: cst.CSTNode) -> cst.Module:
        """The module with ``new`` in the place of ``old``."""
        return swapped(self.module, {old: new})

    def _over(self, node: cst.CSTNode, line: int) -> bool:
        first, last = self.lines.get(node, (0, -1))
        return first <= line <= last


class _Swap(cst.CSTTransformer):
    def __init__(self, pairs: Mapping[cst.CSTNode, Any]) -> None:
        super().__init__()
        self._pairs = pairs

    def on_visit(self, node: cst.CSTNode) -> bool:
        return node not in self._pairs

    def on_leave(self, original_node: cst.CSTNode, updated_node: Any) -> Any:
        return self._pairs.get(original_node, updated_node)


def swapped(root: N, pairs: Mapping[cst.CSTNode, Any]) -> N:
    """``root`` with each of the nodes replaced, or removed for a ``RemoveFromParent()``, all in one go: a tree that was
    changed is made of other nodes."""
    made = root.visit(_Swap(pairs))
    assert isinstance(made, type(root))
    return made


def nodes(root: cst.CSTNode, kind: type[N]) -> Iterator[N]:
    """Every node of ``kind`` below ``root``, itself included, outermost first."""
    if isinstance(root, kind):
        yield root
    for child in root.children:
        yield from nodes(child, kind)


def dotted(node: cst.CSTNode) -> str:
    """``a.b.c`` of a chain of names, calls looked through; "" for anything else."""
    if isinstance(node, cst.Call):
        return dotted(node.func)
    if isinstance(node, cst.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr.value}" if before else ""
    return node.value if isinstance(node, cst.Name) else ""


def named(node: cst.BaseExpression, owner: str, attribute: str = "") -> bool:
    """Whether an expression is ``owner`` or ``owner.attribute``."""
    return dotted(node) == (f"{owner}.{attribute}" if attribute else owner) and not isinstance(node, cst.Call)


def assigned(statement: cst.CSTNode) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """Target and value of a line that is one plain assignment."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return None
    only = statement.body[0]
    if not isinstance(only, cst.Assign) or len(only.targets) != 1:
        return None
    return only.targets[0].target, only.value


def called(statement: cst.CSTNode) -> cst.Call | None:
    """The call of a line that is nothing but one."""
    if not isinstance(statement, cst.SimpleStatementLine) or len(statement.body) != 1:
        return None
    only = statement.body[0]
    return only.value if isinstance(only, cst.Expr) and isinstance(only.value, cst.Call) else None


def leaves(body: cst.BaseSuite) -> bool:
    """Whether a block ends by raising or returning."""
    if not isinstance(body, cst.IndentedBlock) or not body.body:
        return False
    last = body.body[-1]
    return isinstance(last, cst.SimpleStatementLine) and isinstance(last.body[-1], cst.Raise | cst.Return)


def with_import(module: cst.Module, package: str, name: str = "") -> cst.Module:
    """``module`` with ``from package import name`` (or ``import package``) where it is not there."""
    context = CodemodContext()
    AddImportsVisitor.add_needed_import(context, package, name or None)
    return AddImportsVisitor(context).transform_module(module)


def keyword(name: str, value: str) -> cst.Arg:
    """``name=value`` as an argument."""
    tight = cst.AssignEqual(cst.SimpleWhitespace(""), cst.SimpleWhitespace(""))
    return cst.Arg(cst.parse_expression(value), cst.Name(name), tight)


def plus(call: cst.Call, argument: cst.Arg) -> cst.Call:
    """``call`` with one more argument at its end."""
    if not call.args:
        return call.with_changes(args=[argument])
    *before, last = call.args
    separated = last.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    trailing = last.comma if isinstance(last.comma, cst.Comma) else cst.MaybeSentinel.DEFAULT
    return call.with_changes(args=[*before, separated, argument.with_changes(comma=trailing)])
