"""What must hold after a load."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from workbench_server.drive.client import Request, send
from workbench_server.drive.dependencies import files_in
from workbench_server.drive.servers import Remote, Side, StartError


def invariant_of(side: Side | Remote, invariant: Mapping[str, Any]) -> dict[str, Any]:
    """A query that counts what must not be, on the side's own database, or an endpoint that answers."""
    name = str(invariant.get("name", invariant.get("sql", invariant.get("path", "?"))))
    if "path" in invariant:
        answer = send(side.ports[0], Request(path=invariant["path"]))
        return {"name": name, "value": 0 if answer.good else 1, "error": "" if answer.good else str(answer.status)}
    alias, sql = str(invariant.get("database", "default")), str(invariant["sql"])
    file = side.database(alias) or _only_file(side.folder)
    try:
        value = _of_file(file, sql) if Path(file).is_file() else side.query(alias, sql)
    except (sqlite3.Error, StartError) as error:
        return {"name": name, "value": None, "error": str(error)}
    return {"name": name, "value": value, "error": ""}


def _only_file(folder: Path) -> str:
    """The one SQLite database that the server made in its folder; empty where there is none, or more than one."""
    found = [str(each.path) for each in files_in(folder)]
    return found[0] if len(found) == 1 else ""


def _of_file(file: str, sql: str) -> Any:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as connection:
        row = connection.execute(sql).fetchone()
        return row[0] if row else None
