"""``row.n += 1`` and a save become ``row.n = F("n") + 1``: two at once are both counted (Django)."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, dotted, nodes, swapped, with_import

_SIGNS = {cst.AddAssign: "+", cst.SubtractAssign: "-"}


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the function around ``line``: every counted column of a row that is saved in it."""
    read = Source.of(source)
    function = read.function(line)
    if function is None:
        return None
    saved = {dotted(call).removesuffix(".save") for call in nodes(function, cst.Call) if dotted(call).endswith(".save")}
    pairs: dict[cst.CSTNode, cst.CSTNode] = {}
    for each in nodes(function, cst.AugAssign):
        sign = _SIGNS.get(type(each.operator))
        target = each.target
        if sign and isinstance(target, cst.Attribute) and dotted(target.value) in saved:
            value = f'F("{target.attr.value}") {sign} {read.code(each.value)}'
            pairs[each] = cst.Assign([cst.AssignTarget(target)], cst.parse_expression(value))
    if not pairs:
        return None
    module = with_import(swapped(read.module, pairs), "django.db.models", "F")
    return module.code, "after the save the attribute holds an expression: refresh_from_db() reads the number"
