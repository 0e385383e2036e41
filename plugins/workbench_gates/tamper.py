"""The tamper guard as a gate."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import (
    ChangeSubject,
    Chunk,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Step,
    parse_diff,
    tamper_marks,
)

_FAILS = frozenset({"test_removed", "assertion_removed", "assertion_loosened", "skip_added"})
"""Marks that fail the gate; the others ask a person."""


class TamperGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Always."""
        return ""

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """One chunk reads the diff."""
        yield Chunk(marks_of, (subject.diff,))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails when tests were weakened, is inconclusive when settings, CI or silencers changed."""
        failing = [mark for mark in results if mark.kind in _FAILS]
        status, reason = GateStatus.PASS, "no test, setting or check was loosened"
        if failing:
            status, reason = GateStatus.FAIL, failing[0].words()
        elif results:
            status, reason = GateStatus.INCONCLUSIVE, f"for a person to judge: {results[0].words()}"
        evidence = tuple(Evidence(mark.kind, mark.words(), mark.path, mark.line) for mark in results)
        figures = (Figure("marks", len(results), threshold=0, n=len(subject.paths)),)
        return GateResult(
            "tamper", "tamper", status, reason, figures=figures, examined=len(subject.paths), evidence=evidence
        )


def marks_of(diff: str) -> list[Any]:
    """The marks of a diff's text."""
    return list(tamper_marks(parse_diff(diff)))
