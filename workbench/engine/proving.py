"""The proof of one session as it comes about: its steps when they are decided, how far the runs of the next one are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench.case.model import Proof, ProofStep
from workbench.engine.consent import may_execute, why_not_execute
from workbench.engine.jobs import Job, last_line
from workbench.engine.proof.change import CodeChange
from workbench.engine.proof.record import prove_change
from workbench.engine.runs import REFUSALS
from workbench.engine.services import Services

STEPS = ("red", "green", "red_again")


@dataclass(frozen=True, slots=True)
class Attempt:
    """A proof under way: the tests, what it is against, the steps decided, and (done, of) runs of the next one."""

    tests: tuple[str, ...] = ()
    base_name: str = ""
    steps: tuple[ProofStep, ...] = ()
    done: int = 0
    of: int = 0

    @property
    def step(self) -> str:
        """The name of the step that is not decided yet."""
        return STEPS[min(len(self.steps), len(STEPS) - 1)]


class LiveProof:
    """``attempt`` is what is under way, ``problem`` why there could be none. ``changed`` is called for both."""

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services = services
        self._changed = changed
        self._job: Job | None = None
        self.attempt: Attempt | None = None
        self.problem = ""

    @property
    def latest(self) -> Proof | None:
        """The newest proof on record."""
        return next(reversed(tuple(self._services.journal.state.proofs.values())), None)

    def start(self, base: str, tests: Sequence[str] = (), fix: Sequence[str] = ()) -> Job:
        """Prove the change since the commit ``base``: by ``tests``, or those that it brings, with the parts named as
        the ``fix``, or those found needed. One at a time."""
        if self._job is not None and self._job.running:
            return self._job
        self.attempt, self.problem = Attempt(), ""
        self._job = self._services.jobs.start("proof", self._prove(base, tests, fix), on_failure=self._broke)
        self._changed()
        return self._job

    def stop(self) -> None:
        """Stop the proof under way."""
        if self._job is not None:
            self._services.jobs.cancel(self._job)

    async def _prove(self, base: str, tests: Sequence[str], fix: Sequence[str]) -> None:
        try:
            if await may_execute(self._services):
                await prove_change(
                    self._services,
                    base=base,
                    tests=tests,
                    fix=fix,
                    told=self._told,
                    based_on=self._based_on,
                    progress=self._progress,
                )
            else:
                self.problem = why_not_execute(self._services)
        except REFUSALS as refusal:
            self.problem = str(refusal)
        finally:
            self.attempt = None
            self._changed()

    def _broke(self, job: Job) -> None:
        self.problem = f"the proof itself failed: {last_line(job)}"
        self._changed()

    def _based_on(self, change: CodeChange) -> None:
        self.attempt = Attempt(change.tests, change.base_name)
        self._changed()

    def _told(self, step: ProofStep) -> None:
        if self.attempt is not None:
            self.attempt = Attempt(self.attempt.tests, self.attempt.base_name, (*self.attempt.steps, step))
            self._changed()

    def _progress(self, step: str, done: int, of: int) -> None:
        if self.attempt is not None:
            self.attempt = Attempt(self.attempt.tests, self.attempt.base_name, self.attempt.steps, done, of)
            if self._job is not None:
                self._job.progress(done, of)
            self._changed()
