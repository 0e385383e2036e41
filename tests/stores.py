"""Looking into the stores that the conformance tests run on, and spoiling them."""

from __future__ import annotations

from pathlib import Path

from tests.journal_programs import store_at
from workbench.engine.store.sqlite import SqliteStore

__all__ = ["spoil_snapshot", "store_at", "stored"]


def stored(address: str) -> bytes:
    """Everything that lies in the store, as it lies there."""
    if "|" not in address:
        return b"".join(path.read_bytes() for path in Path(address).parent.iterdir())
    import psycopg

    with psycopg.connect(address.rsplit("|", 1)[0]) as db:
        tables = ("event", "blob", "snapshot", "card", "person")
        return b"".join(
            str(row).encode() for table in tables for row in db.execute(f"SELECT * FROM workbench.{table}".encode())
        )


def spoil_snapshot(address: str, column: str, value: object) -> None:
    """Write rubbish over a part of the stored snapshot."""
    if "|" not in address:
        store = SqliteStore(Path(address))
        store._db.execute(f"UPDATE snapshot SET {column} = ?", (value,))
        store.close()
        return
    import psycopg

    with psycopg.connect(address.rsplit("|", 1)[0]) as db:
        db.execute(f"UPDATE workbench.snapshot SET {column} = %s".encode(), (value,))
