"""One fixer at work: a worktree of its own, its plan, and the diff that git makes of what it left there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from workbench.analysis.diffs import decode_diff, parse_diff
from workbench.analysis.tamper import tamper_marks, touches_judges
from workbench.api import Fixer, FixRequest
from workbench.case.model import Proposal
from workbench.engine.host import EngineHost
from workbench.engine.plugins import OWN, Registered
from workbench.engine.proposals.asking import subject_of
from workbench.engine.repo.trees import Trees
from workbench.engine.services import Services
from workbench.engine.store.vault import Vault

LIMIT = 900.0
"""Seconds one fixer may take."""

PREVIEW = 200_000
"""Characters of a diff that the record keeps."""


async def make(services: Services, carry: Sequence[str], plugin: Registered, request: FixRequest) -> Proposal | None:
    """What ``plugin`` offers for ``request``; None where it changed nothing. Raises what the plugin raised."""
    trees, worktrees = services.trees, services.worktrees
    assert trees is not None
    assert worktrees is not None
    worktree = await asyncio.to_thread(worktrees.checkout, request.base, carry)
    try:
        asked = replace(request, worktree=str(worktree.path))
        async with asyncio.timeout(LIMIT):
            said = await _carried_out(services, plugin.make(), asked)
        if said is None:
            return None
        made = replace(said, id="", fixer=plugin.name, subject=subject_of(request), test=request.failing_test)
        made = replace(made, base=request.base)
        if said.state == "conflicts":
            return _named(made)
        head = await asyncio.to_thread(worktrees.state, worktree)
        return await asyncio.to_thread(_with_diff, services, trees, plugin, replace(made, head=head))
    finally:
        await asyncio.to_thread(worktrees.remove, worktree)


async def _carried_out(services: Services, fixer: Fixer, request: FixRequest) -> Proposal | None:
    host = EngineHost(services.repository, services.work, "", lambda done, of: None, services.ask, services.feeds)
    kept: list[Any] = []

    async def done(results: list[Any]) -> None:
        kept.extend(results)

    await services.work.each(fixer.plan(request, host), done)
    return fixer.fold(request, kept)


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
