"""What was judged noise or known, by repository and fingerprint, for every later case: a file beside the cases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from workbench.analysis.redact import redact_data
from workbench.case.codec import decode, encode
from workbench.case.state import Triage
from workbench.engine.store.base import StoreError
from workbench.engine.store.connection import reason

_TABLE = """CREATE TABLE IF NOT EXISTS judged (repo TEXT NOT NULL, fingerprint TEXT NOT NULL, judgement TEXT NOT NULL,
PRIMARY KEY (repo, fingerprint)) WITHOUT ROWID"""


class Judgements:
    """The file at ``path``. It is a convenience: each judgement stands in its case's journal too."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def recall(self, repo: str) -> Mapping[str, Triage]:
        """The judgements of a repository by fingerprint; none where there is no file that can be read."""
        if not self._path.exists():
            return {}
        try:
            with self._open() as db:
                rows = db.execute("SELECT fingerprint, judgement FROM judged WHERE repo = ?", (repo,)).fetchall()
            return {fingerprint: decode(Triage, json.loads(text)) for fingerprint, text in rows}
        except (StoreError, ValueError, TypeError, KeyError):
            return {}

    def remember(self, repo: str, fingerprint: str, judged: Triage) -> None:
        """Keep a judgement in the place of the one before. Raises StoreError."""
        text = json.dumps(redact_data(encode(judged))[0])
        with self._open() as db, db:
            db.execute("REPLACE INTO judged VALUES (?, ?, ?)", (repo, fingerprint, text))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self._path, timeout=10)) as db:
                db.execute(_TABLE)
                yield db
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: {reason(error)}") from error
        except OSError as error:
            raise StoreError(f"{self._path}: {error.strerror or error}") from error
