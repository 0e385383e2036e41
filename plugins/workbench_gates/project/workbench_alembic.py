"""Tries a project's Alembic migrations on a database of its own, under load. Runs under the project's interpreter.

    workbench_alembic.py SPEC

SPEC is JSON: ``root``, ``folder`` (for SQLite files), ``new`` (paths of the revisions that the change brings) and
``rows`` (by table, how many to fill in). One JSON document on standard output. Standard library, Alembic, SQLAlchemy
and the project are imported.

Whatever address the project's ``env.py`` takes, an engine is made for a database of our own: every way to make one is
replaced before the project is imported.
"""

from __future__ import annotations

import ast
import io
import json
import os
import re
import subprocess
import sys
import time
from contextlib import redirect_stdout, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

trial: Any = import_module("workbench_trial")
own: Any = import_module("workbench_own_database")

_TABLE = re.compile(
    r"(?:ALTER TABLE(?: IF EXISTS)?(?: ONLY)?|UPDATE|INSERT INTO|DELETE FROM|INDEX(?: \w+)* \"?[\w.]+\"? ON)"
    r"\s+\"?([\w.]+)",
    re.IGNORECASE,
)


def ask(spec: dict[str, Any]) -> None:
    """Print the address that the project would use; nothing is connected to."""

    def asked(url: Any, **_: Any) -> Any:
        raise own.Asked(import_module("sqlalchemy").make_url(url).render_as_string(hide_password=False))

    own.replace_engines(asked)
    try:
        with redirect_stdout(sys.stderr):
            import_module("alembic.command").current(configuration(spec))
    except own.Asked as said:
        print(json.dumps(str(said)))
        return
    print(json.dumps(""))


def configuration(spec: dict[str, Any]) -> Any:
    """Alembic's configuration of the project."""
    made = import_module("alembic.config").Config(str(Path(spec["root"]) / "alembic.ini"))
    place = made.get_main_option("script_location") or "alembic"
    if ":" not in place and not Path(place).is_absolute():
        made.set_main_option("script_location", str(Path(spec["root"]) / place))
    return made


class Alembic:
    """A kit of workbench_trial."""

    def __init__(self, spec: dict[str, Any], database: Any) -> None:
        self.vendor = database.vendor
        self.tool = f"alembic {import_module('alembic').__version__}"
        self._root, self._rows = Path(spec["root"]), spec["rows"]
        self.unfilled: dict[str, str] = {}
        self._database = database
        self._config = configuration(spec)
        self._script = import_module("alembic.script").ScriptDirectory.from_config(self._config)
        wanted = {(self._root / path).resolve() for path in spec["new"]}
        self.new = [each for each in self._script.walk_revisions() if Path(each.path).resolve() in wanted][::-1]
        names = {each.revision for each in self.new}
        below = [down for each in self.new for down in _downs(each) if down not in names]
        self._before = below or (["base"] if self.new else ["heads"])

    def drift(self) -> str:
        """What autogenerate would make of the schema as it is at the end."""
        errors: Any = import_module("alembic.util.exc")
        try:
            with redirect_stdout(io.StringIO()):
                import_module("alembic.command").check(self._config)
        except errors.CommandError as error:
            return str(error) if "New upgrade operations" in str(error) else ""
        return ""

    def lost(self) -> list[str]:
        """What going back would lose, or cannot bring back, as the calls of each revision's ``upgrade`` show."""
        return [text for each in self.new for text in _lost(Path(each.path).read_text(encoding="utf-8"), each.revision)]

    def sql(self) -> dict[str, str]:
        """What each revision sends, where ``env.py`` can say so without a connection."""
        made = {}
        for each in self.new:
            down = (_downs(each) or ["base"])[0]
            out = io.StringIO()
            config = configuration({"root": str(self._root)})
            config.output_buffer = out
            config.set_main_option("sqlalchemy.url", str(self._database.url).replace("%", "%%"))
            try:
                with redirect_stdout(io.StringIO()):
                    import_module("alembic.command").upgrade(config, f"{down}:{each.revision}", sql=True)
            except Exception as error:  # noqa: BLE001 - whatever a migration raises without a connection
                out.write(f"-- not shown: {type(error).__name__}: {error}")
            made[each.revision] = out.getvalue()
        return made

    def go(self, side: str) -> tuple[float, str]:
        """Migrate up to the heads, or to what was there before the new revisions."""
        command: Any = import_module("alembic.command")
        began = time.perf_counter()
        try:
            with redirect_stdout(io.StringIO()):
                if side == "after":
                    command.upgrade(self._config, "heads")
                else:
                    self._go_before(command)
        except Exception as error:  # noqa: BLE001 - whatever a migration raises is the answer
            return time.perf_counter() - began, f"{type(error).__name__}: {error}"
        return time.perf_counter() - began, ""

    def _go_before(self, command: Any) -> None:
        for target in self._before:
            there = self._tables()
            if "alembic_version" in there and target != "heads":
                command.downgrade(self._config, target)
            elif target != "base":
                command.upgrade(self._config, target)

    def _tables(self) -> list[str]:
        engine = self._database.own()
        names: list[str] = import_module("sqlalchemy").inspect(engine).get_table_names()
        return names

    def fill(self) -> dict[str, int]:
        """Fill every table, those that others point to first."""
        sqlalchemy: Any = import_module("sqlalchemy")
        engine = self._database.own()
        done: dict[str, int] = {}
        self._meta = sqlalchemy.MetaData()
        self._meta.reflect(engine)
        for table in self._meta.sorted_tables:
            if table.name == "alembic_version":
                continue
            count = max(1, int(self._rows.get(table.name, trial.FILLED)))
            try:
                with engine.begin() as connection:
                    connection.execute(sqlalchemy.text(_insert(table, count, self.vendor, done)))
            except Exception as error:  # noqa: BLE001 - a table that cannot be filled is said, and the others go on
                self.unfilled[table.name] = f"{type(error).__name__}: {error}".split("\n")[0]
            with engine.connect() as connection:
                counted = sqlalchemy.select(sqlalchemy.func.count()).select_from(table)
                done[table.name] = connection.execute(counted).scalar()
        with suppress(Exception), engine.begin() as connection:
            connection.exec_driver_sql("ANALYZE")
        return done

    def touched(self) -> list[str]:
        """Tables that the SQL of the new revisions names, or their scripts where it is not shown."""
        texts = [*self.sql().values(), *(Path(each.path).read_text(encoding="utf-8") for each in self.new)]
        named = {name.rpartition(".")[2] for text in texts for name in _TABLE.findall(text)}
        words = {word for text in texts for word in re.findall(r"[\"'](\w+)[\"']", text)}
        return [name for name in self._meta.tables if name in named | words and name != "alembic_version"]

    def target(self, table: str) -> tuple[str, str, str]:
        """Quoted table, a column, the key."""
        quote = self._database.own().dialect.identifier_preparer.quote
        columns = self._meta.tables[table].columns
        key = next((c.name for c in columns if c.primary_key), next(iter(columns)).name)
        column = next((c.name for c in columns if not c.primary_key), key)
        return quote(table), quote(column), quote(key)

    def connect(self) -> Any:
        """A DB-API connection."""
        return self._database.own().raw_connection()


