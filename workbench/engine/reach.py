"""Which tests a change may reach: by what each of them entered when it ran last, or guessed by imports before that."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.analysis.affected import affected, imports_of
from workbench.analysis.coverage import Files, Reached, reached, record
from workbench.analysis.testruns import Entered
from workbench.api import Chunk
from workbench.case.errors import GitError
from workbench.case.model import TestRun
from workbench.engine.process.call import Priority
from workbench.engine.services import Services

LONGEST = 120.0
"""Seconds that keeping or comparing may take."""


class Reach:
    """The store of one repository's per-test coverage, in the user's cache."""

    def __init__(self, services: Services) -> None:
        self._services = services
        root = services.repository.root
        named = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
        self._root = str(root)
        self.path = str(services.options.cache / "coverage" / f"{named}.sqlite")

    async def record(self, run: TestRun, entered: Entered, selected: Sequence[str]) -> None:
        """Keep what the tests of ``run`` entered, and which of them were bad. Raises GitError."""
        if self._services.trees is not None and run.tree:
            files = await self._files(run.tree, run.environment)
            outcomes = {result.id: result.outcome for result in run.results}
            args = (self.path, self._root, files, entered, tuple(selected), outcomes)
            await self._services.pool.run_chunk(Chunk(record, args, LONGEST), Priority.BACKGROUND)

    async def of(self, tree: str, environment: str, changed: Iterable[str]) -> Reached:
        """The tests to run on ``tree``, where ``changed`` paths were saved."""
        found = Reached()
        if self._services.trees is not None and tree:
            with contextlib.suppress(GitError):
                args = (self.path, self._root, await self._files(tree, environment))
                (found,) = await self._services.pool.run_chunk(Chunk(reached, args, LONGEST), Priority.INTERACTIVE)
        return found if found.known else replace(await self._guess(changed), failing=found.failing)

    async def _guess(self, changed: Iterable[str]) -> Reached:
        listing = await self._services.repository.files()
        python = sorted(path for path in listing if path.endswith(".py"))
        found = await self._services.pool.run_chunk(Chunk(imports_of, (self._root, python)))
        guess = affected(changed, dict(found))
        return Reached(files=guess.files, everything=guess.everything, why=guess.why)

    async def _files(self, tree: str, environment: str) -> Files:
        assert self._services.trees is not None
        blobs = await asyncio.to_thread(self._services.trees.blobs, tree)
        return Files(tuple(sorted(blobs.items())), environment)
