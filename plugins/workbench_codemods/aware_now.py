"""``datetime.utcnow()`` and ``datetime.now()`` become ``datetime.now(UTC)``."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, dotted, swapped, with_import


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the calls that begin at ``line``."""
    read = Source.of(source)
    pairs: dict[cst.CSTNode, cst.CSTNode] = {}
    for call in read.covering(cst.Call, line):
        owner, _, verb = dotted(call).rpartition(".")
        if not call.args and verb in ("now", "utcnow") and owner.rpartition(".")[2] == "datetime":
            pairs[call] = cst.parse_expression(f"{owner}.now(UTC)")
    if not pairs:
        return None
    module = with_import(swapped(read.module, pairs), "datetime", "UTC")
    return module.code, "compare it with aware times only: naive ones raise TypeError"
