"""Validating a change: every gate that applies, several at once, each journaled as it ends, and the verdict."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import groupby
from time import perf_counter
from typing import Any

from workbench.analysis.diffs import decode_diff
from workbench.analysis.gate_proposals import endpoints, proposed, row_counts
from workbench.analysis.playbooks import PlaybookError
from workbench.analysis.verdict import held_to, honest
from workbench.api import ChangeSubject, Gate
from workbench.case.codec import encode
from workbench.case.enums import GateStatus, PluginKind
from workbench.case.events import new_event
from workbench.case.model import GateResult
from workbench.case.playbook import EVERYTHING
from workbench.engine.gates.budget import Budget, expected
from workbench.engine.gates.host import Bench, ChangeHost
from workbench.engine.gates.settings import Rules, rules_of
from workbench.engine.gates.stopping import Stopping
from workbench.engine.gates.tools import Versions
from workbench.engine.playbooks import choose, find_playbook
from workbench.engine.plugins import Registered, missing
from workbench.engine.proof.change import CodeChange
from workbench.engine.proof.record import change_of, workshop_of
from workbench.engine.services import Services

WIDTH = 2
"""Gates under way at once; one that measures is under way alone."""

ATTEMPTS = 2
"""Times a gate that breaks is tried."""

STOPPED = "stopped before it ended"

Told = Callable[[GateResult], None]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Validation:
    """One change under its gates."""

    services: Services
    change: CodeChange
    subject: ChangeSubject
    bench: Bench
    stopping: Stopping = field(default_factory=Stopping)

    async def run(
        self,
        gates: Sequence[Registered],
        told: Told = lambda result: None,
        began: Callable[[str], None] = lambda gate: None,
        progress: Progress = lambda gate, done, of: None,
        budget: Budget | None = None,
    ) -> list[GateResult]:
        """Run ``gates``, WIDTH at once, those that measure alone: at the end, or in their order where there is a
        ``budget``, since the first are then those that matter most.

        ``began`` gets each name when its turn comes, ``progress`` how far it is, ``told`` each result. One that fails
        or hangs takes no other down. What no longer fits into the ``budget`` is not run, and says so.
        """
        turn, budget = asyncio.Semaphore(WIDTH), budget or Budget()

        async def one(plugin: Registered) -> GateResult:
            async with turn:
                left = budget.left()
                if expected(plugin.name, self.services.journal.state.gates) > left:
                    result = await self._unrun(plugin, f"not within the budget: {left:.0f} s were left")
                    told(result)
                    return result
                began(plugin.name)
                running = self._gate(plugin, left, lambda done, of: progress(plugin.name, done, of))
                said = await self.stopping.run(plugin.name, running)
            result = await self._unrun(plugin, STOPPED) if said is None else said
            if said is not None or not self._spoke(plugin.name):
                event = new_event("gate.finished", f"workbench/{plugin.name}", {"gate": encode(result)})
                await self.services.journal.append(event)
            told(result)
            return result

        apart = {plugin.name for plugin in gates if await asyncio.to_thread(self._is_exclusive, plugin)}
        order = list(gates) if budget.limited else sorted(gates, key=lambda plugin: plugin.name in apart)
        said: dict[str, GateResult] = {}
        for alone, several in groupby(order, key=lambda plugin: plugin.name in apart):
            for group in [[plugin] for plugin in several] if alone else [list(several)]:
                said |= {result.id: result for result in await asyncio.gather(*(one(plugin) for plugin in group))}
        return [said[plugin.name] for plugin in gates]

    async def left_out(self, gates: Sequence[Registered]) -> list[GateResult]:
        """What is to be said of gates that nobody asked for: not run where they apply, else why they do not."""
        return [await self._unrun(plugin, "not asked for") for plugin in gates]

    def why_not(self, plugin: Registered, named: bool = False) -> str:
        """Why a gate would not be run, empty when it would. Raises what the gate raises."""
        absent = missing(plugin.needs, self.services.repository.root)
        if absent:
            return f"not available: {', '.join(absent)}"
        gate: Gate = plugin.make()
        if not named and not self._rules(plugin).enabled:
            return "turned off" if getattr(gate, "enabled", True) else "off unless it is named or turned on"
        return gate.applies(self.subject)

    def _spoke(self, gate: str) -> bool:
        """Whether something is known of this gate on this tree."""
        before = self.services.journal.state.gates.get(gate)
        return before is not None and before.tree == self.change.head

    def is_required(self, plugin: Registered) -> bool:
        """Whether the verdict rests on the gate; one that cannot say so counts."""
        try:
            rules = self._rules(plugin)
        except Exception:  # noqa: BLE001 - the plugin seam: it says so itself when its turn comes
            return True
        return rules.required and rules.enabled

    def _rules(self, plugin: Registered) -> Rules:
        return rules_of(self.services.config, plugin.name, plugin.make())

    def _is_exclusive(self, plugin: Registered) -> bool:
        try:
            return self._rules(plugin).exclusive
        except Exception:  # noqa: BLE001 - the plugin seam: it says so itself when its turn comes
            return False

    async def _unrun(self, plugin: Registered, reason: str) -> GateResult:
        try:
            why = await asyncio.to_thread(self.why_not, plugin)
            required = self._rules(plugin).required
        except Exception as failure:  # noqa: BLE001 - the plugin seam: a gate that fails is a result, never a pass
            return _result(plugin, GateStatus.ERROR, _said(failure))
        if why:
            return _result(plugin, GateStatus.SKIPPED, why, required=False)
        return _result(plugin, GateStatus.NOT_RUN, reason, required)

    async def _gate(self, plugin: Registered, left: float, progress: Callable[[int, int], None]) -> GateResult:
        started, at = perf_counter(), datetime.now(UTC)
        host = ChangeHost(self.bench, progress)
        limit, attempts = left, 1
        try:
            rules = await asyncio.to_thread(self._rules, plugin)
            limit = min(rules.limit, left)
            result = await self._judged(plugin, host, rules, limit)
            while result.status is GateStatus.ERROR and attempts < ATTEMPTS:
                attempts += 1
                result = await self._judged(plugin, host, rules, limit)
        except Exception as failure:  # noqa: BLE001 - the plugin seam: a gate that cannot be made is a result
            result = _result(plugin, GateStatus.ERROR, _said(failure))
        completed = await host.completed(honest(result), self.subject.head_worktree)
        return replace(
            completed,
            version=plugin.version,
            tree=self.change.head,
            environment=self.subject.settings.get("environment", ""),
            seconds=perf_counter() - started,
            at=at,
            limit=f"{limit:g} s",
            attempts=max(attempts, result.attempts),
        )

    async def _judged(self, plugin: Registered, host: ChangeHost, rules: Rules, limit: float) -> GateResult:
        try:
            async with asyncio.timeout(limit):
                reason = await asyncio.to_thread(self.why_not, plugin, plugin.name in self._named)
                if reason:
                    return _result(plugin, GateStatus.SKIPPED, reason, required=False)
                await host.equip(rules.environment)
                gate: Gate = plugin.make()
                kept: list[Any] = []

                async def done(results: list[Any]) -> None:
                    kept.extend(results)

                await host.work.each(gate.plan(self.subject, host), done)
            result = gate.fold(self.subject, kept)
            rests = rules.required and result.status is not GateStatus.SKIPPED
            return replace(held_to(result, rules.threshold), required=rests)
        except TimeoutError:
            return _result(plugin, GateStatus.INCONCLUSIVE, f"stopped after its limit of {limit:g} s", rules.required)
        except Exception as failure:  # noqa: BLE001 - the plugin seam: a gate that fails is a result, never a pass
            return _result(plugin, GateStatus.ERROR, _said(failure), rules.required)

    @property
    def _named(self) -> Sequence[str]:
        named: Sequence[str] = self.subject.settings.get("named", ())
        return named


@asynccontextmanager
async def validation_of(
    services: Services, base: str = "", head: str = "", named: Sequence[str] = (), confirmed: Sequence[str] = ()
) -> AsyncIterator[Validation]:
    """The change of the working tree (or ``head``) with a worktree for each side, removed at the end.

    ``named`` gates run even where they are turned off; ``confirmed`` hosts may be loaded, a person said. Where no test
    runner serves the repository, what rests on tests says so and the other gates judge. Raises NoChangeError, GitError.
    """
    workshop = await workshop_of(services, tested=False)
    assert services.trees is not None
    change = await asyncio.to_thread(change_of, services, base, (), head)
    diff = decode_diff(await asyncio.to_thread(services.trees.diff, change.base, change.head))
    async with workshop:
        base_tree, head_tree = await workshop.worktree(change.base), await workshop.worktree(change.head)
        paths = tuple(changed.path for changed in change.paths)
        subject = ChangeSubject(
            repo=str(services.repository.root),
            base=change.base,
            head=change.head,
            base_worktree=str(base_tree.path),
            head_worktree=str(head_tree.path),
            paths=paths,
            interpreter=workshop.interpreter.path,
            diff=diff,
            tests=change.tests,
            racy=tuple(sorted(change.racy)),
            settings={
                "environment": workshop.interpreter.environment,
                "config": services.config.values,
                "proposed": proposed(services.journal.state, paths, diff, change.racy),
                "approvals": services.journal.state.approvals,
                "since": change.base_name,
                "rows": row_counts(services.journal.state),
                "logs": services.journal.state.log_sources,
                "endpoints": endpoints(services.journal.state, paths),
                "confirmed": tuple(confirmed),
                "named": tuple(named),
            },
        )
        versions = Versions(services.work, workshop.interpreter.path)
        yield Validation(services, change, subject, Bench(services, workshop, change, versions))


def every_gate(services: Services) -> list[Registered]:
    """All gates that there are, those of the settings and manifests among them."""
    return list(services.plugins.of(PluginKind.GATE))


def unknown_gates(services: Services) -> list[str]:
    """Names below ``gates`` in the settings that are no gate's."""
    return sorted(set(services.config.get("gates", {})) - {plugin.name for plugin in every_gate(services)})


def gates_of(services: Services, names: Sequence[str] = ()) -> list[Registered]:
    """The gates that the case's playbook chooses, or those named. Raises KeyError for a name that is none."""
    known = {plugin.name: plugin for plugin in every_gate(services)}
    return [known[name] for name in names] if names else choose(list(known.values()), _patterns(services))


def _patterns(services: Services) -> Sequence[str]:
    """What the playbook says of gates; one that is gone leaves nothing out."""
    root = services.repository.root
    trusted = services.options.trust or services.trust.is_trusted(root)
    try:
        return find_playbook(services.journal.state.playbook, root, trusted).gates
    except PlaybookError:
        return EVERYTHING


def _said(failure: Exception) -> str:
    lines = "".join(traceback.format_exception(failure)).strip().splitlines()
    return f"{type(failure).__name__}: {failure} ({lines[-2].strip() if len(lines) > 1 else ''})"


def _result(plugin: Registered, status: GateStatus, reason: str, required: bool = True) -> GateResult:
    return GateResult(plugin.name, plugin.name, status, reason, required=required, version=plugin.version)
