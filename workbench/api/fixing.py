"""Fixers."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from workbench.api.host import FixHost
from workbench.api.steps import Step
from workbench.case.model import Change, Finding, LogError, Proposal
from workbench.case.testing import Raised


@dataclass(frozen=True, slots=True)
class FixRequest:
    """What a fixer is asked to mend, in a worktree of its own at ``worktree`` (empty while ``applies`` is asked).

    One of ``finding``, ``error`` and ``change`` is given, or none of them: then the ``failing_test`` alone, which
    ``raised`` that. ``base`` is the tree that the worktree holds, ``rejected`` why earlier proposals of this fixer were
    not taken, ``causes`` what is supposed, the surest first, ``evidence`` what speaks for
    them and what people pinned, ``changes`` what else changed
    (releases among it), ``interpreter`` the project's Python.
    """

    worktree: str
    base: str
    question: str
    finding: Finding | None = None
    error: LogError | None = None
    change: Change | None = None
    failing_test: str = ""
    raised: Raised | None = None
    causes: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    deployed: str = ""
    interpreter: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


class Fixer(Protocol):
    """Edits its worktree; the engine computes the diff with git, has it tested and makes it a proposal.

    One that costs much (an agent) has ``dear = True``: it is asked when it is named, or for one test or problem, never
    for everything that was found. ``limit`` are the seconds it may take, where the usual ones are not enough.
    """

    def applies(self, request: FixRequest) -> str:
        """Why this is nothing for it, or the empty string when it is."""
        ...

    def plan(self, request: FixRequest, host: FixHost) -> AsyncIterator[Step]:
        """The steps that edit ``request.worktree``."""
        ...

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """Title, rule, note and commands of what was done, None where nothing was; the engine fills in the rest.

        The state ``conflicts`` says that it cannot be done, ``note`` where: then nothing is tested.
        """
        ...