def _downs(revision: Any) -> list[str]:
    down = revision.down_revision
    return [down] if isinstance(down, str) else list(down or ())


def _insert(table: Any, count: int, vendor: str, done: dict[str, int]) -> str:
    """An INSERT of ``count`` rows."""
    columns = [(column, _value(column, vendor, done)) for column in table.columns]
    columns = [(column, value) for column, value in columns if value]
    names = ", ".join(f'"{column.name}"' if vendor != "mysql" else f"`{column.name}`" for column, _ in columns)
    values = ", ".join(value for _, value in columns)
    head, series = "", f"generate_series(1, {count}) AS n(i)"
    if vendor != "postgresql":
        head, series = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) ", "n"
    quoted = f"`{table.name}`" if vendor == "mysql" else f'"{table.name}"'
    return f"INSERT INTO {quoted} ({names}) {head}SELECT {values} FROM {series}"


def _value(column: Any, vendor: str, done: dict[str, int]) -> str:
    """An SQL expression in ``i``; empty for what the database fills in."""
    for key in column.foreign_keys:
        rows = done.get(key.column.table.name, 0)
        return f"1 + i % {rows}" if rows else "NULL"
    kind = type(column.type).__name__.upper()
    if column.primary_key and "INT" in kind:
        return "i"
    if column.server_default is not None or column.computed is not None:
        return ""
    if any(word in kind for word in ("CHAR", "TEXT", "STRING", "CLOB")):
        return f"substr('v' || i, 1, {getattr(column.type, 'length', None) or 40})"
    if "BOOL" in kind:
        return "false" if vendor == "postgresql" else "0"
    if "TIMESTAMP" in kind or "DATETIME" in kind:
        return "CURRENT_TIMESTAMP"
    if kind in ("DATE", "TIME"):
        return f"CURRENT_{kind}"
    if "UUID" in kind:
        return "gen_random_uuid()" if vendor == "postgresql" else "lower(hex(randomblob(16)))"
    if "JSON" in kind:
        return "'{}'"
    return "''" if "BYTEA" in kind or "BLOB" in kind else "i"


_LOSES = {
    "add_column": "what was written into {0}.{1}",
    "create_table": "all rows of {0}",
    "drop_column": "{0}.{1} comes back empty",
    "drop_table": "{0} comes back empty",
    "execute": "what an SQL statement of {revision} did may not be undone",
}


def _lost(source: str, revision: str) -> list[str]:
    functions = {node.name: node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)}
    said = []
    for node in ast.walk(functions["upgrade"]) if "upgrade" in functions else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _LOSES:
            words = [_word(argument) for argument in node.args[:2]] + ["?", "?"]
            said.append(_LOSES[node.func.attr].format(*words, revision=revision))
    back = functions.get("downgrade")
    if said and (
        back is None or all(isinstance(each, (ast.Pass, ast.Expr)) and not _calls(each) for each in back.body)
    ):
        said.append(f"{revision} has no way back")
    return said


def _calls(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Call) for each in ast.walk(node))


def _word(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and node.args:
        return _word(node.args[0])
    return str(node.value) if isinstance(node, ast.Constant) else "?"


def main(spec: dict[str, Any]) -> None:
    """Print what came of it."""
    os.chdir(spec["root"])
    sys.path[:0] = [spec["root"], str(Path(spec["root"]) / "src")]
    if spec.get("ask"):
        ask(spec)
        return
    words = [sys.executable, __file__, json.dumps({**spec, "ask": True})]
    asked = subprocess.run(words, stdout=subprocess.PIPE, check=True).stdout.decode().strip().split("\n")[-1]
    if not json.loads(asked):
        raise SystemExit("env.py makes no engine of SQLAlchemy's: it cannot be kept from a real database")
    with own.Database(json.loads(asked), spec["folder"]) as database, redirect_stdout(sys.stderr):
        said = trial.tried(Alembic(spec, database))
    print(json.dumps(said))


if __name__ == "__main__":
    HERE = str(Path(__file__).resolve().parent)
    sys.path[:] = [entry for entry in sys.path if entry != HERE]
    main(json.loads(sys.argv[1]))
