"""Every source file that a change touches names its licence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import ChangeSubject, Chunk, Evidence, GateHost, GateResult, GateStatus, Step
from workbench_spdx.header import is_source, without


class LicenceGate:
    """Implements workbench.api.Gate."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where source files were changed."""
        return "" if any(map(is_source, subject.paths)) else "no source file was changed"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The changed files at head."""
        yield Chunk(without, (subject.head_worktree, [path for path in subject.paths if is_source(path)]))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails for the first that names none."""
        asked = sum(map(is_source, subject.paths))
        status = GateStatus.FAIL if results else GateStatus.PASS
        reason = f"no licence in {', '.join(results)}" if results else f"{asked} changed files name their licence"
        evidence = tuple(Evidence(path, "names no licence", path, 1) for path in results)
        return GateResult("licence", "licence", status, reason, examined=asked, evidence=evidence)
