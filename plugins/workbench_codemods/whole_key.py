"""A cache key of the first characters of a secret becomes one of all of it, hashed."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, nodes, swapped, with_import

LONGEST = 64
"""Characters that a key keeps: of so many, WB111 says that many share them."""


def change(source: str, line: int) -> tuple[str, str] | None:
    """Hash whole what is cut short at ``line`` and so elsewhere in the function, or, where nothing is, all in it."""
    read = Source.of(source)
    places = read.covering(cst.SimpleStatementLine, line)
    function = read.function(line)
    scope: list[cst.CSTNode] = [*places[-1:], *([function] if function else [])]
    for part in scope:
        cut = [node for node in nodes(part, cst.Subscript) if _is_prefix(node)]
        if cut:
            texts = {read.code(node) for node in cut}
            alike = [node for node in nodes(function or part, cst.Subscript) if read.code(node) in texts]
            pairs: dict[cst.CSTNode, cst.CSTNode] = {node: _hashed(read, node) for node in alike}
            module = with_import(swapped(read.module, pairs), "hashlib", "sha256")
            return module.code, "entries that were kept under the old keys are not found any more"
    return None


def _is_prefix(node: cst.BaseExpression) -> bool:
    if not isinstance(node, cst.Subscript) or len(node.slice) != 1:
        return False
    part = node.slice[0].slice
    if not isinstance(part, cst.Slice) or part.lower is not None or part.step is not None:
        return False
    return isinstance(part.upper, cst.Integer) and 0 < part.upper.evaluated_value <= LONGEST


def _hashed(read: Source, node: cst.Subscript) -> cst.BaseExpression:
    return cst.parse_expression(f"sha256({read.code(node.value)}.encode()).hexdigest()")
