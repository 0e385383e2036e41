"""Migrations that were applied, as the tools that apply them note it in the database itself.

Tables: Django's MigrationRecorder, Alembic's version table, Flyway's schema history table, Prisma Migrate's
_prisma_migrations, yoyo's internal tables, Knex's migrations table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from workbench.api import Applied, Change, ChangeKind

LATEST = 20
"""Migrations that are told of one table at most, the latest."""
LEDGERS = {
    "django_migrations": f"select app, name, applied from django_migrations order by applied desc limit {LATEST}",
    "alembic_version": f"select '', version_num, null from alembic_version limit {LATEST}",
    "flyway_schema_history": "select '', script, installed_on from flyway_schema_history"
    f" order by installed_on desc limit {LATEST}",
    "_prisma_migrations": "select '', migration_name, finished_at from _prisma_migrations"
    f" where finished_at is not null order by finished_at desc limit {LATEST}",
    "_yoyo_migration": "select '', migration_id, applied_at_utc from _yoyo_migration"
    f" order by applied_at_utc desc limit {LATEST}",
    "knex_migrations": "select '', name, migration_time from knex_migrations"
    f" order by migration_time desc limit {LATEST}",
}
"""Name of a tool's table to what is asked of it: application, migration, when."""
MILLISECONDS = 1e11
"""Numbers from here on are milliseconds since 1970."""


def applied(tables: Iterable[str], rows: Callable[[str], Sequence[tuple[Any, ...]]]) -> Iterator[Applied]:
    """What the ledgers among ``tables`` say; ``rows`` runs a statement."""
    for ledger in LEDGERS.keys() & set(tables):
        for app, name, at in rows(LEDGERS[ledger]):
            yield Applied(f"{app}.{name}" if app else str(name), _moment(at), ledger)


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
            summary = f"migration {each.name} was applied"
            yield Change(f"{each.ledger}:{each.name}", each.at, ChangeKind.MIGRATION, summary, paths=where)


def _is(path: str, name: str) -> bool:
    place = PurePosixPath(path)
    app, _, bare = name.rpartition(".") if "/" not in name else ("", "", name)
    if place.stem != bare and place.name != name and place.parent.name != name:
        return False
    return not app or place.name == name or app in place.parts
