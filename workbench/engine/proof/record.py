"""Proving a change of the session's repository, journaled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench.case.codec import encode
from workbench.case.enums import ProofStatus
from workbench.case.events import new_event
from workbench.case.model import Proof, ProofStep
from workbench.engine.interpreter import Interpreter, NoInterpreterError
from workbench.engine.process.cluster import ClusterPool
from workbench.engine.proof.carrying import carried_files, outdated, proposed
from workbench.engine.proof.change import CodeChange, NoChangeError, read_change
from workbench.engine.proof.elsewhere import Elsewhere
from workbench.engine.proof.prove import Progress, Prover
from workbench.engine.proof.untested import Untested
from workbench.engine.proof.workshop import Workshop
from workbench.engine.repo.repository import Facts
from workbench.engine.runners import NO_PYTHON, choose, known_python
from workbench.engine.services import Services
from workbench.engine.test_settings import TestSettings
from workbench.engine.testing import Testing

_NO_GIT = "this folder is no git repository: there is nothing to compare with"


async def workshop_of(services: Services, carry: Sequence[str] = (), tested: bool = True) -> Workshop:
    """A workshop for this repository. Raises NoChangeError without git and, unless it need not be ``tested``, where no
    runner serves it; then NoInterpreterError too."""
    if services.trees is None or services.worktrees is None:
        raise NoChangeError(_NO_GIT)
    testing, interpreter, away = await _testing(services, tested)
    await asyncio.to_thread(services.worktrees.sweep)
    settings = TestSettings.of(services.config)
    found = await asyncio.to_thread(carried_files, services.repository.facts, settings.carry)
    carried = tuple(dict.fromkeys([*carry, *found]))
    return Workshop(services.repository.root, services.worktrees, testing, interpreter, carried, settings, away)


async def _testing(services: Services, needed: bool) -> tuple[Testing, Interpreter, Elsewhere | None]:
    """What runs the tests, in which Python, and on which cluster; where there is no runner and it is not ``needed``,
    what says so."""
    python = known_python(services)
    try:
        runner, interpreter = await choose(services, python)
    except (NoChangeError, NoInterpreterError) as why:
        if needed:
            raise
        try:
            return Untested(str(why)), await python.get([""]), None
        except NoInterpreterError:
            return Untested(str(why)), NO_PYTHON, None
    scratch = services.options.cache / "runs"
    away = Elsewhere(runner, services.pool, scratch) if isinstance(services.pool, ClusterPool) else None
    return Testing(runner, services.commands, scratch), interpreter, away


def change_of(services: Services, base: str = "", tests: Sequence[str] = (), head: str = "") -> CodeChange:
    """The change of the session's repository, by its settings: see :func:`read_change`. Blocking."""
    if services.trees is None:
        raise NoChangeError(_NO_GIT)
    often = TestSettings.of(services.config).racy
    return read_change(services.repository.facts, services.trees, base, tests, head, often)


async def prove_change(
    services: Services,
    *,
    base: str = "",
    head: str = "",
    tests: Sequence[str] = (),
    fix: Sequence[str] = (),
    told: Callable[[ProofStep], None] = lambda step: None,
    based_on: Callable[[CodeChange], None] = lambda change: None,
    progress: Progress = lambda step, done, of: None,
) -> Proof:
    """Prove and journal; ``based_on`` is told what is proven before it begins.

    Raises NoChangeError, NoInterpreterError, GitError.
    """
    workshop = await workshop_of(services)
    assert services.trees is not None
    facts = services.repository.facts
    change = await asyncio.to_thread(change_of, services, base, tests, head)
    based_on(change)
    actor = services.options.actor
    started = {"tests": list(change.tests), "base": change.base, "head": change.head}
    await services.journal.append(new_event("proof.started", actor, started))
    async with workshop:
        proof = await Prover(workshop, services.trees, told, progress).prove(change, fix)
    proof = await asyncio.to_thread(_honest, facts, workshop, change, proof)
    await services.journal.append(new_event("proof.finished", actor, {"proof": encode(proof)}))
    return proof


def _honest(facts: Facts, workshop: Workshop, change: CodeChange, proof: Proof) -> Proof:
    """``proof`` with what was carried along, and with what spoils it: a built file that the change outdates, ignored
    files that the tests missed."""
    proof = replace(proof, carried=tuple(name for name in workshop.carry if (facts.root / name).exists()))
    if problem := outdated(workshop.carry, change.fix, facts.root):
        proof = replace(proof, status=ProofStatus.INCONCLUSIVE, reason=problem)
    if proof.status is not ProofStatus.PROVEN and (missed := proposed(facts, workshop.missed)):
        names = ", ".join(f'"{name}"' for name in missed)
        said = f"the tests looked for what git ignores; workbench.toml can carry it: tests.carry = [{names}]"
        proof = replace(proof, reason="; ".join(filter(None, (proof.reason, said))))
    return proof
