"""Values written into an SQL statement are handed over beside it."""

from __future__ import annotations

import re

import libcst as cst

from workbench_codemods.syntax import Source, dotted

_VALUE_BEFORE = re.compile(
    r"(=|<|>|\bLIKE|\bILIKE|\bIN\s*\(|\bVALUES\s*\(|,|\bLIMIT|\bOFFSET|\bBETWEEN|\bAND)\s*$", re.I
)
"""What stands before a value, not before the name of a table or column."""


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the ``execute`` at ``line`` whose statement is an f-string with values in it."""
    read = Source.of(source)
    holder = "?" if re.search(r"^\s*(import|from) sqlite3\b", source, re.MULTILINE) else "%s"
    for call in read.covering(cst.Call, line):
        if dotted(call).rpartition(".")[2] not in ("execute", "raw") or len(call.args) != 1:
            continue
        statement = call.args[0].value
        if isinstance(statement, cst.FormattedString) and (made := _made(read, statement, holder)):
            new = call.with_changes(args=[cst.Arg(made[0]), cst.Arg(made[1])])
            return read.replaced(call, new).code, "the database is handed the values and never reads them as SQL"
    return None


def _made(read: Source, text: cst.FormattedString, holder: str) -> tuple[cst.BaseExpression, cst.BaseExpression] | None:
    """The statement with placeholders, and the list of values; None where one of them may be a name."""
    said, values, quoted = "", [], False
    for part in text.parts:
        if isinstance(part, cst.FormattedStringText):
            more = part.value.replace("{{", "{").replace("}}", "}")
            if quoted:
                if not more.startswith("'"):
                    return None
                more, quoted = more[1:], False
            said += more
            continue
        assert isinstance(part, cst.FormattedStringExpression)
        if part.conversion or part.format_spec or part.equal:
            return None
        if said.endswith("'"):
            said, quoted = said[:-1], True
        if not _VALUE_BEFORE.search(said):
            return None
        said += holder
        values.append(read.code(part.expression))
    if not values or quoted or (holder == "%s" and "%" in said.replace("%s", "")):
        return None
    prefix = text.start.lower().replace("f", "", 1)
    return cst.parse_expression(f"{prefix}{said}{text.end}"), cst.parse_expression(f"[{', '.join(values)}]")
