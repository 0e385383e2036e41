"""``time.time()`` that measures a duration becomes ``time.monotonic()``."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, dotted, nodes, swapped


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the function around ``line``, where every reading of the clock in it goes into a difference."""
    read = Source.of(source)
    function = read.function(line)
    if function is None:
        return None
    readings = [call for call in nodes(function, cst.Call) if dotted(call) == "time.time"]
    names = {name for name in map(_name, nodes(function, cst.Assign)) if name}
    if not readings or any(_leaves(function, name) for name in names):
        return None
    pairs: dict[cst.CSTNode, cst.CSTNode] = {call: cst.parse_expression("time.monotonic()") for call in readings}
    return swapped(read.module, pairs).code, "a clock that is set back or forth no longer changes the duration"


def _name(assign: cst.Assign) -> str:
    """The name that is given the time."""
    target = assign.targets[0].target
    return target.value if isinstance(target, cst.Name) and dotted(assign.value) == "time.time" else ""


def _leaves(function: cst.FunctionDef, name: str) -> bool:
    """Whether the reading is used for anything but differences and comparisons."""
    uses = sum(node.value == name for node in nodes(function, cst.Name))
    inner = 1
    for each in nodes(function, cst.BinaryOperation):
        if isinstance(each.operator, cst.Subtract):
            inner += sum(isinstance(side, cst.Name) and side.value == name for side in (each.left, each.right))
    return uses != inner
