"""Running totals of what is followed: by status and by error, for the price of what came since the last look."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from workbench.analysis.logs.digest.digest import Digest
from workbench.analysis.logs.digest.events import failure_key, fingerprint, identity_of, message_key
from workbench.analysis.logs.digest.patterns import mine
from workbench.analysis.logs.scan.table import ErrorRow, Key
from workbench.engine.logs.following import Follower

PATIENCE = 50
"""Times what the last mining took that is waited before the next: at most a fiftieth of the time goes into it."""
LENGTH = 12
"""Characters of a fingerprint; an id is one more."""


class Tally:
    """Counts events of the errors named ``wanted`` (fingerprints or ids), and answers by status.

    An error with a traceback is known by its frames as soon as it comes. One without is known by its template, which
    all records make together: they are mined again when there are new messages that may be one of those wanted.
    ``said`` is what a digest of ``follower`` said just before.
    """

    def __init__(self, follower: Follower, wanted: Iterable[str], said: Digest) -> None:
        self._follower = follower
        self._missing = {name[-LENGTH:] for name in wanted}
        self._known: dict[Key, str] = {}
        for key, error in said.error_of.items():
            self._name(key, error.key, error.template == ())
        self._again = 0.0

    def statuses(self, first: str) -> tuple[int, int]:
        """Answers whose status begins with ``first``, and all answers."""
        total = Counter[str]()
        for part in self._follower.parts():
            total.update(part.statuses)
        return sum(count for status, count in total.items() if status.startswith(first)), total.total()

    def events(self, name: str) -> tuple[int, int]:
        """Events of the error of that fingerprint or id, and all records."""
        count = sum(row.count for key, row in self._rows() if self._known.get(key) == name[-LENGTH:])
        return count, self._follower.records

    def settle(self) -> None:
        """Find out which errors the rows that are new belong to. Blocking."""
        untold = False
        for part in self._follower.parts():
            for key in part.failures.keys() - self._known.keys():
                self._name(key, failure_key(key), True)
            for key in part.errors.keys() - self._known.keys():
                trace = part.errors[key].trace
                untold = untold or trace is None
                if trace is not None:
                    self._name(key, identity_of(trace, self._follower.lens).id, True)
        if untold and self._missing and time.monotonic() >= self._again:
            self._mine()

    def _mine(self) -> None:
        began = time.monotonic()
        table = self._follower.table()
        template_of = mine(table).of
        for key, row in table.errors.items():
            if row.trace is None:
                self._name(key, message_key(template_of.get(row.words, row.words)), False)
        self._again = time.monotonic() + PATIENCE * (time.monotonic() - began)

    def _name(self, key: Key, error: str, final: bool) -> None:
        """Note which error a row is of. ``final``: no mining will say otherwise, and none is needed to find it."""
        self._known[key] = fingerprint(error)
        if final:
            self._missing.discard(self._known[key])

    def _rows(self) -> Iterator[tuple[Key, ErrorRow]]:
        for part in self._follower.parts():
            yield from part.errors.items()
            yield from part.failures.items()
