"""Which tests of a selection may run beside each other, by what a whole run was seen to share."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from workbench.analysis.parts import parted
from workbench.analysis.testruns import Tracker
from workbench.case.model import TestResult
from workbench.engine.board import Board

GUESS = 0.01
"""Seconds that a test takes of which nothing is known."""

EACH = 0.001
"""Seconds that a test costs beside its own: it is collected, announced and told."""


class Beside:
    """Knows what each test file shares with others since the latest whole run; before one, nothing runs beside another.

    ``problem`` says why all tests run in one process, where that is so.
    """

    def __init__(self, board: Board, jobs: int) -> None:
        self._board = board
        self._most = min(jobs, _cores())
        self._shares: dict[str, str] | None = None
        self._least: dict[str, float] = {}

    @property
    def problem(self) -> str:
        """Why everything runs in one process, or the empty string."""
        if self._shares is None:
            return "no whole run has shown yet what the tests share"
        return self._shares.get("", "")

    def learn(self, tracker: Tracker) -> None:
        """A run of all tests ended; one that died says nothing of those that it did not reach."""
        if tracker.finished:
            self._shares = dict(tracker.shares)

    def took(self, results: Iterable[TestResult]) -> None:
        """Remember what each took at best: a run that is traced, or on a machine with more to do, takes longer."""
        for result in results:
            if result.seconds:
                self._least[result.id] = min(result.seconds, self._least.get(result.id, result.seconds))

    def parts(self, tests: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """``tests`` as they may run."""
        if self.problem or self._shares is None or len(tests) < 2:
            return (tuple(tests),)
        return parted(tests, self.seconds, self._shares, self._most)

    def seconds(self, test: str) -> float:
        """What ``test`` (a test, class or file) costs."""
        names = [test] if self._board.of(test) is not None else self._board.known(test)
        return sum(self._least.get(name, GUESS) + EACH for name in names) or GUESS


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
