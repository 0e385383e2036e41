"""The gates of one session as they run: which wait, which are under way, and what all of them say together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic

from workbench.analysis.verdict import is_stale, judge
from workbench.case.enums import GateStatus
from workbench.case.events import new_event
from workbench.case.model import GateResult, Judgement
from workbench.engine.consent import may_execute, why_not_execute
from workbench.engine.gates.budget import Budget, by_worth
from workbench.engine.gates.settings import rules_of
from workbench.engine.jobs import Job, last_line
from workbench.engine.planning.planner import plan_change
from workbench.engine.plugins import Registered
from workbench.engine.runs import REFUSALS
from workbench.engine.services import Services
from workbench.engine.validate import Validation, gates_of, validation_of


class LiveGates:
    """``began`` maps the gates under way to when they began (monotonic seconds), ``waiting`` names those queued.

    ``known`` are the gates that there are, once :meth:`look` has looked; ``problem`` says why none could run;
    ``progress`` maps gates under way to how far they are (done, of); ``confirmed`` are hosts that may be loaded;
    ``planning`` says that all of them ended and the plan is being made.
    """

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services = services
        self._changed = changed
        self._job: Job | None = None
        self._validation: Validation | None = None
        self.known: tuple[Registered, ...] = ()
        self.began: dict[str, float] = {}
        self.progress: dict[str, tuple[int, int]] = {}
        self._required: dict[str, bool] = {}
        self.waiting: list[str] = []
        self.confirmed: set[str] = set()
        self.problem = ""
        self.planning = False

    @property
    def unconfirmed(self) -> str:
        """The host that the settings name for a load, which nobody has confirmed in this session; empty for none."""
        host = str(self._services.config.get("load.host", ""))
        return "" if host in self.confirmed else host

    @property
    def running(self) -> bool:
        """Whether gates are under way."""
        return self._job is not None and self._job.running

    async def look(self) -> None:
        """Find the gates that there are."""
        if not self.known:
            self.known, self._required = await asyncio.to_thread(self._look)
            self._changed()

    def _look(self) -> tuple[tuple[Registered, ...], dict[str, bool]]:
        known = tuple(gates_of(self._services))
        required = {}
        for gate in known:
            try:
                rules = rules_of(self._services.config, gate.name, gate.make())
                required[gate.name] = rules.required and rules.enabled
            except Exception:  # noqa: BLE001 - the plugin seam: it says so itself when it runs
                required[gate.name] = True
        return known, required

    def results(self) -> list[GateResult]:
        """What each gate said; one that has never run says so."""
        said = self._services.journal.state.gates
        never = (_never(gate, self._required.get(gate.name, True)) for gate in self.known if gate.name not in said)
        return [*said.values(), *never]

    def judgement(self, tree: str) -> Judgement:
        """The verdict on ``tree`` from every gate there is."""
        return judge(self.results(), tree, datetime.now(UTC))

    def left(self, gate: str, now: float) -> float | None:
        """Seconds that a gate under way may still take, by how far it is, else by how long it took last."""
        began = self.began.get(gate)
        if began is None:
            return None
        took = now - began
        done, of = self.progress.get(gate, (0, 0))
        if 0 < done <= of:
            return took / done * (of - done)
        said = self._services.journal.state.gates.get(gate)
        return max(0.0, said.seconds - took) if said is not None and said.seconds else None

    def due(self, tree: str) -> list[str]:
        """The gates that have said nothing of ``tree``."""
        return [result.id for result in self.results() if result.status is GateStatus.NOT_RUN or is_stale(result, tree)]

    def start(self, base: str, names: Sequence[str] = (), budget: float | None = None) -> Job:
        """Run the gates ``names`` (all when empty) on the change since the commit ``base``; one validation at a time.
        With a ``budget`` in seconds, those first that could overturn most, and none that does not fit."""
        if self._job is not None and self._job.running:
            return self._job
        self.waiting, self.problem = list(names) or [gate.name for gate in self.known], ""
        work = self._run(base, tuple(names), budget)
        self._job = self._services.jobs.start("gates", work, on_failure=self._broke)
        self._changed()
        return self._job

    def stop(self, gate: str = "") -> None:
        """Stop ``gate`` where it is under way or waits, else all that is; what has been said stays."""
        if self._validation is not None and (gate in self.began or gate in self.waiting):
            self._validation.stopping.stop(gate)
        elif self._job is not None:
            self._services.jobs.cancel(self._job)

    async def waive(self, gate: str, reason: str, until: datetime | None = None) -> None:
        """A person answers for ``gate`` in its place, ``until`` a moment. Journaled with who and why; an edit makes it
        stale."""
        said = {"gate": gate, "reason": reason, **({"until": until.isoformat()} if until else {})}
        await self._services.journal.append(new_event("gate.waived", self._services.options.actor, said))

    async def approve(self, tree: str) -> None:
        """The person who sits here approves ``tree``; an edit makes it another."""
        await self._services.journal.append(new_event("gate.approved", self._services.options.actor, {"tree": tree}))

    async def _run(self, base: str, names: Sequence[str], budget: float | None) -> None:
        try:
            if not await may_execute(self._services):
                self.problem = why_not_execute(self._services)
                return
            gates = gates_of(self._services, names)
            if budget is not None:
                last = self._services.journal.state.gates
                order = by_worth([gate.name for gate in gates], lambda name: self._required.get(name, True), last)
                gates.sort(key=lambda gate: order.index(gate.name))
            async with validation_of(self._services, base, "", names, tuple(self.confirmed)) as validation:
                self._validation = validation
                await validation.run(gates, self._told, self._began, self._advanced, Budget(budget))
                if budget is None and not self.due(validation.change.head):
                    self.planning = True
                    self._changed()
                    await plan_change(validation)
        except REFUSALS as refusal:
            self.problem = str(refusal)
        finally:
            self._validation = None
            self.planning = False
            self.began.clear()
            self.progress.clear()
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

    def _advanced(self, gate: str, done: int, of: int) -> None:
        self.progress[gate] = (done, of)
        self._changed()

    def _told(self, result: GateResult) -> None:
        if self._job is not None:
            self._job.progress(self._job.done + 1, self._job.done + len(self.began) + len(self.waiting))
        self.began.pop(result.id, None)
        self.progress.pop(result.id, None)
        self._changed()


def _never(gate: Registered, required: bool) -> GateResult:
    return GateResult(gate.name, gate.name, GateStatus.NOT_RUN, gate.title, required=required)
