"""The analyzer: one step, because the evidence is there already."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import CheckStatus, Chunk, Host, Hypothesis, Report, Step, Subject, in_the_code, quantity
from workbench_causes.derive import derive
from workbench_causes.scene import live, scene_of

NOT_IN_CODE = "no cause in the code found"


class CausesAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """Derive in a worker."""
        yield Chunk(derive, (scene_of(subject),))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """The causes, or that none was found; that the code is none of them is a result."""
        causes = tuple(item for item in results if isinstance(item, Hypothesis))
        counts = ((subject.errors, "error"), (subject.findings, "finding"), (subject.changes, "change"))
        seen = ", ".join(quantity(len(items), name) for items, name in counts)
        seen += f", {quantity(len(subject.upstreams), 'host')}" if subject.upstreams else ""
        if not causes:
            return Report(summary=f"no cause found over {seen}: {_why_none(subject)}")
        code = "" if in_the_code(causes) else f"; {NOT_IN_CODE}"
        return Report(summary=f"{quantity(len(causes), 'cause')} over {seen}{code}", hypotheses=causes)


def _why_none(subject: Subject) -> str:
    if not subject.errors:
        return _no_errors(subject)
    if not live(subject):
        return "every error was there before, as often: give a log that reaches into the time it began"
    return "no error points at a place"


def _no_errors(subject: Subject) -> str:
    """Why there is no error: nobody asks for logs that were given."""
    read = next((check for check in subject.checks if check.analyzer == "logs"), None)
    if not subject.log_sources:
        return "no errors were read: point at the logs"
    if read is None:
        return "no errors were read: the logs that were given were not read"
    if read.status is CheckStatus.DONE:
        return f"no errors were read from the logs that were given ({read.summary})"
    return f"no errors were read: the logs were not read to the end ({read.summary})"
