"""Failure rules that the change breaks and its base did not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.api import (
    ChangeSubject,
    Chunk,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    Known,
    Severity,
    Step,
    concluded,
    new_findings,
)
from workbench_rules.analyzer import Scanned, scan, wanted

BATCH = 40
"""Files per chunk."""


@dataclass(frozen=True, slots=True)
class Sides:
    """What one scan of the changed files gave: findings of base and head, files read at head, files left out."""

    base: tuple[Any, ...]
    head: tuple[Any, ...]
    files: int
    left_out: tuple[str, ...]


class RulesGate:
    """Implements :class:`workbench.api.Gate`. Only files that the change touches are read: a rule that it breaks
    elsewhere (an exception that nothing catches any more) is the investigation's."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Only Python that is no test."""
        return "" if any(map(wanted, subject.paths)) else "the change touches no Python file but tests"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The changed files on both sides."""
        paths = tuple(sorted(filter(wanted, subject.paths)))
        for at in range(0, len(paths), BATCH):
            batch = paths[at : at + BATCH]
            base = await host.run(Chunk(scan, (subject.base_worktree, batch, ("default",))))
            head = await host.run(Chunk(scan, (subject.head_worktree, batch, ("default",))))
            read = next(item for item in head if isinstance(item, Scanned))
            yield Known((Sides(base[0].findings, head[0].findings, read.files, read.left_out),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a new error, is inconclusive on a new warning; what base has too is not the change's."""
        sides: list[Sides] = list(results)
        new = [found for side in sides for found in new_findings(side.base, side.head)]
        errors = [found for found in new if found.severity is Severity.ERROR]
        unread = [name for side in sides for name in side.left_out if not name.endswith("(FileNotFoundError)")]
        files = sum(side.files for side in sides)
        passed = f"no rule is newly broken in {files} changed files"
        wrong, unsure = ([f"{f.rule} at {f.path}:{f.line}: {f.message}" for f in found] for found in (errors, new))
        unsure += [f"could not be read: {', '.join(unread[:3])}"] if unread else []
        figures = (
            Figure("new findings", len(new), threshold=0, baseline=sum(len(side.base) for side in sides), n=files),
        )
        evidence = tuple(Evidence(f.id, f"{f.rule}: {f.message}", f.path, f.line) for f in new[:20])
        return concluded("rules", passed, wrong, unsure, figures=figures, examined=files, evidence=evidence)
