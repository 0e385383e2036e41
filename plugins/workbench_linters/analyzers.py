"""Ruff and bandit as analyzers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import Finding, Host, Report, Step, Subject
from workbench_linters.tools import bandit, below, ruff


class RuffAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One run over the repository."""
        yield ruff(subject.repo)

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Its findings of failures; style is left out."""
        return _report("ruff", subject, results)


class BanditAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One run over the repository."""
        yield bandit(subject.repo)

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Its findings."""
        return _report("bandit", subject, results)


def _report(tool: str, subject: Subject, results: Sequence[Any]) -> Report:
    own = (item for item in results if isinstance(item, Finding))
    findings = tuple(found for found in below(own, subject.repo, tool) if found.path in subject.paths)
    unread = [item for item in results if isinstance(item, str)]
    note = f"; {len(unread)} files it could not read" if unread else ""
    files = sum(path.endswith(".py") for path in subject.paths)
    return Report(summary=f"{len(findings)} findings over {files} Python files{note}", findings=findings)
