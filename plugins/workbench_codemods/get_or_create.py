"""``if not exists(): create()`` becomes ``get_or_create``. It is safe only over a unique constraint, which is said."""

from __future__ import annotations

import libcst as cst

from workbench_codemods.syntax import Source, called, dotted


def change(source: str, line: int) -> tuple[str, str] | None:
    """Rewrite the test at ``line``, where its block does nothing but create what was looked for."""
    read = Source.of(source)
    for test in reversed(read.covering(cst.If, line)):
        made = _made(read, test)
        if made:
            statement = cst.parse_statement(made, config=read.module.config_for_parsing)
            statement = statement.with_changes(leading_lines=test.leading_lines)
            return read.replaced(test, statement).code, "needs a unique constraint on what is looked up"
    return None


def _made(read: Source, test: cst.If) -> str:
    asked = test.test
    if test.orelse is not None or not isinstance(test.body, cst.IndentedBlock) or len(test.body.body) != 1:
        return ""
    if not isinstance(asked, cst.UnaryOperation) or not isinstance(asked.operator, cst.Not):
        return ""
    exists, create = asked.expression, called(test.body.body[0])
    if create is None or not isinstance(exists, cst.Call) or not isinstance(exists.func, cst.Attribute):
        return ""
    found = exists.func.value
    manager, _, verb = dotted(create).rpartition(".")
    if not isinstance(found, cst.Call) or dotted(exists) != f"{manager}.filter.exists" or verb != "create":
        return ""
    looked, given = _keywords(read, found), _keywords(read, create)
    if not looked or given is None or any("__" in name for name in looked) or looked.items() - given.items():
        return ""
    rest = {name: value for name, value in given.items() if name not in looked}
    arguments = [f"{name}={value}" for name, value in looked.items()]
    if rest:
        arguments.append("defaults={" + ", ".join(f'"{name}": {value}' for name, value in rest.items()) + "}")
    return f"{manager}.get_or_create({', '.join(arguments)})\n"


def _keywords(read: Source, call: cst.Call) -> dict[str, str] | None:
    """The arguments by name; None where one has none."""
    found: dict[str, str] = {}
    for argument in call.args:
        if argument.keyword is None or argument.star:
            return None
        found[argument.keyword.value] = read.code(argument.value)
    return found
