"""Rows that the code cannot work with: what a database, where one was given, says of the tables that hot code uses."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.api import CauseClass, ChangeKind, DeadRows, Evidence, Hypothesis, LogError, TableFacts
from workbench_causes.scene import Scene, after, brief, cause, short, unexplained


def data(scene: Scene) -> Iterator[Hypothesis]:
    """One cause for each table of the hot code with rows that name no row of another."""
    for database in scene.databases:
        for table in database.tables:
            for rows in table.dead if table.hot else ():
                if rows.kind == "orphaned" and (told := _using(scene, table)):
                    yield _orphaned(scene, table, rows, told)


def _using(scene: Scene, table: TableFacts) -> list[LogError]:
    """The errors that pass the file which uses the table."""
    return [e for e in scene.errors if any(frame.mapped and frame.path == table.path for frame in e.frames)]


def _orphaned(scene: Scene, table: TableFacts, rows: DeadRows, told: list[LogError]) -> Hypothesis:
    of = f" of {table.rows}" if table.rows else ""
    ref = f"table:{table.name}"
    migrations = [change for change in scene.changes if change.kind is ChangeKind.MIGRATION and scene.led(change)]
    supporting: list[Evidence | None] = [
        Evidence(ref, f"{rows.count}{of} rows of {table.name}: {rows.rule}", table.path, table.line),
        Evidence(told[0].id, f"{short(told[0].type)} ({told[0].count}) passes {table.path}, which uses that table"),
        *(after(scene, change) for change in sorted(migrations, key=lambda each: each.at)[-1:]),
    ]
    against = unexplained(scene.errors, told)
    if not migrations and (unchanged := scene.unchanged()):
        against.append(Evidence(ref, unchanged))
    check = f"one of those rows through {brief(table.path)}, and when the row that it names went"
    statement = f"rows of {table.name} whose {rows.rule}"
    key = f"data:{table.name}:{rows.rule}"
    return cause(key, statement, CauseClass.DATA, supporting, against, check, (table.path, table.line))
