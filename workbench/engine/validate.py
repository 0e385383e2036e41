"""Validating a change: every gate that applies, several at once, each journaled as it ends, and the verdict."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from workbench.analysis.diffs import decode_diff
from workbench.analysis.playbooks import PlaybookError
from workbench.analysis.verdict import honest
from workbench.api import ChangeSubject, Gate, Step
from workbench.case.codec import encode
from workbench.case.enums import GateStatus, PluginKind, RunStatus
from workbench.case.events import new_event
from workbench.case.model import GateResult, Proof, TestRun
from workbench.case.playbook import EVERYTHING
from workbench.engine.host import EngineHost
from workbench.engine.playbooks import choose, find_playbook
from workbench.engine.plugins import Registered, missing
from workbench.engine.proof.change import CodeChange, read_change
from workbench.engine.proof.prove import Prover
from workbench.engine.proof.record import workshop_of
from workbench.engine.proof.workshop import Workshop
from workbench.engine.services import Services

WIDTH = 2
"""Gates under way at once."""

LIMIT = 1800.0
"""Seconds one gate may take."""

Told = Callable[[GateResult], None]


class ChangeHost(EngineHost):
    """The :class:`workbench.api.GateHost` of one validation."""

    def __init__(self, services: Services, workshop: Workshop, change: CodeChange) -> None:
        super().__init__(services.repository, services.work, "", lambda done, of: None, services.ask, services.feeds)
        self._services = services
        self._workshop = workshop
        self._change = change
        self._proving = asyncio.Lock()

    async def test(self, tree: str, tests: Sequence[str] = ()) -> TestRun:
        """Run tests on one side; a run of the wrong code is an error, whatever it said."""
        ran = await self._workshop.run(tree, tests)
        if ran.foreign:
            said = f"{ran.foreign[0]} was imported from outside the worktree: the wrong code was run"
            return replace(ran.finished.run, status=RunStatus.ERROR, message=said)
        return ran.finished.run

    async def prove(self) -> Proof:
        """The proof on record when it speaks of these trees, else a new one."""
        async with self._proving:
            known = self._services.journal.state.proofs.values()
            change = self._change
            for proof in reversed(tuple(known)):
                if (proof.base, proof.head, proof.tests) == (change.base, change.head, change.tests):
                    return proof
            assert self._services.trees is not None
            proof = await Prover(self._workshop, self._services.trees).prove(change)
            event = new_event("proof.finished", self._services.options.actor, {"proof": encode(proof)})
            await self._services.journal.append(event)
            return proof


@dataclass(frozen=True)
class Validation:
    """One change under its gates."""

    services: Services
    change: CodeChange
    subject: ChangeSubject
    host: ChangeHost

    async def run(
        self,
        gates: Sequence[Registered],
        told: Told = lambda result: None,
        began: Callable[[str], None] = lambda gate: None,
    ) -> list[GateResult]:
        """Run ``gates``, WIDTH at once; ``began`` gets each name when its turn comes, ``told`` each result.

        One that fails or hangs takes no other down.
        """
        turn = asyncio.Semaphore(WIDTH)

        async def one(plugin: Registered) -> GateResult:
            async with turn:
                began(plugin.name)
                result = await self._gate(plugin)
            event = new_event("gate.finished", f"workbench/{plugin.name}", {"gate": encode(result)})
            await self.services.journal.append(event)
            told(result)
            return result

        return list(await asyncio.gather(*(one(plugin) for plugin in gates)))

    async def _gate(self, plugin: Registered) -> GateResult:
        started, at = perf_counter(), datetime.now(UTC)
        result = await self._judged(plugin)
        return replace(
            honest(result),
            tree=self.change.head,
            environment=self.subject.settings.get("environment", ""),
            seconds=perf_counter() - started,
            at=at,
            limit=f"{LIMIT:g} s",
        )

    async def _judged(self, plugin: Registered) -> GateResult:
        absent = missing(plugin.needs, self.services.repository.root)
        if absent:
            return _result(plugin, GateStatus.SKIPPED, f"not available: {', '.join(absent)}", required=False)
        try:
            gate: Gate = plugin.make()
            reason = gate.applies(self.subject)
            if reason:
                return _result(plugin, GateStatus.SKIPPED, reason, required=False)
            async with asyncio.timeout(LIMIT):
                results = await self._results(gate.plan(self.subject, self.host))
            return replace(gate.fold(self.subject, results), required=gate.required)
        except TimeoutError:
            return _result(plugin, GateStatus.INCONCLUSIVE, f"stopped after its limit of {LIMIT:g} s")
        except Exception as failure:  # noqa: BLE001 - the plugin seam: a gate that fails is a result, never a pass
            said = traceback.format_exc().strip().splitlines()
            return _result(plugin, GateStatus.ERROR, f"{type(failure).__name__}: {failure} ({said[-2].strip()})")

    async def _results(self, steps: AsyncIterator[Step]) -> list[Any]:
        kept: list[Any] = []

        async def done(results: list[Any]) -> None:
            kept.extend(results)

        await self.services.work.each(steps, done)
        return kept


@asynccontextmanager
async def validation_of(services: Services, base: str = "", head: str = "") -> AsyncIterator[Validation]:
    """The change of the working tree (or ``head``) with a worktree for each side, removed at the end.

    Raises NoChangeError, NoInterpreterError, GitError.
    """
    workshop = await workshop_of(services)
    assert services.trees is not None
    change = await asyncio.to_thread(read_change, services.repository.facts, services.trees, base, (), head)
    diff = await asyncio.to_thread(services.trees.diff, change.base, change.head)
    async with workshop:
        base_tree, head_tree = await workshop.worktree(change.base), await workshop.worktree(change.head)
        subject = ChangeSubject(
            repo=str(services.repository.root),
            base=change.base,
            head=change.head,
            base_worktree=str(base_tree.path),
            head_worktree=str(head_tree.path),
            paths=tuple(changed.path for changed in change.paths),
            interpreter=workshop.interpreter.path,
            diff=decode_diff(diff),
            tests=change.tests,
            racy=tuple(sorted(change.racy)),
            settings={"environment": workshop.interpreter.environment, "config": services.config.values},
        )
        yield Validation(services, change, subject, ChangeHost(services, workshop, change))


def gates_of(services: Services, names: Sequence[str] = ()) -> list[Registered]:
    """The gates that the case's playbook chooses, or those named. Raises KeyError for a name that is none."""
    known = {plugin.name: plugin for plugin in services.plugins.of(PluginKind.GATE)}
    return [known[name] for name in names] if names else choose(list(known.values()), _patterns(services))


def _patterns(services: Services) -> Sequence[str]:
    """What the playbook says of gates; one that is gone leaves nothing out."""
    root = services.repository.root
    trusted = services.options.trust or services.trust.is_trusted(root)
    try:
        return find_playbook(services.journal.state.playbook, root, trusted).gates
    except PlaybookError:
        return EVERYTHING


def _result(plugin: Registered, status: GateStatus, reason: str, required: bool = True) -> GateResult:
    return GateResult(plugin.name, plugin.name, status, reason, required=required)
