"""Finding text in rows: searched in slices, so that however many there are the screen is never blocked."""

from __future__ import annotations

import asyncio
from bisect import bisect_left, bisect_right
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from time import monotonic

from workbench_kit.line import Span

_SLICE = 0.008
"""Seconds of searching between two breaths of the screen."""


@dataclass
class Finder:
    """What is searched for and where it was found. Small letters match both, a capital makes the case count."""

    query: str = ""
    asking: bool = False
    origin: int = 0
    matches: list[int] = field(default_factory=list)
    searched: tuple[str, int] = ("", 0)

    def found_in(self, text: str) -> bool:
        """Whether ``text`` holds the query."""
        return bool(self.query) and self.query in (text if self._exact else text.lower())

    def spans(self, text: str) -> list[Span]:
        """Where the query stands in ``text``."""
        if not self.query:
            return []
        where = text if self._exact else text.lower()
        spans: list[Span] = []
        at = where.find(self.query)
        while at >= 0:
            spans.append((at, at + len(self.query), "match"))
            at = where.find(self.query, at + len(self.query))
        return spans

    async def search(self, count: int, text: Callable[[int], str]) -> AsyncIterator[None]:
        """Fill ``matches`` from ``count`` rows; yields after every slice. A search done before is not done again."""
        if self.searched == (self.query, count):
            return
        self.matches = []
        query, until = self.query, monotonic() + _SLICE
        for row in range(count):
            if self.found_in(text(row)):
                self.matches.append(row)
            if monotonic() > until:
                yield
                await asyncio.sleep(0)
                until = monotonic() + _SLICE
        self.searched = (query, count)

    def after(self, row: int, inclusive: bool = False) -> int | None:
        """The next match after ``row``, from the top again at the end; None when there is none."""
        if not self.matches:
            return None
        at = (bisect_left if inclusive else bisect_right)(self.matches, row)
        return self.matches[at % len(self.matches)]

    def before(self, row: int) -> int | None:
        """The match before ``row``, from the end again at the top; None when there is none."""
        return self.matches[bisect_left(self.matches, row) - 1] if self.matches else None

    def status(self, row: int) -> str:
        """Where among the matches ``row`` is: ``2 of 7``, ``7 found`` or ``not found``."""
        if not self.query:
            return ""
        if not self.matches:
            return "not found" if self.searched[0] == self.query else "searching"
        at = bisect_left(self.matches, row)
        total = len(self.matches)
        return f"{at + 1} of {total}" if at < total and self.matches[at] == row else f"{total} found"

    @property
    def _exact(self) -> bool:
        return self.query != self.query.lower()
