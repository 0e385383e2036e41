"""Security findings that the change brings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.api import (
    ChangeSubject,
    CommandMissingError,
    Evidence,
    Figure,
    Finding,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    Severity,
    Step,
    new_findings,
)
from workbench_linters.tools import bandit, below, ruff


@dataclass(frozen=True, slots=True)
class Scan:
    """What one tool found on both sides; ``missing`` says why it said nothing."""

    tool: str
    base: tuple[Finding, ...]
    head: tuple[Finding, ...]
    unread: tuple[str, ...]
    missing: str = ""


class SecurityGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Only Python is looked at."""
        return "" if any(path.endswith(".py") for path in subject.paths) else "the change touches no Python file"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Each tool on each side."""
        for tool in ("ruff", "bandit"):
            yield Known((await _scan(tool, subject, host),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a new finding that is at least a warning; says what no tool could examine."""
        scans: list[Scan] = list(results)
        ran = [scan for scan in scans if not scan.missing]
        new = [found for scan in ran for found in new_findings(scan.base, scan.head)]
        bad = [found for found in new if found.severity is not Severity.INFO]
        unread = [name for scan in ran for name in scan.unread]
        files = sum(path.endswith(".py") for path in subject.paths)
        status, reason = GateStatus.PASS, f"no new finding ({', '.join(scan.tool for scan in ran)})"
        if bad:
            status, reason = GateStatus.FAIL, f"{bad[0].rule} at {bad[0].path}:{bad[0].line}: {bad[0].message}"
        elif not ran:
            said = f"not available: {'; '.join(scan.missing for scan in scans)}"
            return GateResult("security", "security", GateStatus.SKIPPED, said, required=False)
        elif unread:
            status, reason = GateStatus.INCONCLUSIVE, f"{len(unread)} files could not be read by the tools"
        evidence = tuple(Evidence(f.id, f"{f.rule}: {f.message}", f.path, f.line) for f in new[:20])
        before = sum(len(scan.base) for scan in ran)
        figures = (Figure("new findings", len(bad), threshold=0, baseline=before, n=files if ran else 0),)
        tools = ", ".join(scan.tool for scan in ran)
        return GateResult(
            "security",
            "security",
            status,
            reason,
            figures=figures,
            examined=files if ran else 0,
            evidence=evidence,
            tool=tools,
        )


async def _scan(tool: str, subject: ChangeSubject, host: GateHost) -> Scan:
    sides: list[tuple[Finding, ...]] = []
    unread: list[str] = []
    for root in (subject.base_worktree, subject.head_worktree):
        try:
            results = await host.run(ruff(root, "S") if tool == "ruff" else bandit(root))
        except CommandMissingError:
            return Scan(tool, (), (), (), f"{tool} is not on PATH")
        own = (item for item in results if isinstance(item, Finding))
        sides.append(tuple(below(own, root, tool)))
        unread += [item for item in results if isinstance(item, str)]
    return Scan(tool, sides[0], sides[1], tuple(unread))
