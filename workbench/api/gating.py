"""Gates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from workbench.api.host import GateHost
from workbench.api.steps import Step
from workbench.case.model import GateResult


@dataclass(frozen=True, slots=True)
class ChangeSubject:
    """The change a gate judges: base and head trees with a worktree for each, the changed paths, the diff, its tests.

    ``racy`` are the tests that start threads or tasks of their own. ``settings`` holds ``config`` (the repository's
    settings), ``environment``, and ``proposed``: by gate, why the case asks for it.
    """

    repo: str
    base: str
    head: str
    base_worktree: str
    head_worktree: str
    paths: tuple[str, ...]
    interpreter: str
    diff: str = ""
    tests: tuple[str, ...] = ()
    racy: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)


def gate_setting(subject: ChangeSubject, gate: str, key: str, default: Any) -> Any:
    """What the settings say under ``gates.GATE.KEY``, else ``default``."""
    of: Mapping[str, Any] = subject.settings.get("config", {}).get("gates", {}).get(gate, {})
    return of.get(key, default)


class Gate(Protocol):
    """Checks the change. ``required``: whether the verdict rests on it.

    A gate may also have ``exclusive`` (True: nothing else runs beside it, for what it measures would be wrong),
    ``enabled`` (False: it runs when it is named or turned on in the settings) and ``limit`` (seconds it may take).
    """

    required: bool

    def applies(self, subject: ChangeSubject) -> str:
        """Why it does not apply, or the empty string when it does."""
        ...

    def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The steps to run."""
        ...

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """What it said; nothing examined is not a pass."""
        ...
