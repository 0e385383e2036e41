"""One fixer at work: a worktree of its own, its plan, and the diff that git makes of what it left there."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from workbench.analysis.diffs import Diff, decode_diff, parse_diff
from workbench.analysis.tamper import tamper_marks, touches_judges
from workbench.api import Fixer, FixRequest
from workbench.case.events import new_event
from workbench.case.model import Proposal, Tested
from workbench.engine.file_states import RefusedError
from workbench.engine.plugins import OWN, Registered
from workbench.engine.proposals.asking import subject_of
from workbench.engine.proposals.host import FixingHost
from workbench.engine.proposals.migrating import migrate, migrates
from workbench.engine.repo.trees import Trees
from workbench.engine.services import Services
from workbench.engine.store.vault import Vault
from workbench.engine.store.writer import ReadOnlyError

LIMIT = 900.0
"""Seconds one fixer may take."""

PREVIEW = 200_000
"""Characters of a diff that the record keeps."""


Test = Callable[[str], Awaitable[Tested]]
"""Gives what the failing test says of a tree."""


async def make(
    services: Services, carry: Sequence[str], plugin: Registered, request: FixRequest, test: Test | None = None
) -> Proposal | None:
    """What ``plugin`` offers for ``request``; None where it changed nothing. What was said in a dialogue is journaled.

    Raises what the plugin raised.
    """
    trees, worktrees = services.trees, services.worktrees
    assert trees is not None
    assert worktrees is not None
    worktree = await asyncio.to_thread(worktrees.checkout, request.base, carry)
    try:
        asked = replace(request, worktree=str(worktree.path))
        fixer = plugin.make()

        async def tried() -> Tested | None:
            return await test(await asyncio.to_thread(worktrees.state, worktree)) if test is not None else None

        async with _recorded(services, plugin.name, request, tried) as host, asyncio.timeout(limit_of(fixer)):
            said = await _carried_out(services, host, fixer, asked)
        if said is None:
            return None
        made = replace(said, id="", fixer=plugin.name, subject=subject_of(request), test=request.failing_test)
        made = replace(made, base=request.base)
        if said.state == "conflicts":
            return _named(made)
        head = await asyncio.to_thread(worktrees.state, worktree)
        paths = [each.path for each in await asyncio.to_thread(trees.changed, trees.tree_of(request.base), head)]
        if how := await asyncio.to_thread(migrates, worktree.path, paths):
            told = await migrate(services, worktree.path, how, request.interpreter)
            made = replace(made, note="\n".join(filter(None, (made.note, told))))
            head = await asyncio.to_thread(worktrees.state, worktree)
        return await asyncio.to_thread(_with_diff, services, trees, plugin, replace(made, head=head))
    finally:
        await asyncio.to_thread(worktrees.remove, worktree)


def limit_of(fixer: object) -> float:
    """Seconds that a fixer or adviser may take."""
    return float(getattr(fixer, "limit", LIMIT))


@asynccontextmanager
async def _recorded(
    services: Services, name: str, request: FixRequest, tried: Callable[[], Awaitable[Tested | None]]
) -> AsyncIterator[FixingHost]:
    """A host whose transcript is journaled in the end, however that comes."""
    host = FixingHost(services, tried)
    outcome = "ended"
    try:
        yield host
    except BaseException as failure:
        stopped = isinstance(failure, asyncio.CancelledError | TimeoutError)
        outcome = "stopped" if stopped else f"failed: {failure}"
        raise
    finally:
        if host.said:
            with contextlib.suppress(ReadOnlyError):
                await journal_talk(services, name, subject_of(request), host, outcome)


async def journal_talk(services: Services, agent: str, subject: str, host: FixingHost, outcome: str) -> None:
    """Write a dialogue into the record."""
    said = [list(pair) for pair in host.said]
    data = {"agent": agent, "subject": subject, "outcome": outcome, "said": said, "untold": host.untold}
    await asyncio.shield(services.journal.append(new_event("agent.talked", f"workbench/{agent}", data)))


async def _carried_out(services: Services, host: FixingHost, fixer: Fixer, request: FixRequest) -> Proposal | None:
    kept: list[Any] = []

    async def done(results: list[Any]) -> None:
        kept.extend(results)

    await services.work.each(fixer.plan(request, host), done)
    return fixer.fold(request, kept)


async def diff_of(services: Services, proposal: Proposal) -> Diff:
    """The proposal's exact diff. Raises RefusedError where its bytes are not on this machine."""

    def read() -> Diff:
        try:
            return parse_diff(decode_diff(Vault(services.options.data / "vault").get(proposal.patch)))
        except KeyError as error:
            raise RefusedError(f"the patch of “{proposal.title}” is not on this machine") from error

    return await asyncio.to_thread(read)


def _with_diff(services: Services, trees: Trees, plugin: Registered, made: Proposal) -> Proposal | None:
    if made.head == trees.tree_of(made.base):
        return None
    patch = trees.diff(made.base, made.head, "-M")
    text = decode_diff(patch)
    diff = parse_diff(text)
    marks = [mark.words() for mark in tamper_marks(diff)]
    marks += [f"touches {path}" for path in touches_judges(diff) if not any(path in mark for mark in marks)]
    return _named(
        replace(
            made,
            paths=tuple(file.path for file in diff.files),
            diff=text[:PREVIEW].encode("utf-8", "replace").decode(),
            patch=Vault(services.options.data / "vault").put(patch),
            added=sum(file.added for file in diff.files),
            removed=sum(file.removed for file in diff.files),
            tamper=tuple(marks),
            denied=bool(marks) and plugin.distribution != OWN,
        )
    )


def _named(made: Proposal) -> Proposal:
    """The same offer on the same tree has the same id."""
    said = "\0".join((made.fixer, made.subject if made.state == "conflicts" else "", made.title, made.base, made.head))
    return replace(made, id=hashlib.sha256(said.encode()).hexdigest()[:10])
