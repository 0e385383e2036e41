"""What going back before a migration loses: read from its operations (Django, Alembic). Pure."""

from __future__ import annotations

import ast
import re

_MIGRATION = re.compile(r"(^|/)(migrations|alembic/versions|versions)/[^/]+\.py$|(^|/)migrations/[^/]+\.sql$")
_LOST = {
    "CreateModel": "the table of {0}, with its rows",
    "AddField": "the column {1} of {0}, with its values",
    "RemoveField": "nothing of {0}, but {1} comes back empty",
    "DeleteModel": "nothing, but the table of {0} comes back empty",
    "AlterField": "values of {0}.{1} that the older type cannot hold",
    "RunPython": "what the data migration did is not taken back, unless it has a reverse",
    "RunSQL": "what the statement did is not taken back, unless it has a reverse",
    "create_table": "the table {0}, with its rows",
    "add_column": "a column of {0}, with its values",
    "drop_column": "nothing of {0}, but {1} comes back empty",
    "drop_table": "nothing, but the table {0} comes back empty",
    "execute": "what the statement did is not taken back by itself",
}


def is_migration(path: str) -> bool:
    """Whether a file is a migration of Django or Alembic, or an SQL one."""
    return bool(_MIGRATION.search(path)) and not path.endswith("__init__.py")


def losses(source: str) -> list[str]:
    """A line for each operation of a migration's text that cannot be gone back on without losing something."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return []
    forward = [node for node in tree.body if not (isinstance(node, ast.FunctionDef) and node.name == "downgrade")]
    calls = (call for node in forward for call in ast.walk(node) if isinstance(call, ast.Call))
    found = []
    for call in calls:
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in _LOST:
            found.append(_LOST[name].format(*_texts(call), "?", "?"))
    return list(dict.fromkeys(found))


def _texts(call: ast.Call) -> list[str]:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    return [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
