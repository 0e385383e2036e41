"""Gates."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from workbench.api.host import GateHost
from workbench.api.steps import Step
from workbench.case.enums import GateStatus
from workbench.case.model import GateResult


@dataclass(frozen=True, slots=True)
class ChangeSubject:
    """The change a gate judges: base and head trees with a worktree for each, the changed paths, the diff, its tests.

    ``racy`` are the tests that start threads or tasks of their own. ``settings`` holds ``config`` (the repository's
    settings), ``environment``, ``proposed`` (by gate, why the case asks for it), ``named`` (gates asked for by name),
    ``rows`` (by table, production's), ``logs`` (the case's sources), ``endpoints`` (that reach the change, or failed)
    and ``confirmed`` (hosts that a person said may be loaded).
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


SAID = 3
"""Of what is wrong, so much is said in the reason; the rest stands in the evidence."""


def concluded(
    name: str, passed: str, wrong: Sequence[str] = (), unsure: Sequence[str] = (), **facts: Any
) -> GateResult:
    """The result of the gate ``name``: failed by what is ``wrong``, inconclusive by what is ``unsure``, else passed.

    The reason is ``passed``, or the first SAID of what speaks against it, worst first, and how many more there are.
    ``facts`` are further fields of the result.
    """
    status = GateStatus.FAIL if wrong else GateStatus.INCONCLUSIVE if unsure else GateStatus.PASS
    against = wrong or unsure
    more = [f"and {len(against) - SAID} more"] if len(against) > SAID else []
    return GateResult(name, name, status, "; ".join([*against[:SAID], *more]) or passed, **facts)


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
