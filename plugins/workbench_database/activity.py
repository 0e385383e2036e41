"""What goes on in a PostgreSQL server now: waiting locks, long transactions, connections; and the worst statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from workbench.api import DatabaseIssue
from workbench_database.columns import issue

LONG = 60
"""Seconds from which a transaction is long; one that does nothing in the meantime is after a sixth of them."""
WORST = 5

_LOCKS = """
select pid, pg_blocking_pids(pid), extract(epoch from now() - query_start)::float8, left(query, 120)
from pg_stat_activity where cardinality(pg_blocking_pids(pid)) > 0 and datname = current_database()"""
_LONG = f"""
select pid, state, extract(epoch from now() - xact_start)::float8, left(query, 120) from pg_stat_activity
where xact_start is not null and pid <> pg_backend_pid() and datname = current_database()
and (now() - xact_start > interval '{LONG} seconds'
     or (state = 'idle in transaction' and now() - state_change > interval '{LONG // 6} seconds'))"""
_USED = """
select count(*), current_setting('max_connections')::int from pg_stat_activity where backend_type = 'client backend'"""
_INSTALLED = "select 1 from pg_extension where extname = 'pg_stat_statements'"
_STATEMENTS = """
select left(query, 160), calls, {total} / 1000.0, {mean} / 1000.0 from pg_stat_statements s
join pg_database d on d.oid = s.dbid where d.datname = current_database() and query not ilike '%pg_stat%'
order by {total} desc limit {worst}"""


class Rows(Protocol):
    """Runs statements."""

    version: int
    untold: list[str]

    def rows(self, what: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows; none where it fails, with a note of what is lost."""
        ...


def activity(reader: Rows) -> Iterator[DatabaseIssue]:
    """The issues of this moment, then the worst statements."""
    for pid, blockers, seconds, query in reader.rows("who waits for locks", _LOCKS):
        by = ", ".join(map(str, blockers))
        yield issue("lock", "", f"process {pid} has waited {seconds:.0f} s for {by}: {_line(query)}", seconds)
    for pid, state, seconds, query in reader.rows("long transactions", _LONG):
        yield issue("long_transaction", "", f"process {pid}, {state}, for {seconds:.0f} s: {_line(query)}", seconds)
    for used, most in reader.rows("the connections", _USED):
        if used >= 0.8 * most:
            yield issue("pool", "", f"{used} of {most} connections are taken")
    yield from _statements(reader)


def _statements(reader: Rows) -> Iterator[DatabaseIssue]:
    if not reader.rows("whether pg_stat_statements is there", _INSTALLED):
        reader.untold.append("pg_stat_statements is not installed, so no statement is told")
        return
    names = ("total_exec_time", "mean_exec_time") if reader.version >= 130000 else ("total_time", "mean_time")
    statement = _STATEMENTS.format(total=names[0], mean=names[1], worst=WORST)
    for query, calls, total, mean in reader.rows("the worst statements", statement):
        text = f"{float(total):.2f} s in {calls:,} calls, {float(mean) * 1000:.1f} ms each: {_line(query)}"
        yield issue("statement", "", text, float(total))


def _line(text: str) -> str:
    return " ".join(str(text).split())
