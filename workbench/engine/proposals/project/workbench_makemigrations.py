"""Writes the migrations that changed models need. Runs under the project's interpreter, in a worktree.

    workbench_makemigrations.py SPEC

SPEC is JSON: ``settings`` (Django's module) or ``alembic`` (its ini file), and ``folder`` for the throwaway database.
One JSON document on standard output: ``written`` (paths) and ``problem``. Standard library and the project alone are
imported.
"""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from typing import Any

CONCURRENT = "_concurrently"


def django(spec: dict[str, Any]) -> list[str]:
    """Django's makemigrations; on PostgreSQL new indexes of tables that exist go into a migration of their own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = spec["settings"]
    settings: Any = import_module("django.conf").settings
    postgresql = any("postg" in each.get("ENGINE", "") for each in settings.DATABASES.values())
    for name in settings.DATABASES:
        own = str(Path(spec["folder"]) / f"{name}.sqlite3")
        settings.DATABASES[name] = {"ENGINE": "django.db.backends.sqlite3", "NAME": own}
    import_module("django").setup()
    before = _migrations()
    management: Any = import_module("django.core.management")
    management.call_command("makemigrations", interactive=False, verbosity=0)
    written = sorted(_migrations() - before)
    if postgresql:
        for path in tuple(written):
            written += _apart(path)
    return written


def _migrations() -> set[str]:
    loader = import_module("django.db.migrations.loader").MigrationLoader(None)
    found: set[str] = set()
    for app in import_module("django.apps").apps.get_app_configs():
        module, _ = loader.migrations_module(app.label)
        folder = Path(app.path) / (module or "migrations").rpartition(".")[2]
        found |= {str(path) for path in folder.glob("*.py")}
    return found


def _apart(path: str) -> list[str]:
    """Move the AddIndex of tables that exist into a migration after this one, in the concurrent form."""
    file = Path(path)
    app = file.parent.parent.name
    module = import_module(f"{_package(file.parent)}.{file.stem}")
    made = module.Migration(file.stem, app)
    created = {each.name.lower() for each in made.operations if type(each).__name__ == "CreateModel"}
    moved = [
        each for each in made.operations if type(each).__name__ == "AddIndex" and each.model_name.lower() not in created
    ]
    if not moved:
        return []
    rest = [each for each in made.operations if each not in moved]
    concurrently = import_module("django.contrib.postgres.operations").AddIndexConcurrently
    operations = [concurrently(each.model_name, each.index) for each in moved]
    if not rest:
        _write(file, made, made.dependencies, operations, concurrent=True)
        return []
    _write(file, made, made.dependencies, rest, concurrent=False)
    number = f"{int(file.stem[:4]) + 1:04}" if file.stem[:4].isdigit() else file.stem
    second = file.with_name(f"{number}{CONCURRENT}.py")
    _write(second, type(made)(second.stem, app), [(app, file.stem)], operations, concurrent=True)
    return [str(second)]


def _write(file: Path, migration: Any, dependencies: list[Any], operations: list[Any], concurrent: bool) -> None:
    migration.dependencies, migration.operations = list(dependencies), operations
    text = import_module("django.db.migrations.writer").MigrationWriter(migration).as_string()
    if concurrent:
        head = "class Migration(migrations.Migration):\n"
        text = text.replace(head, f"{head}\n    atomic = False\n", 1)
    file.write_text(text, encoding="utf-8")


def _package(folder: Path) -> str:
    """The dotted name of a package."""
    parts = [folder.name]
    while (folder.parent / "__init__.py").is_file():
        folder = folder.parent
        parts.insert(0, folder.name)
    return ".".join(parts)


def alembic(spec: dict[str, Any]) -> list[str]:
    """``alembic revision --autogenerate`` against an empty database that was brought to the newest revision."""
    config = import_module("alembic.config").Config(spec["alembic"])
    url = f"sqlite:///{Path(spec['folder']) / 'alembic.sqlite3'}"
    postgresql = "postg" in (config.get_main_option("sqlalchemy.url") or os.environ.get("DATABASE_URL", ""))
    config.set_main_option("sqlalchemy.url", url)
    os.environ["DATABASE_URL"] = url
    command = import_module("alembic.command")
    command.upgrade(config, "head")
    made = command.revision(config, message="with the fix", autogenerate=True)
    path = Path(made.path)
    text = path.read_text(encoding="utf-8")
    if "op." not in text:
        path.unlink()
        return []
    return [str(path), *(_alembic_apart(command, config, path, text, made.revision) if postgresql else ())]


def _alembic_apart(command: Any, config: Any, path: Path, text: str, revision: str) -> list[str]:
    """Move ``create_index`` of tables that exist into a revision after this one, in the concurrent form."""
    tables = {line.split("'")[1] for line in text.splitlines() if "op.create_table('" in line}
    kept: list[str] = []
    up: list[str] = []
    down: list[str] = []
    for line in text.splitlines(keepends=True):
        words = line.strip()
        if words.startswith(("op.create_index(", "op.drop_index(")) and words.endswith(")"):
            names = words.split("'")[1::2]
            if not tables.intersection(names):
                concurrent = f"        {words[:-1]}, postgresql_concurrently=True)\n"
                (up if words.startswith("op.create") else down).append(concurrent)
                continue
        kept.append(line)
    if not up:
        return []
    bodies = "".join(kept)
    path.write_text(bodies, encoding="utf-8")
    second = command.revision(config, message=f"with the fix{CONCURRENT}", head=revision)
    written = Path(second.path).read_text(encoding="utf-8")
    block = "    with op.get_context().autocommit_block():\n"
    first, found, rest = written.partition("def upgrade()")
    head, _, _ = rest.partition("\n    ")
    made = f"{first}{found}{head}\n{block}{''.join(up)}\n\ndef downgrade() -> None:\n{block}{''.join(down)}"
    Path(second.path).write_text(made, encoding="utf-8")
    return [str(second.path)]


def main(spec: dict[str, Any]) -> dict[str, Any]:
    """What was written, or why nothing could be."""
    sys.path.insert(0, str(Path.cwd()))
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            written = (django if spec.get("settings") else alembic)(spec)
    except SystemExit as ended:
        last = (said.getvalue().strip().splitlines() or [f"exit code {ended.code}"])[-1]
        return {"written": [], "problem": f"it asks what nobody can answer here: {last}"}
    except Exception as error:  # noqa: BLE001 - whatever the project raises is the answer
        return {"written": [], "problem": f"{type(error).__name__}: {error}"}
    return {"written": [str(Path(path).relative_to(Path.cwd())) for path in written], "problem": ""}


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
