"""``raise`` in an ``except`` keeps its cause: ``from error``."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, nodes


def change(source: str, line: int) -> tuple[str, str] | None:
    """Give the ``raise`` at ``line`` the exception that is being handled."""
    read = Source.of(source)
    for handler in reversed(read.covering(cst.ExceptHandler, line)):
        for each in nodes(handler, cst.Raise):
            first, last = read.lines[each]
            if each.exc is None or each.cause is not None or not first <= line <= last or handler.type is None:
                continue
            name = handler.name.name if handler.name is not None else cst.Name("error")
            made = handler.deep_replace(each, each.with_changes(cause=cst.From(name)))
            assert isinstance(made, cst.ExceptHandler)
            if handler.name is None:
                made = made.with_changes(name=cst.AsName(cst.Name("error")))
            return read.replaced(handler, made).code, "the traceback shows what happened first"
    return None
