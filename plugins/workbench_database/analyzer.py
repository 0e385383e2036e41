"""The analyzer: one look at one database, in a worker that can be killed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from workbench.api import Applied, Chunk, DatabaseFacts, Host, Report, Step, Subject
from workbench_database.applied import changes_of
from workbench_database.look import Asked, Refused, look

LIMIT = 60.0
"""Seconds that a look at a database may take in all."""


class DatabaseAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Nothing where no database was given: none is guessed."""
        if not subject.database:
            return
        address, name = _address(subject.database)
        if not address:
            yield Chunk(refuse, (f"the variable {name} is not set",))
            return
        hot = {frame.path for error in subject.errors for frame in error.frames if frame.mapped}
        used = tuple((node.label, node.path, node.line) for node in subject.nodes if node.kind == "table")
        yield Chunk(
            look, (Asked(address, name, subject.repo, used, tuple(sorted(hot)), _code(subject)),), timeout=LIMIT
        )

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """What it said, or why it said nothing."""
        if not subject.database:
            return Report(summary="no database was given: --db URL looks at one, read-only")
        refused = next((item for item in results if isinstance(item, Refused)), None)
        if refused is not None:
            return Report(summary=f"not looked at: {refused.reason}")
        facts = tuple(item for item in results if isinstance(item, DatabaseFacts))
        tables = sum(len(each.tables) for each in facts)
        dead = sum(len(table.dead) for each in facts for table in each.tables)
        issues = sum(len(each.issues) for each in facts)
        looked = f"{tables} tables, {dead} kinds of rows that look dead, {issues} things to look at"
        told = [each for database in facts for each in database.applied]
        untold = "".join(f"; {text}" for each in facts for text in each.denied)
        return Report(
            summary=f"{looked}{_migrated(told)}{untold}",
            databases=facts,
            changes=tuple(changes_of(told, subject.paths)),
        )


def _migrated(told: Sequence[Applied]) -> str:
    """The migration that was applied last, or the state that the schema is in where no time is kept."""
    if not told:
        return ""
    last = max(told, key=lambda each: each.at.timestamp() if each.at else 0.0)
    when = f" at {last.at:%Y-%m-%d %H:%M:%S} UTC" if last.at else ""
    return f"; last migration {last.name}{' failed' if last.failed else ''}{when}"


def refuse(reason: str) -> list[Refused]:
    """Why no database is looked at."""
    return [Refused(reason)]


def _code(subject: Subject) -> tuple[str, ...]:
    return tuple(path for path in subject.paths if path.endswith(".py"))[:2000]


def _address(given: str) -> tuple[str, str]:
    """The address to connect to, and the one that is shown: without password, or the variable's name."""
    if given.startswith("env:"):
        return os.environ.get(given.removeprefix("env:"), ""), given.removeprefix("env:")
    parts = urlsplit(given)
    return given, given.replace(f":{parts.password}@", "@") if parts.password else given
