"""What a person says of an open case, journaled: judgements, causes, pins, notes."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from workbench.case.codec import encode
from workbench.case.enums import CauseStatus, TriageState
from workbench.case.events import MASKED, new_event
from workbench.case.model import Evidence, Hypothesis
from workbench.case.state import CaseState, Triage
from workbench.engine.notices import Notice
from workbench.engine.problems import Problem
from workbench.engine.services import Services
from workbench.engine.store.base import StoreError


class Recording:
    """A case that people write into. ``notices`` is what they must know."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.notices: list[Notice] = []
        self._judging = asyncio.Lock()

    @property
    def state(self) -> CaseState:
        """The case as it stands."""
        return self.services.journal.state

    async def record(self, kind: str, data: dict[str, Any], run: str = "") -> None:
        """Append one event by this person. Raises ReadOnlyError where the case cannot be written."""
        await self.services.journal.append(new_event(kind, self.services.options.actor, data, run))

    async def judge(self, problem: Problem, state: TriageState, reason: str = "", link: str = "") -> Triage | None:
        """Say what ``problem`` is, here and for later cases; ``link`` names the case or ticket of a known one.

        Gives what was said of it in this case before, however quickly one judgement follows another.
        """
        data = {"fingerprint": problem.fingerprint, "state": state.value, "title": problem.title, "reason": reason}
        async with self._judging:
            before = self.state.triage.get(problem.fingerprint)
            await self.record("triage.set", data | {"link": link, "rate": problem.rate, "kinds": list(problem.kinds)})
        judged = self.state.triage[problem.fingerprint]
        try:
            await asyncio.to_thread(self.services.library.remember, self.state.repo, problem.fingerprint, judged)
        except StoreError as error:
            told = Notice(
                f"this is not remembered for later cases: {error}", "this case has it", "judge it again later"
            )
            self.notices.append(told)
        return before

    async def add_cause(self, cause: Hypothesis) -> None:
        """Add a cause of a person's, or replace one by its id."""
        await self.record("cause.added", {"cause": encode(replace(cause, by=cause.by or self.services.options.actor))})

    async def judge_cause(self, cause: Hypothesis, status: CauseStatus, evidence: Evidence | None = None) -> None:
        """Support, refute or leave a cause open; ``evidence`` is what the judgement rests on."""
        data = {"cause": cause.id, "statement": cause.statement, "status": status.value, "value": encode(cause)}
        await self.record("cause.judged", data | ({"evidence": encode(evidence)} if evidence else {}))

    async def pin(self, text: str, path: str = "", line: int = 0, ref: str = "", masked: int = 0) -> None:
        """Pin evidence with its text, in which ``masked`` secrets were masked already."""
        data = {"text": text, "path": path, "line": line, "ref": ref}
        await self.record("evidence.pinned", data | ({MASKED: masked} if masked else {}))

    async def note(self, text: str) -> None:
        """Write a note into the record."""
        await self.record("note.added", {"text": text})
