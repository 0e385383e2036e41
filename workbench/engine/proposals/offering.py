"""Offering: several fixers at once on one question, each proposal tested, journaled and told as it comes."""

from __future__ import annotations

import asyncio
import itertools
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from workbench.analysis.diffs import encode_diff, format_diff, subset
from workbench.analysis.tamper import clean_part
from workbench.api import Fixer, FixRequest
from workbench.case.codec import encode
from workbench.case.enums import PluginKind
from workbench.case.events import new_event
from workbench.case.model import Proposal, Tested
from workbench.engine.jobs import Progress, unheard
from workbench.engine.playbooks import choose, find_playbook
from workbench.engine.plugins import Registered, missing
from workbench.engine.proof.record import workshop_of
from workbench.engine.proposals.asking import NothingToFixError, about_test, requests_for
from workbench.engine.proposals.making import Test, diff_of, make
from workbench.engine.proposals.testing import Verdicts, failing_at
from workbench.engine.reach import Reach
from workbench.engine.services import Services
from workbench.engine.views import merged

WIDTH = 2
"""Fixers, and proposals being tested, at once."""

MOST = 24
"""Proposals of one question that are tested."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What came of a question: proposals, best first; ``said`` is a line per fixer that failed or is not there, and how
    many changes left the failing test red."""

    proposals: tuple[Proposal, ...]
    said: tuple[str, ...] = ()


async def offer(
    services: Services,
    target: str = "",
    names: Sequence[str] = (),
    told: Callable[[Proposal], None] = lambda proposal: None,
    beside: str = "",
    progress: Progress = unheard,
) -> Offered:
    """Ask the fixers (those of the playbook, or ``names``) to mend ``target`` (see :func:`requests_for`). ``beside`` is
    a test that fails too: what is proposed is tried with it, where it is red. ``progress`` gets how many were asked,
    then how many of their changes were tried.

    Raises NothingToFixError, KeyError for a fixer that there is not, NoChangeError, NoInterpreterError, GitError.
    """
    fixers = await asyncio.to_thread(fixers_of, services, names)
    workshop = await workshop_of(services)
    assert services.trees is not None
    base = await asyncio.to_thread(services.trees.working)
    state = services.journal.state
    requests = requests_for(state, merged(state), target, base)
    named = next((request.failing_test for request in requests), "")
    test = named or beside
    async with workshop:
        known = failing_at(state, base, workshop.interpreter.environment)
        verdicts = Verdicts(workshop, Reach(services), base, test, known)
        if test:
            problem, raised = await verdicts.red()
            if problem and named:
                raise NothingToFixError(problem)
            if problem:
                test, verdicts = "", Verdicts(workshop, Reach(services), base, "", known)
            else:
                requests = about_test(requests, test, raised)
        python = str(workshop.interpreter.path)
        requests = tuple(replace(each, interpreter=python) for each in requests)
        made, said = await _made(services, workshop.carry, fixers, requests, verdicts.test if test else None, progress)
        return await _tested(services, verdicts, made, said, told, bool(test) and not names, progress)


def fixers_of(services: Services, names: Sequence[str] = ()) -> list[Registered]:
    """The fixers that the case's playbook chooses, or those named. Raises KeyError for an unknown name. Blocking."""
    known = {plugin.name: plugin for plugin in services.plugins.of(PluginKind.FIXER)}
    if names:
        return [known[name] for name in names]
    root = services.repository.root
    trusted = services.options.trust or services.trust.is_trusted(root)
    return choose(list(known.values()), find_playbook(services.journal.state.playbook, root, trusted).fixers)


