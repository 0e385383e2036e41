"""Running the user's tests in the user's own tree, journaled and bound to that tree."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from workbench.analysis.proof import foreign_modules
from workbench.analysis.spectrum import Spectrum
from workbench.case.codec import encode
from workbench.case.enums import RunStatus
from workbench.case.errors import GitError
from workbench.case.events import new_event
from workbench.case.model import TestResult, TestRun
from workbench.engine.beside import Beside
from workbench.engine.headstart import HeadStart
from workbench.engine.interpreter import NoInterpreterError
from workbench.engine.known_python import KnownPython
from workbench.engine.opening import working_tree
from workbench.engine.process.commands import CommandMissingError
from workbench.engine.proof.change import NoChangeError
from workbench.engine.reach import Reach
from workbench.engine.ready import Ready, plan_of, ready, testing_of
from workbench.engine.runners import known_python
from workbench.engine.services import Services
from workbench.engine.store.base import StoreError
from workbench.engine.store.journal import ReadOnlyError
from workbench.engine.suspecting import report_spectrum
from workbench.engine.testing import Finished, Seen, TestPlan
from workbench.engine.warm import Warm

REFUSALS = (NoChangeError, NoInterpreterError, CommandMissingError, GitError, StoreError, ReadOnlyError, OSError)
"""Why work on the repository may not begin, each with a message for a person."""

MANY = 300
"""Results of a run whose traceback and output are journaled; the runner bounds each of them."""


async def run_tests(
    services: Services,
    tests: Sequence[str] = (),
    seen: Seen = lambda result: None,
    timeout: float | None = None,
    options: Sequence[str] = (),
    began: Callable[[str], None] = lambda tree: None,
    python: KnownPython | None = None,
    reach: Reach | None = None,
    warm: Warm | None = None,
    first: Ready | None = None,
    traced: bool = False,
    beside: Beside | None = None,
    head: HeadStart | None = None,
) -> TestRun:
    """Run ``tests`` (all when empty) and journal the run; ``began`` is told the tree it runs on, ``python`` remembers
    the interpreter from run to run, ``reach`` keeps what each test entered, ``warm`` its fork server; ``first`` is what
    :func:`ready` told just now, where that was asked; a ``head`` that was begun before is this run where it fits. The
    rest is of :func:`plan_of`; ``timeout`` (seconds) and ``options`` come before the settings.

    An edit while they ran leaves the run without a tree, so that it is stale from the start. Raises NoChangeError where
    no runner fits, NoInterpreterError, ReadOnlyError.
    """
    python = python or known_python(services)
    if services.journal.readonly_reason:
        raise ReadOnlyError(services.journal.readonly_reason)
    first = first or await ready(services, python)
    began(first.tree)
    event = new_event("test.started", services.options.actor, {"tests": list(tests), "tree": first.tree})
    started = asyncio.ensure_future(services.journal.append(event))
    plan = plan_of(services, first, tests, timeout, options, reach is not None, traced, beside)
    try:
        if head is not None and services.trees is not None and await head.fits(plan, first, services.trees):
            finished = await head.take(first.tree, seen)
        else:
            if head is not None:
                await head.end()
            plan = replace(plan, changed=await _changed(services, warm, first.tree) if tests else None)
            finished = await testing_of(services, first, warm).run(plan, seen)
    finally:
        await started
    if beside is not None and plan.coverage and not tests:
        beside.learn(finished.tracker)
    return await _settled(services, _told_of_copies(finished, plan), reach, tests)


async def _changed(services: Services, warm: Warm | None, tree: str) -> tuple[str, ...] | None:
    """The files that are not as they were when a template was collected; None where there is none."""
    if warm is None or not warm.tree or services.trees is None:
        return None
    return await asyncio.to_thread(services.trees.differing, warm.tree, tree)


def _told_of_copies(finished: Finished, plan: TestPlan) -> Finished:
    """The run, which says so where the tests imported a copy of the project in place of what stands in it; where
    nothing ran, that they may."""
    modules = finished.tracker.modules
    foreign = {name.partition(".")[0] for name in foreign_modules(modules, str(plan.root.resolve()))}
    nothing = finished.run.status is RunStatus.ERROR and not finished.run.results
    copies = sorted(set(plan.packages) if nothing else foreign & set(plan.packages))
    if not copies:
        return finished
    name = copies[0]
    place = Path(modules.get(name) or plan.interpreter.loads[name][0])
    folder = place.parent if place.suffix else place
    said = (
        f"these tests {'may ' * nothing}import another {name}: {folder}, not what stands in this repository, so no "
        f"edit here reaches them; {plan.interpreter.path} -m pip install -e . mends it"
    )
    message = f"{finished.run.message}; {said}" if finished.run.message else said
    return replace(finished, run=replace(finished.run, message=message))


async def _settled(services: Services, finished: Finished, reach: Reach | None, tests: Sequence[str]) -> TestRun:
    """The run for the record, kept; without a tree where files changed meanwhile."""
    run, spectrum = finished.run, None
    if await working_tree(services) != run.tree:
        run = replace(run, tree="", message=run.message or "files changed while the tests ran")
    elif reach is not None and run.status in (RunStatus.PASSED, RunStatus.FAILED):
        spectrum = await reach.record(run, finished.tracker, tests)
    await _keep(services, run, spectrum)
    return run


async def _keep(services: Services, run: TestRun, spectrum: Spectrum | None) -> None:
    """Journal a run, and what it says of where the fault is."""
    data = {"run": await asyncio.to_thread(lambda: encode(bounded(run)))}
    await services.journal.append(new_event("test.finished", services.options.actor, data))
    if spectrum is not None:
        await report_spectrum(services, run, spectrum)


def bounded(run: TestRun) -> TestRun:
    """``run`` as it is journaled: of more than MANY results with texts the rest keep their message alone."""
    results: list[TestResult] = []
    texts = 0
    for result in run.results:
        texts += bool(result.output or result.traceback)
        results.append(result if texts <= MANY else replace(result, output="", traceback=""))
    return replace(run, results=tuple(results))
