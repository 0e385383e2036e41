"""A database error that is handled inside a transaction gets a savepoint of its own: only that part is lost."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.on_commit import in_atomic
from workbench_codemods.syntax import Source, dotted, with_import

_NOTE = "what the attempt wrote is taken back to the savepoint; what was written before it stays"


def change(source: str, line: int) -> tuple[str, str] | None:
    """Wrap the body of the ``try`` whose handler begins at ``line``."""
    read = Source.of(source)
    for each in reversed(read.covering(cst.Try, line)):
        if not any(read.lines[handler][0] == line for handler in each.handlers):
            continue
        opened = "transaction.atomic()" if in_atomic(read, read.lines[each][0]) else _nested(read, each)
        if not opened or not isinstance(each.body, cst.IndentedBlock) or _has_savepoint(each.body):
            return None
        frame = cst.parse_statement(f"with {opened}:\n    pass\n", config=read.module.config_for_parsing)
        assert isinstance(frame, cst.With)
        inner = frame.with_changes(body=each.body)
        module = read.replaced(each.body, each.body.with_changes(body=[inner], footer=()))
        if opened.startswith("transaction"):
            module = with_import(module, "django.db", "transaction")
        return module.code, _NOTE
    return None


def _has_savepoint(body: cst.IndentedBlock) -> bool:
    items = [item.item for each in body.body if isinstance(each, cst.With) for item in each.items]
    return any(dotted(each).endswith(("atomic", "begin_nested")) for each in items)


def _nested(read: Source, attempt: cst.Try) -> str:
    """The savepoint of the SQLAlchemy session whose transaction is open around ``attempt``; "" when none is."""
    line = read.lines[attempt][0]
    for around in reversed(read.covering(cst.With, line)):
        for item in around.items:
            owner, _, verb = dotted(item.item).rpartition(".")
            if verb == "begin" and owner and read.lines[around][0] < line:
                return f"{owner}.begin_nested()"
    return ""