async def _made(
    services: Services,
    carry: Sequence[str],
    fixers: Iterable[Registered],
    requests: Sequence[FixRequest],
    test: Test | None,
    progress: Progress,
) -> tuple[list[Proposal], list[str]]:
    """Every change that a fixer made, none of them twice; and what there is to say of fixers that made none."""
    turn, said = asyncio.Semaphore(WIDTH), []
    jobs = []
    earlier = services.journal.state.proposals.values()
    for plugin in fixers:
        absent = missing(plugin.needs, services.repository.root)
        if absent:
            said.append(f"{plugin.name}: not available: {', '.join(absent)}")
            continue
        reasons = tuple(why for each in earlier if each.fixer == plugin.name for why in each.rejected)
        fixer, failed = _built(plugin)
        said += [failed] if failed else []
        if fixer is not None:
            wanted = [each for each in requests if not fixer.applies(each)]
            dear = getattr(fixer, "dear", False) and len(wanted) > 1
            said += [f"{plugin.name}: not asked for {len(wanted)} things at once: name one"] if dear else []
            jobs += [(plugin, replace(each, rejected=reasons)) for each in wanted if not dear]

    ended = itertools.count(1)

    async def one(plugin: Registered, request: FixRequest) -> Proposal | None:
        async with turn:
            try:
                return await make(services, carry, plugin, request, test)
            except TimeoutError:
                said.append(f"{plugin.name}: stopped after its limit")
            except Exception as failure:  # noqa: BLE001 - the plugin seam: a fixer that fails is a line, never a crash
                said.append(f"{plugin.name}: failed: {type(failure).__name__}: {failure}")
            finally:
                progress(next(ended), len(jobs))
            return None

    found = await asyncio.gather(*(one(plugin, request) for plugin, request in jobs))
    by_result: dict[str, Proposal] = {}
    for each in found:
        first = by_result.setdefault(each.head or each.id, each) if each is not None else each
        if each is not None and first is not None and first.fixer != each.fixer:
            said.append(f"{each.fixer}: the same change as {first.fixer}")
    return list(by_result.values()), said


def _built(plugin: Registered) -> tuple[Fixer | None, str]:
    try:
        return plugin.make(), ""
    except Exception:  # noqa: BLE001 - the plugin seam
        return None, f"{plugin.name}: failed: {traceback.format_exc().strip().splitlines()[-1]}"


async def _tested(
    services: Services,
    verdicts: Verdicts,
    made: Sequence[Proposal],
    said: list[str],
    told: Callable[[Proposal], None],
    only_green: bool,
    progress: Progress,
) -> Offered:
    """``made`` with the tests' verdicts; with ``only_green`` those that leave the failing test red are counted only."""
    turn, ended = asyncio.Semaphore(WIDTH), itertools.count(1)
    if len(made) > MOST:
        said.append(f"{len(made) - MOST} more changes were made and not tested: name a finding to try one")

    async def one(proposal: Proposal) -> Proposal | None:
        async with turn:
            if proposal.state != "conflicts":
                tests = await verdicts.of(proposal.head, proposal.paths)
                if proposal.denied and proposal.test:
                    tests = (*tests, await without_suspicion(services, verdicts, proposal))
                proposal = replace(proposal, tests=tests)
        progress(next(ended), min(MOST, len(made)))
        if only_green and proposal.tests and proposal.tests[0].outcome == "red":
            return None
        if only_green and proposal.state == "conflicts":
            said.append(f"{proposal.fixer}: {proposal.title}: {proposal.note.partition(chr(10))[0]}")
            return proposal
        await journal(services, proposal)
        told(proposal)
        return proposal

    tested = await asyncio.gather(*(one(each) for each in made[:MOST]))
    left = sum(each is None for each in tested)
    if left:
        said.append("1 other change left the test red" if left == 1 else f"{left} other changes left the test red")
    kept = [each for each in tested if each is not None and not (only_green and each.state == "conflicts")]
    return Offered(best_first(kept), tuple(said))


async def without_suspicion(services: Services, verdicts: Verdicts, proposal: Proposal) -> Tested:
    """What the failing test says of what is left of a stranger's proposal without what touches the judges."""
    diff = await diff_of(services, proposal)
    clean = clean_part(diff)
    if not clean:
        return Tested("clean", "red", "nothing is left of it without what touches tests, CI or settings")
    assert services.trees is not None
    patch = encode_diff(format_diff(subset(diff, clean)))
    tree = await asyncio.to_thread(services.trees.with_patch, proposal.base, patch)
    return replace(await verdicts.test(tree), name="clean")


async def journal(services: Services, proposal: Proposal) -> None:
    """Write the proposal as it is now into the record."""
    event = new_event("proposal.offered", f"workbench/{proposal.fixer}", {"proposal": encode(proposal)})
    await services.journal.append(event)


def best_first(proposals: Iterable[Proposal]) -> tuple[Proposal, ...]:
    """Those with more green tests and none red first, then the smaller ones; what cannot be applied comes last."""

    def rank(each: Proposal) -> tuple[bool, bool, int, bool, int]:
        outcomes = [tested.outcome for tested in each.tests]
        return (
            each.state in ("conflicts", "rejected"),
            "red" in outcomes,
            -outcomes.count("green"),
            bool(each.tamper),
            each.added + each.removed,
        )

    return tuple(sorted(proposals, key=rank))
