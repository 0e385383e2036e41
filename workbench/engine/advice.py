"""Asking an agent what the cause may be: its claims become claimed causes, once their places were looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import cast

from workbench.analysis.causes import competing
from workbench.analysis.claims import claimed
from workbench.api import AdviceError, Adviser, Claim
from workbench.case.codec import encode
from workbench.case.enums import PluginKind
from workbench.case.events import new_event
from workbench.case.model import Hypothesis, LogError, Tested
from workbench.case.state import CaseState, Report
from workbench.engine.plugins import Registered
from workbench.engine.proof.change import NoChangeError
from workbench.engine.proposals.command import FixerOutputError
from workbench.engine.proposals.host import FixingHost
from workbench.engine.proposals.making import journal_talk, limit_of
from workbench.engine.services import Services
from workbench.engine.views import merged

MOST = 5
"""Errors and suspect commits that an agent is told of."""


def advisers(services: Services) -> list[Registered]:
    """The agents that are described and can be asked. Reads files."""
    return [each for each in services.plugins.of(PluginKind.FIXER) if each.package == "settings" and _advises(each)]


def _advises(plugin: Registered) -> bool:
    try:
        return hasattr(plugin.make(), "claims")
    except FixerOutputError:
        return False


async def ask(services: Services, name: str) -> tuple[Hypothesis, ...]:
    """Ask the agent ``name``; its claims are in the case when this returns. It works on a copy that nobody keeps.

    Raises AdviceError, KeyError for an agent that there is not, GitError, and what a fixer that is not trusted raises.
    """
    if services.trees is None or services.worktrees is None:
        raise NoChangeError("this folder is no git repository: there is no copy to show to an agent")
    agent = {each.name: each for each in await asyncio.to_thread(advisers, services)}[name]
    adviser = cast("Adviser", agent.make())
    state = services.journal.state
    report = merged(state)
    tree = await asyncio.to_thread(services.trees.working)
    worktree = await asyncio.to_thread(services.worktrees.checkout, tree)

    async def tried() -> Tested | None:
        return None

    host = FixingHost(services, tried)
    outcome = "ended"
    try:
        async with asyncio.timeout(limit_of(adviser)):
            said = await adviser.claims(state.question, context(state, report), str(worktree.path), host)
    except TimeoutError as late:
        outcome = "stopped after its limit"
        raise AdviceError(f"{name}: {outcome}") from late
    except AdviceError as error:
        outcome = f"failed: {error}"
        raise
    finally:
        await journal_talk(services, name, "", host, outcome)
        await asyncio.to_thread(services.worktrees.remove, worktree)
    texts = await asyncio.to_thread(_texts, services, tree, said)
    causes = [claimed(name, each.statement, each.cause_class, each.places, texts, report) for each in said]
    events = [new_event("cause.added", f"workbench/{name}", {"cause": encode(cause)}) for cause in causes]
    await services.journal.append(*events)
    return tuple(causes)


def context(state: CaseState, report: Report) -> str:
    """What is known: errors with their frames, suspect commits, causes that were proposed."""
    parts = [f"Error {each.name}, {each.count} times:{_frames(each)}" for each in report.errors[:MOST]]
    suspects = sorted((each for each in report.changes if each.score > 0), key=lambda each: -each.score)[:MOST]
    parts += [f"Change {each.revision[:10]} {each.summary}" for each in suspects]
    parts += [f"Proposed: {each.statement}" for each in competing(report.hypotheses, state.causes)[:MOST]]
    return "\n\n".join(parts)


def _frames(error: LogError) -> str:
    return "".join(f"\n  {each.path}:{each.line} in {each.function}" for each in error.frames if each.mapped)


def _texts(services: Services, tree: str, said: Sequence[Claim]) -> Mapping[str, Sequence[str]]:
    """The lines of every cited file, as it is in the tree that the agent saw at first."""
    assert services.trees is not None
    found: dict[str, Sequence[str]] = {}
    for path in {path for claim in said for path, _, _ in claim.places}:
        data = services.trees.read(tree, path)
        if data is not None:
            found[path] = data.decode("utf-8", "replace").splitlines()
    return found
