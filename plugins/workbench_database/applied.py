"""Migrations that were applied, as the tools that apply them note it in the database itself.

Tables: Django's MigrationRecorder, Alembic's version table, Flyway's schema history table, Prisma Migrate's
_prisma_migrations, yoyo's internal tables, Knex's migrations table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from workbench.api import Applied, Change, ChangeKind

LATEST = 20
"""Migrations that are told of one table at most, the latest."""


class Ledger(NamedTuple):
    """What is asked of a tool's table: application, migration, when, and whether it failed; ``which`` rows count."""

    app: str
    name: str
    at: str
    failed: str = "false"
    which: str = "true"


LEDGERS = {
    "django_migrations": Ledger("app", "name", "applied"),
    "alembic_version": Ledger("''", "version_num", "null"),
    "flyway_schema_history": Ledger("''", "script", "installed_on", "not success", "script not like '<<%'"),
    "_prisma_migrations": Ledger(
        "''", "migration_name", "coalesce(finished_at, started_at)", "finished_at is null", "rolled_back_at is null"
    ),
    "_yoyo_migration": Ledger("''", "migration_id", "applied_at_utc"),
    "knex_migrations": Ledger("''", "name", "migration_time"),
}
"""By the name of a tool's table. Flyway's rows ``<< ... >>`` are its own; one of Prisma's has no end when it failed."""
MILLISECONDS = 1e11
"""Numbers from here on are milliseconds since 1970."""


def applied(tables: Iterable[str], rows: Callable[[str], Sequence[tuple[Any, ...]]]) -> Iterator[Applied]:
    """What the ledgers among ``tables``, in whichever schema, say; ``rows`` runs a statement."""
    for table in tables:
        ledger = table.rpartition(".")[2]
        if ledger in LEDGERS:
            for app, name, at, failed in rows(_question(table, LEDGERS[ledger])):
                yield Applied(f"{app}.{name}" if app else str(name), _moment(at), ledger, bool(failed))


def _question(table: str, asked: Ledger) -> str:
    quoted = ".".join(f'"{part}"' for part in table.split("."))
    wanted = f"{asked.app}, {asked.name}, {asked.at}, {asked.failed}"
    return f"select {wanted} from {quoted} where {asked.which} order by 3 desc limit {LATEST}"


def _moment(value: Any) -> datetime | None:
    """A time as these tables keep it: UTC where they name no zone."""
    try:
        if isinstance(value, int | float):
            return datetime.fromtimestamp(value / 1000 if value > MILLISECONDS else value, UTC)
        at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except (ValueError, OverflowError, OSError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def changes_of(found: Iterable[Applied], paths: Collection[str]) -> Iterator[Change]:
    """A change event for each whose time is known, with the file of the repository that it is."""
    for each in found:
        if each.at is not None:
            where = tuple(path for path in paths if _is(path, each.name))[:1]
            summary = f"migration {each.name} {'failed' if each.failed else 'was applied'}"
            yield Change(f"{each.ledger}:{each.name}", each.at, ChangeKind.MIGRATION, summary, paths=where)


def _is(path: str, name: str) -> bool:
    """Whether ``path`` is the migration that a ledger calls ``name``: a file, with or without its ending, or a folder;
    of an application (``shop.0002_merge``) within it."""
    place = PurePosixPath(path)
    if f"/{path}".endswith(f"/{name}") or name in (place.stem, place.parent.name):
        return True
    app, _, bare = name.partition(".")
    return place.stem == bare and app in place.parts
