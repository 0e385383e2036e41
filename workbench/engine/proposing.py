"""The proposals of one session as they come about: what is asked, which come, what was said of the fixers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from workbench.analysis.diffs import Diff, Selection
from workbench.case.model import Proposal
from workbench.case.state import PatchRecord
from workbench.engine.consent import NOT_TRUSTED, may_execute
from workbench.engine.jobs import Job, last_line
from workbench.engine.proposals.asking import NothingToFixError
from workbench.engine.proposals.making import diff_of
from workbench.engine.proposals.offering import best_first, offer
from workbench.engine.proposals.taking import judged, needed_for_green, take
from workbench.engine.runs import REFUSALS
from workbench.engine.services import Services
from workbench.engine.working import WorkingChange


class LiveProposals:
    """``asked`` is what fixers are at work on ("" when none is), ``said`` what there is to say of the last asking,
    ``problem`` why there could be none. ``changed`` is called for all of them."""

    def __init__(self, services: Services, change: WorkingChange, changed: Callable[[], None]) -> None:
        self._services = services
        self._change = change
        self._changed = changed
        self._job: Job | None = None
        self.asked = ""
        self.problem = ""
        self.said: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[Proposal, ...]:
        """Every proposal of the case, best first."""
        return best_first(self._services.journal.state.proposals.values())

    def ask(self, target: str, names: Sequence[str] = (), test: str = "") -> Job:
        """Ask the fixers (all of the playbook, or ``names``) to mend ``target``: a failing test, or the id of a
        finding, error or change; then ``test`` may fail too and is tried. One at a time."""
        return self._start("fixers", target, partial(self._offer, target, names, test))

    def needed(self, proposal: Proposal) -> Job:
        """Find which parts of a proposal its test needs."""
        return self._start("needed hunks", f"what is needed of {proposal.title}", partial(self._search, proposal))

    def stop(self) -> None:
        """Stop the fixers at work; what was offered stays."""
        if self._job is not None:
            self._services.jobs.cancel(self._job)

    async def diff(self, proposal: Proposal) -> Diff:
        """The proposal's exact diff. Raises RefusedError where it is not on this machine."""
        return await diff_of(self._services, proposal)

    async def take(self, proposal: Proposal, part: Selection | None) -> PatchRecord:
        """Apply a part of it, or what is taken by default. Raises RefusedError or ConflictError."""
        return await take(self._services, self._change, proposal, part)

    async def judge(self, proposal: Proposal, state: str, reason: str = "") -> None:
        """Say what was made of it."""
        await judged(self._services, proposal, state, reason)

    def _start(self, name: str, asked: str, work: Callable[[Job], Awaitable[None]]) -> Job:
        if self._job is not None and self._job.running:
            return self._job
        self.asked, self.problem, self.said = asked, "", ()
        self._job = self._services.jobs.start(name, work, on_failure=self._broke)
        self._changed()
        return self._job

    async def _offer(self, target: str, names: Sequence[str], test: str, job: Job) -> None:
        try:
            if await may_execute(self._services):
                offered = await offer(self._services, target, names, self._came, test, job.progress)
                self.said = offered.said if offered.proposals else (*offered.said, "nothing was proposed")
            else:
                self.problem = NOT_TRUSTED
        except (*REFUSALS, NothingToFixError) as refusal:
            self.problem = str(refusal)
        finally:
            self.asked = ""
            self._changed()

    async def _search(self, proposal: Proposal, job: Job) -> None:
        try:
            known, found = await needed_for_green(self._services, proposal, lambda trials: job.progress(trials, 0))
            self.said = (f"{len(known.needed)} of {found.of} parts are needed: {', '.join(known.needed)}",)
        except (*REFUSALS, NothingToFixError) as refusal:
            self.problem = str(refusal)
        finally:
            self.asked = ""
            self._changed()

    def _came(self, proposal: Proposal) -> None:
        self._changed()

    def _broke(self, job: Job) -> None:
        self.problem = f"the fixers themselves failed: {last_line(job)}"
        self._changed()
