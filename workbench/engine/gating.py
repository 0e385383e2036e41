"""The gates of one session as they run: which wait, which are under way, and what all of them say together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from workbench.analysis.verdict import is_stale, judge
from workbench.case.enums import GateStatus
from workbench.case.events import new_event
from workbench.case.model import GateResult, Judgement
from workbench.engine.consent import NOT_TRUSTED, may_execute
from workbench.engine.jobs import Job
from workbench.engine.live import REFUSALS, last_line
from workbench.engine.plugins import Registered
from workbench.engine.services import Services
from workbench.engine.validate import gates_of, validation_of


class LiveGates:
    """``began`` maps the gates under way to when they began (monotonic seconds), ``waiting`` names those queued.

    ``known`` are the gates that there are, once :meth:`look` has looked; ``problem`` says why none could run.
    """

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services = services
        self._changed = changed
        self._job: Job | None = None
        self.known: tuple[Registered, ...] = ()
        self.began: dict[str, float] = {}
        self.waiting: list[str] = []
        self.problem = ""

    @property
    def running(self) -> bool:
        """Whether gates are under way."""
        return self._job is not None and self._job.running

    async def look(self) -> None:
        """Find the gates that there are."""
        if not self.known:
            self.known = tuple(await asyncio.to_thread(gates_of, self._services))
            self._changed()

    def results(self) -> list[GateResult]:
        """What each gate said; one that has never run says so."""
        said = self._services.journal.state.gates
        never = (_never(gate) for gate in self.known if gate.name not in said)
        return [*said.values(), *never]

    def judgement(self, tree: str) -> Judgement:
        """The verdict on ``tree`` from every gate there is."""
        return judge(self.results(), tree)

    def due(self, tree: str) -> list[str]:
        """The gates that have said nothing of ``tree``."""
        return [result.id for result in self.results() if result.status is GateStatus.NOT_RUN or is_stale(result, tree)]

    def start(self, base: str, names: Sequence[str] = ()) -> Job:
        """Run the gates ``names`` (all when empty) on the change since the commit ``base``; one at a time."""
        if self._job is not None and self._job.running:
            return self._job
        self.waiting, self.problem = list(names) or [gate.name for gate in self.known], ""
        self._job = self._services.jobs.start("gates", self._run(base, tuple(names)), on_failure=self._broke)
        self._changed()
        return self._job

    def stop(self) -> None:
        """Stop what is under way; what has been said stays."""
        if self._job is not None:
            self._services.jobs.cancel(self._job)

    async def waive(self, gate: str, reason: str) -> None:
        """A person answers for ``gate`` in its place. Journaled with who and why; an edit makes it stale."""
        event = new_event("gate.waived", self._services.options.actor, {"gate": gate, "reason": reason})
        await self._services.journal.append(event)

    async def _run(self, base: str, names: Sequence[str]) -> None:
        try:
            if not await may_execute(self._services):
                self.problem = NOT_TRUSTED
                return
            async with validation_of(self._services, base) as validation:
                await validation.run(gates_of(self._services, names), self._told, self._began)
        except REFUSALS as refusal:
            self.problem = str(refusal)
        finally:
            self.began.clear()
            self.waiting.clear()
            self._changed()

    def _broke(self, job: Job) -> None:
        self.problem = f"the validation itself failed: {last_line(job)}"
        self._changed()

    def _began(self, gate: str) -> None:
        self.began[gate] = monotonic()
        if gate in self.waiting:
            self.waiting.remove(gate)
        self._changed()

    def _told(self, result: GateResult) -> None:
        self.began.pop(result.id, None)
        self._changed()


def _never(gate: Registered) -> GateResult:
    return GateResult(gate.name, gate.name, GateStatus.NOT_RUN, gate.title)
