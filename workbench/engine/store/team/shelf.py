"""The cases of a team, in its PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from workbench.engine.store.shelf import Stop
from workbench.engine.store.team.schema import connect
from workbench.engine.store.team.store import PostgresStore, channel, told
from workbench.engine.store.team.waking import listen

_CARD = "SELECT workbench.write_card(%s, %s, %s)"


class TeamShelf:
    """Implements :class:`workbench.engine.store.shelf.Shelf` at the address ``url``."""

    def __init__(self, url: str) -> None:
        self._url = url

    def stamps(self) -> Mapping[str, int]:
        """By the number of each case's newest event."""
        with told(), connect(self._url) as db:
            return dict(db.execute("SELECT case_id, max(seq) FROM workbench.event GROUP BY case_id").fetchall())

    def store(self, case: str) -> PostgresStore:
        """A connection of its own for the case."""
        return PostgresStore(self._url, case)

    def follow(self, case: str, wake: Callable[[], None]) -> Stop:
        """By LISTEN."""
        return listen(self._url, channel(case), wake)

    def read_cards(self) -> Mapping[str, tuple[int, str]]:
        """The table of cards."""
        with told(), connect(self._url) as db:
            rows = db.execute("SELECT case_id, seq, card FROM workbench.card").fetchall()
        return {case: (seq, card) for case, seq, card in rows}

    def write_cards(self, cards: Iterable[tuple[str, int, str]]) -> None:
        """Into the table."""
        rows = list(cards)
        if rows:
            with told(), connect(self._url) as db, db.cursor() as cursor:
                cursor.executemany(_CARD, rows)
