"""Statements of PostgreSQL that make others wait, or break code that runs: read, not run. Pure.

Each rule says what the documentation of PostgreSQL 17 says: ALTER TABLE (SQL commands), explicit locking (13.3),
CREATE INDEX (building indexes concurrently), routine reindexing (24.2), VACUUM, CLUSTER, REFRESH MATERIALIZED VIEW. How
long the wait is depends on the rows: that is measured, not linted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Risk:
    """One statement that is a risk, and why."""

    rule: str
    why: str
    statement: str


_RULES: tuple[tuple[str, str, str], ...] = (
    (
        "index-blocks-writes",
        r"^CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)",
        "writes wait until the index is built: CREATE INDEX CONCURRENTLY, outside a transaction",
    ),
    (
        "drop-index-locks",
        r"^DROP\s+INDEX\s+(?!CONCURRENTLY)",
        "reads and writes wait: DROP INDEX CONCURRENTLY, outside a transaction",
    ),
    ("reindex-locks", r"^REINDEX\b(?!.*\bCONCURRENTLY\b)", "writes wait, and reads that use it: REINDEX CONCURRENTLY"),
    (
        "type-rewrites",
        r"^ALTER\s+TABLE\b.*\bALTER\s+(?:COLUMN\s+)?\S+\s+(?:SET\s+DATA\s+)?TYPE\b",
        "the table may be rewritten, and reads and writes wait: a new column, filled in steps",
    ),
    (
        "default-rewrites",
        r"^ALTER\s+TABLE\b.*\bADD\s+(?:COLUMN\s+)?.*\bDEFAULT\s+(?:\w+\.)?(?:random|clock_timestamp|gen_random_uuid"
        r"|uuid_generate_v\d|nextval|timeofday)\s*\(",
        "a default that differs by row rewrites the table: add the column, then fill it in steps",
    ),
    (
        "identity-rewrites",
        r"^ALTER\s+TABLE\b.*\bADD\s+(?:COLUMN\s+)?.*\b(?:(?:big|small)?serial|GENERATED\s+\w+(?:\s+\w+)?\s+AS)\b",
        "the table is rewritten to fill the column, and reads and writes wait",
    ),
    (
        "not-null-without-default",
        r"^ALTER\s+TABLE\b.*\bADD\s+(?:COLUMN\s+)(?!.*\bDEFAULT\b)[^,]*\bNOT\s+NULL\b",
        "it fails as soon as the table has rows, and running code that writes the old columns fails after it",
    ),
    (
        "not-null-scans",
        r"^ALTER\s+TABLE\b.*\bSET\s+NOT\s+NULL\b",
        "every row is looked at while reads and writes wait: a CHECK constraint NOT VALID, validated, comes before it",
    ),
    (
        "constraint-scans",
        r"^ALTER\s+TABLE\b.*\bADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:CHECK|FOREIGN\s+KEY)\b(?!.*\bNOT\s+VALID\b)",
        "every row is looked at while writes wait: NOT VALID, then VALIDATE CONSTRAINT",
    ),
    (
        "constraint-builds-index",
        r"^ALTER\s+TABLE\b.*\bADD\s+(?:CONSTRAINT\s+\S+\s+)?(?:UNIQUE|PRIMARY\s+KEY)\b(?!.*\bUSING\s+INDEX\b)",
        "an index is built while reads and writes wait: build it concurrently, then USING INDEX",
    ),
    ("rename-breaks", r"^ALTER\s+TABLE\b.*\bRENAME\b", "code that runs asks for the old name"),
    ("drop-breaks", r"^(?:ALTER\s+TABLE\b.*\bDROP\s+COLUMN\b|DROP\s+TABLE\b)", "code that runs still asks for it"),
    ("rewrites", r"^(?:VACUUM\b.*\bFULL\b|CLUSTER\b)", "the table is rewritten, and reads and writes wait"),
    ("truncates", r"^TRUNCATE\b", "reads and writes wait, and what was there is gone"),
    ("locks", r"^LOCK\b", "what holds the lock makes others wait until the transaction ends"),
    (
        "refresh-locks",
        r"^REFRESH\s+MATERIALIZED\s+VIEW\s+(?!CONCURRENTLY)",
        "reads of the view wait: REFRESH MATERIALIZED VIEW CONCURRENTLY",
    ),
)
_COMPILED = tuple((rule, re.compile(pattern, re.IGNORECASE | re.DOTALL), why) for rule, pattern, why in _RULES)
_CREATED = re.compile(r"^CREATE\s+(?:\w+\s+)*?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?([^\s(]+)", re.IGNORECASE)
_OF = re.compile(
    r"^(?:ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?|CREATE\s+(?:UNIQUE\s+)?INDEX\b.*?\bON\s+(?:ONLY\s+)?)([^\s(]+)",
    re.IGNORECASE | re.DOTALL,
)
_CONCURRENT = re.compile(r"^(?:CREATE|DROP)\b.*\bINDEX\s+CONCURRENTLY\b|^REINDEX\b.*\bCONCURRENTLY\b", re.I | re.S)


def risks(sql: str) -> list[Risk]:
    """What in the statements of a migration is a risk, in their order; a table that it creates itself has no rows and
    no readers."""
    found: list[Risk] = []
    created: set[str] = set()
    within = False
    for statement in statements(sql):
        first = statement.split(None, 1)[0].upper()
        within = first in ("BEGIN", "START") or (within and first not in ("COMMIT", "END", "ROLLBACK"))
        if made := _CREATED.match(statement):
            created.add(_bare(made[1]))
        of = _OF.match(statement)
        if of and _bare(of[1]) in created:
            continue
        if within and _CONCURRENT.match(statement):
            why = "PostgreSQL refuses it within a transaction: the migration must not be atomic"
            found.append(Risk("concurrently-in-transaction", why, statement))
        found += [Risk(rule, why, statement) for rule, pattern, why in _COMPILED if pattern.search(statement)]
    return found


def statements(sql: str) -> Iterator[str]:
    """The statements of a script without comments; a quoted text or a body between ``$`` marks is of its statement."""
    piece = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|(\$\w*\$).*?\1|;", re.DOTALL)
    made, at = "", 0
    for hit in piece.finditer(sql):
        made += sql[at : hit.start()]
        at = hit.end()
        if hit[0] == ";":
            if made.strip():
                yield " ".join(made.split())
            made = ""
        elif not hit[0].startswith(("--", "/*")):
            made += hit[0]
    if (made + sql[at:]).strip():
        yield " ".join((made + sql[at:]).split())


def _bare(name: str) -> str:
    return name.replace('"', "").rpartition(".")[2].lower()
