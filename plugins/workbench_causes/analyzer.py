"""The analyzer: one step, because the evidence is there already."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import Chunk, Host, Hypothesis, Report, Step, Subject
from workbench_causes.derive import derive


class CausesAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Derive in a worker."""
        yield Chunk(derive, (subject.errors, subject.findings, subject.changes))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """The causes, or that none was found."""
        causes = tuple(item for item in results if isinstance(item, Hypothesis))
        seen = f"{len(subject.errors)} errors, {len(subject.findings)} findings, {len(subject.changes)} changes"
        if not causes:
            why = "no error points at a place" if subject.errors else "no errors were read: point at the logs"
            return Report(summary=f"no cause found over {seen}: {why}")
        return Report(summary=f"{len(causes)} causes over {seen}", hypotheses=causes)
