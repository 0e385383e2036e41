"""Tries a project's Django migrations on a database of its own, under load. Runs under the project's interpreter.

    workbench_migration.py SPEC

SPEC is JSON: ``root``, ``settings`` (Django's module), ``folder`` (for SQLite files), ``new`` ([app, migration] pairs
that the change brings) and ``rows`` (by table, how many to fill in). One JSON document on standard output. Standard
library and the project alone are imported.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

trial: Any = import_module("workbench_trial")


def set_up(spec: dict[str, Any]) -> Any:
    """Django with its default database replaced by an own one, empty; gives its connection."""
    os.environ["DJANGO_SETTINGS_MODULE"] = spec["settings"]
    settings: Any = import_module("django.conf").settings
    database = settings.DATABASES["default"]
    own = str(Path(spec["folder"]) / "migration.sqlite3")
    name = own if database["ENGINE"].endswith("sqlite3") else f"workbench_migration_{os.getpid()}"
    database["TEST"] = dict(database.get("TEST", {}), NAME=name)
    import_module("django").setup()
    connection: Any = import_module("django.db").connection
    made = connection.creation._create_test_db(0, True)
    connection.close()
    database["NAME"] = connection.settings_dict["NAME"] = made
    return connection


def call(*words: str) -> tuple[str, str]:
    """(what a management command printed, how it failed)."""
    out = io.StringIO()
    management: Any = import_module("django.core.management")
    try:
        management.call_command(*words, stdout=out, stderr=out, no_color=True)
    except SystemExit as ended:
        return out.getvalue(), f"exit code {ended.code}" if ended.code else ""
    except Exception as error:  # noqa: BLE001 - whatever a migration raises is the answer
        return out.getvalue(), f"{type(error).__name__}: {error}"
    return out.getvalue(), ""


class Schema:
    """The migrations of the project around those that are new."""

    def __init__(self, connection: Any, new: list[list[str]]) -> None:
        self._connection = connection
        executor = self._executor()
        graph = executor.loader.graph
        self.new = [tuple(pair) for pair in new if tuple(pair) in graph.nodes]
        self.missing = [pair for pair in new if tuple(pair) not in graph.nodes]
        self.after = graph.leaf_nodes()
        apps = {app for app, _ in self.new}
        self.before = [node for node in self.after if node[0] not in apps]
        for app in sorted(apps):
            chain = [node for node in graph.forwards_plan(graph.leaf_nodes(app)[0]) if node[0] == app]
            older = [node for node in chain if node not in self.new]
            self.before.append(older[-1] if older else (app, None))

    def _executor(self) -> Any:
        return import_module("django.db.migrations.executor").MigrationExecutor(self._connection)

    def go(self, targets: list[Any]) -> tuple[float, str]:
        """(seconds, why it failed) of migrating there."""
        began = time.perf_counter()
        try:
            self._executor().migrate(targets)
        except Exception as error:  # noqa: BLE001 - whatever a migration raises is the answer
            return time.perf_counter() - began, f"{type(error).__name__}: {error}"
        return time.perf_counter() - began, ""

    def models(self) -> list[Any]:
        """The models as they are before the new migrations."""
        targets = [node for node in self.before if node[1]]
        return list(self._executor().loader.project_state(targets).apps.get_models())

    def touched(self) -> set[str]:
        """Names of the models (``app.model``) that the new migrations act on."""
        found = set()
        loader = self._executor().loader
        for app, name in self.new:
            for operation in loader.get_migration(app, name).operations:
                model = getattr(operation, "model_name", None) or getattr(operation, "name", "")
                found.add(f"{app}.{model}".lower())
        return found

    def lost(self) -> list[str]:
        """What going back would lose, or cannot bring back."""
        loader, said = self._executor().loader, []
        for app, name in self.new:
            for operation in loader.get_migration(app, name).operations:
                kind = type(operation).__name__
                if kind == "AddField":
                    said.append(f"{app}.{operation.model_name}.{operation.name}: what was written into it")
                elif kind == "CreateModel":
                    said.append(f"{app}.{operation.name}: all of its rows")
                elif kind == "RemoveField":
                    said.append(f"{app}.{operation.model_name}.{operation.name}: comes back empty")
                elif kind == "DeleteModel":
                    said.append(f"{app}.{operation.name}: comes back empty")
                elif not operation.reversible:
                    said.append(f"{app}.{name}: {kind} cannot be undone")
        return said


def fill(connection: Any, models: list[Any], rows: dict[str, int], unfilled: dict[str, str]) -> dict[str, int]:
    """Fill the tables, those that others point to first; gives how many rows each has. Into ``unfilled`` goes why one
    could not be filled."""
    done: dict[str, int] = {}
    waiting = [model for model in models if model._meta.managed and not model._meta.proxy]
    while waiting:
        ready = [model for model in waiting if _parents(model) <= done.keys()] or waiting[:1]
        for model in ready:
            waiting.remove(model)
            table = model._meta.db_table
            count = max(1, int(rows.get(table) or trial.FILLED))
            try:
                _insert(connection, model, count, done)
            except Exception as error:  # noqa: BLE001 - a table that cannot be filled is said, and the others go on
                unfilled[table] = f"{type(error).__name__}: {error}".split("\n")[0]
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
                done[table] = cursor.fetchone()[0]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return done


def _parents(model: Any) -> set[str]:
    own = model._meta.db_table
    return {f.related_model._meta.db_table for f in model._meta.local_fields if f.is_relation and not f.null} - {own}


def _insert(connection: Any, model: Any, count: int, done: dict[str, int]) -> None:
    quote, fields = connection.ops.quote_name, model._meta.local_concrete_fields
    columns = [(quote(field.column), _value(connection, field, done)) for field in fields]
    columns = [(name, value) for name, value in columns if value]
    names, values = ", ".join(name for name, _ in columns), ", ".join(value for _, value in columns)
    series = f"generate_series(1, {count}) AS n(i)"
    head = ""
    if connection.vendor == "sqlite":
        head = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) "
        series = "n"
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({names}) "
    with connection.cursor() as cursor:
        cursor.execute(f"{insert}{head}SELECT {values} FROM {series}")


def _value(connection: Any, field: Any, done: dict[str, int]) -> str:
    """An SQL expression in ``i``; empty for what the database fills in."""
    if field.primary_key and "Auto" in field.get_internal_type():
        return ""
    if field.is_relation:
        rows = done.get(field.related_model._meta.db_table, 0)
        return ("i" if field.unique else f"1 + i % {rows}") if rows else "NULL"
    kind, lite = field.get_internal_type(), connection.vendor == "sqlite"
    if kind in ("CharField", "TextField", "SlugField", "EmailField", "URLField", "FileField", "FilePathField"):
        longest = field.max_length or 40
        return f"substr('v' || i, 1, {longest})"
    if kind == "BooleanField":
        return "0" if lite else "false"
    if kind in ("DateTimeField", "DateField", "TimeField"):
        return {"DateTimeField": "CURRENT_TIMESTAMP", "DateField": "CURRENT_DATE"}.get(kind, "CURRENT_TIME")
    if kind == "UUIDField":
        return "lower(hex(randomblob(16)))" if lite else "gen_random_uuid()"
    if kind == "JSONField":
        return "'{}'" if lite else "'{}'::jsonb"
    if kind == "BinaryField":
        return "x''" if lite else "''::bytea"
    if kind == "GenericIPAddressField":
        return "'10.0.0.1'"
    return "i" if field.unique or "Integer" in kind else "0"


class Django:
    """A kit of workbench_trial."""

    def __init__(self, connection: Any, spec: dict[str, Any]) -> None:
        self.vendor, self.tool = connection.vendor, f"django {import_module('django').get_version()}"
        self._connection = connection
        self._rows = spec["rows"]
        self.unfilled: dict[str, str] = {}
        self._schema = Schema(connection, spec["new"])

    def drift(self) -> str:
        """What makemigrations would make."""
        said, failed = call("makemigrations", "--check", "--dry-run")
        return said.strip() if failed else ""

    def lost(self) -> list[str]:
        """What going back would lose."""
        return self._schema.lost()

    def sql(self) -> dict[str, str]:
        """What each migration sends."""
        return {f"{app}.{name}": call("sqlmigrate", app, name)[0] for app, name in self._schema.new}

    def go(self, side: str) -> tuple[float, str]:
        """Migrate."""
        return self._schema.go(self._schema.before if side == "before" else self._schema.after)

    def fill(self) -> dict[str, int]:
        """Fill the tables as they are before; also remembers their models."""
        models = self._schema.models()
        self._touched = {m._meta.db_table: m for m in models if m._meta.label_lower in self._schema.touched()}
        return fill(self._connection, models, self._rows, self.unfilled)

    def touched(self) -> list[str]:
        """Tables of models that are there before."""
        return list(self._touched)

    def target(self, table: str) -> tuple[str, str, str]:
        """Quoted table, a column, the key."""
        meta, quote = self._touched[table]._meta, self._connection.ops.quote_name
        column = next((f.column for f in meta.local_concrete_fields if not f.primary_key), meta.pk.column)
        return quote(table), quote(column), quote(meta.pk.column)

    def connect(self) -> Any:
        """Django's connection of this thread."""
        return import_module("django.db").connection


def main(spec: dict[str, Any]) -> None:
    """Print what came of it."""
    os.chdir(spec["root"])
    sys.path.insert(0, spec["root"])
    connection = set_up(spec)
    try:
        said = trial.tried(Django(connection, spec))
    finally:
        with suppress(Exception):
            connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    print(json.dumps(said))


if __name__ == "__main__":
    HERE = str(Path(__file__).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if entry != HERE]
    main(json.loads(sys.argv[1]))
