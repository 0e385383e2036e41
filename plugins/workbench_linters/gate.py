"""Security findings that the change brings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import (
    ChangeSubject,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    Known,
    Severity,
    Step,
    concluded,
)
from workbench_linters.scanners import Scan, scans_of

SHOWN = 20


class SecurityGate:
    """Implements :class:`workbench.api.Gate`. A tool that is absent is named; it is no failure, and no pass of its."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Always: a secret may stand in any file."""
        return ""

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Each tool on each side."""
        yield Known(tuple(await scans_of(subject, host)))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a new finding that is at least a warning; says what no tool could examine."""
        scans: list[Scan] = list(results)
        ran = [scan for scan in scans if not scan.missing]
        new = [found for scan in ran for found in scan.new]
        bad = [found for found in new if found.severity is not Severity.INFO]
        unread = [name for scan in ran for name in scan.unread]
        tools = ", ".join(scan.tool for scan in ran)
        unsure = [f"{len(unread)} files could not be read by the tools: {unread[0]}"] if unread else []
        evidence = [Evidence(f.id, f"{f.rule}: {f.message}", f.path, f.line) for f in [*bad, *new][:SHOWN]]
        evidence += [Evidence(scan.tool, f"not run: {scan.missing}") for scan in scans if scan.missing]
        before = sum(scan.base for scan in ran)
        absent = [scan.tool for scan in scans if scan.missing.endswith("is not on PATH")]
        left = f"; not on PATH: {', '.join(absent)}" if absent else ""
        n = len(subject.paths)
        return concluded(
            "security",
            f"no new finding ({tools}{left})",
            [f"{f.rule} at {f.path}:{f.line}: {f.message}" for f in bad],
            unsure,
            figures=(Figure("new findings", len(bad), threshold=0, baseline=before, n=n),),
            examined=n,
            evidence=tuple(dict.fromkeys(evidence)),
            tool=tools,
        )
