"""Fixers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from workbench.api.host import Host
from workbench.api.steps import Step
from workbench.case.model import Change, Finding, LogError, Proposal


@dataclass(frozen=True, slots=True)
class FixRequest:
    """What a fixer is asked to mend, in a worktree of its own at ``worktree``."""

    worktree: str
    base: str
    question: str
    finding: Finding | None = None
    error: LogError | None = None
    change: Change | None = None
    failing_test: str = ""
    rejected: tuple[str, ...] = ()


class Fixer(Protocol):
    """Edits its worktree; the engine computes the diff with git and makes the proposals."""

    def plan(self, request: FixRequest, host: Host) -> AsyncIterator[Step]:
        """The steps that edit."""
        ...

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Sequence[Proposal]:
        """Titles and rules of what was done; ``diff`` is filled in by the engine."""
        ...
