"""An exception that is logged is logged with its traceback."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, dotted, keyword, nodes, plus, swapped


def change(source: str, line: int) -> tuple[str, str] | None:
    """In the handler at ``line``: ``error`` becomes ``exception``, ``warning`` gets ``exc_info``."""
    read = Source.of(source)
    handlers = read.covering(cst.ExceptHandler, line)
    if not handlers:
        return None
    handler = handlers[-1]
    pairs: dict[cst.CSTNode, cst.CSTNode] = {}
    for call in nodes(handler.body, cst.Call):
        owner, _, verb = dotted(call).rpartition(".")
        has = any(argument.keyword is not None and argument.keyword.value == "exc_info" for argument in call.args)
        if "log" not in owner.lower() or has or not isinstance(call.func, cst.Attribute):
            continue
        if verb == "error":
            pairs[call] = call.with_changes(func=call.func.with_changes(attr=cst.Name("exception")))
        elif verb in ("warning", "critical"):
            pairs[call] = plus(call, keyword("exc_info", "True"))
    return (swapped(read.module, pairs).code, "the log says where it came from") if pairs else None
