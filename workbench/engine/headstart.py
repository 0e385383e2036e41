"""A run that begins before it is known which tree it runs on: its results are held until that is known."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from workbench.case.errors import GitError
from workbench.case.model import TestResult
from workbench.engine.beside import Beside
from workbench.engine.ready import Ready, plan_of, testing_of
from workbench.engine.repo.trees import Trees
from workbench.engine.services import Services
from workbench.engine.testing import Finished, Seen, Testing, TestPlan
from workbench.engine.warm import Warm

VAIN, REST = 3, 10
"""Runs in a row that were none, after which so many saves begin none: a filter of git may change what is saved."""
FEW = 8
"""Files that are looked at for one: where more were saved at once, somebody changed the branch."""


class HeadStart:
    """The run of ``plan``, which goes by what was known ``before`` and the files that were ``saved`` since, by path
    their hash as git makes it."""

    def __init__(self, testing: Testing, plan: TestPlan, before: Ready, saved: Mapping[str, str]) -> None:
        self._plan, self._before, self._saved = plan, before, saved
        self.taken = False
        self._held: list[TestResult] = []
        self._seen: Seen = self._held.append
        self._run = asyncio.ensure_future(testing.run(plan, lambda result: self._seen(result)))

    async def fits(self, plan: TestPlan, now: Ready, trees: Trees) -> bool:
        """Whether it is the run of ``plan`` on what is known ``now``. Raises GitError."""
        own, other = (replace(each, tree="", parts=(), changed=None) for each in (self._plan, plan))
        same = own == other and type(self._before.runner) is type(now.runner) and bool(now.tree)
        return same and await asyncio.to_thread(self._stands, now.tree, trees)

    def _stands(self, tree: str, trees: Trees) -> bool:
        """Whether all that differs from the tree before are the files that were saved, as they were then."""
        blobs = trees.blobs(tree)
        return all(
            path in self._saved and blobs.get(path, "") == self._saved[path]
            for path in trees.differing(self._before.tree, tree)
        )

    async def take(self, tree: str, seen: Seen) -> Finished:
        """The run to its end, as one of ``tree``; ``seen`` gets its results, those first that are there already."""
        self.taken = True
        for result in self._held:
            seen(result)
        self._seen = seen
        finished = await self._run
        return replace(finished, run=replace(finished.run, tree=tree))

    async def end(self) -> None:
        """Stop what still runs."""
        self._run.cancel()
        await asyncio.gather(self._run, return_exceptions=True)


class HeadStarts:
    """Begins runs as soon as files were saved, on what the run before knew. ``latest`` are the tests that a save called
    for last, where it had to be looked for which these are: the next save mostly calls for the same."""

    def __init__(self, services: Services, warm: Warm, beside: Beside) -> None:
        self._services = services
        self._warm = warm
        self._beside = beside
        self._before: Ready | None = None
        self._begun: HeadStart | None = None
        self._vain = self._rests = 0
        self.latest: tuple[str, ...] = ()

    def learn(self, before: Ready, tests: Sequence[str]) -> None:
        """What is known now, and which ``tests`` were looked for, if any."""
        self._before, self.latest = before, tuple(tests) or self.latest

    @asynccontextmanager
    async def begin(self, tests: Sequence[str], paths: Sequence[str], timeout: float | None) -> AsyncIterator[None]:
        """A run of ``tests``, where it can be warm and little was saved; it is stopped at the end of the context."""
        resting, self._rests = self._rests > 0, max(0, self._rests - 1)
        head = self._begun = None if resting else await self._begin(tests, paths, timeout)
        try:
            yield
        finally:
            self._begun = None
            if head is not None:
                await head.end()
                self._vain = 0 if head.taken else self._vain + 1
            if self._vain == VAIN:
                self._vain, self._rests = 0, REST

    def pop(self) -> HeadStart | None:
        """The run that was begun, once."""
        head, self._begun = self._begun, None
        return head

    async def _begin(self, tests: Sequence[str], paths: Sequence[str], timeout: float | None) -> HeadStart | None:
        before, services, warm = self._before, self._services, self._warm
        if before is None or not before.tree or not tests or not 0 < len(paths) <= FEW:
            return None
        if services.trees is None or not warm.serves(before.interpreter.path, before.interpreter.environment):
            return None
        try:
            saved, changed = await asyncio.to_thread(self._look, services.trees, before.tree, paths)
        except GitError:
            return None
        plan = plan_of(services, before, tests, timeout, covering=True, beside=self._beside)
        return HeadStart(testing_of(services, before, warm), replace(plan, changed=changed), before, saved)

    def _look(self, trees: Trees, tree: str, paths: Sequence[str]) -> tuple[dict[str, str], tuple[str, ...] | None]:
        """What was saved, and what differs with it from what a template was collected from."""
        saved = {path: _blob(self._services.repository.root / path) for path in paths}
        of = self._warm.tree
        return saved, tuple(sorted({*trees.differing(of, tree), *paths})) if of else None


def _blob(path: Path) -> str:
    """The hash that git gives a file (SHA-1, no filter), "" for one that is not there."""
    try:
        data = path.read_bytes()
    except OSError:
        return ""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
