"""Value types that speak of what lies around the code: the deployed release, the services it calls, its database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Deployed:
    """What runs in production. ``name`` and ``previous`` are as they were told (a tag, a version, a hash), ``commit``
    and ``previous_commit`` the commits they are, empty where git knows none; ``source`` says who told it."""

    name: str
    source: str
    commit: str = ""
    previous: str = ""
    previous_commit: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Upstream:
    """A host that the code calls, or one that serves requests of ours, as client or access logs tell.

    ``failures`` are calls that ended with a 5xx, a time-out or no connection; ``p50`` and ``p95`` are seconds, None
    where no duration is logged; ``before`` and ``after`` are (calls, failures) on either side of the onset.
    """

    host: str
    calls: int
    failures: int
    timeouts: int = 0
    retries: int = 0
    p50: float | None = None
    p95: float | None = None
    first_failure: datetime | None = None
    before: tuple[int, int] | None = None
    after: tuple[int, int] | None = None
    sample: str = ""
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeadRows:
    """Rows of a table that look dead. ``kind``: expired, soft_deleted or orphaned; ``rule`` is the condition that was
    counted; ``estimated`` says that the count is no exact one."""

    kind: str
    count: int
    rule: str
    oldest: str = ""
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class TableFacts:
    """One table. ``rows`` is None where it could not be counted in time; ``path``/``line`` is code that uses it."""

    name: str
    rows: int | None
    estimated: bool = False
    dead: tuple[DeadRows, ...] = ()
    dead_tuples: int | None = None
    last_vacuum: datetime | None = None
    path: str = ""
    line: int = 0
    hot: bool = False


@dataclass(frozen=True, slots=True)
class DatabaseIssue:
    """Something about a database that a person should see.

    ``kind``: missing_index, redundant_index, lock, long_transaction, statement, vacuum or pool.
    """

    id: str
    kind: str
    text: str
    table: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration that was applied, or was to be and ``failed``, as ``ledger``, a table of the tool that did it, says;
    ``at`` None where it keeps no time."""

    name: str
    at: datetime | None
    ledger: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What one database said of itself. ``name`` is its address without a password; ``denied`` what it did not tell."""

    name: str
    system: str
    tables: tuple[TableFacts, ...] = ()
    issues: tuple[DatabaseIssue, ...] = ()
    denied: tuple[str, ...] = ()
    at: datetime | None = None
    applied: tuple[Applied, ...] = ()
