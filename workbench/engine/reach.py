"""Which tests a change may reach: by what each of them entered when it ran last, or guessed by imports before that."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from workbench.analysis.affected import guessed
from workbench.analysis.coverage import Files, Ran, Reached, prepare, reached, record
from workbench.analysis.spectrum import Spectrum
from workbench.analysis.testruns import Tracker
from workbench.api import Chunk
from workbench.case.errors import GitError
from workbench.case.model import TestRun
from workbench.engine.process.call import Priority
from workbench.engine.services import Services

LONGEST = 120.0
"""Seconds that keeping or comparing may take."""

FEW = 8
"""Files that are looked at ahead; where more were saved at once, somebody changed the branch."""


class Reach:
    """The store of one repository's per-test coverage, in the user's cache. ``spectrum`` is that of the latest run,
    on ``spectrum_tree``."""

    def __init__(self, services: Services) -> None:
        self._services = services
        root = services.repository.root
        named = hashlib.sha256(str(root.resolve()).encode()).hexdigest()[:16]
        self._root = str(root)
        self.spectrum, self.spectrum_tree = Spectrum(), ""
        self.path = str(services.options.cache / "coverage" / f"{named}.sqlite")

    async def record(self, run: TestRun, tracker: Tracker, selected: Sequence[str]) -> Spectrum | None:
        """Keep what the tests of ``run`` entered, and which of them were bad; gives the spectrum of all tests.

        None where there are no trees. Raises GitError.
        """
        if self._services.trees is None or not run.tree:
            return None
        files = await self._files(run.tree, run.environment)
        outcomes = {result.id: result.outcome for result in run.results}
        frames = {
            test: tuple((path, line) for path, line, _ in raised.frames) for test, raised in tracker.raised.items()
        }
        ran = Ran(tuple(selected), outcomes, frames, tracker.entered, tracker.searched)
        chunk = Chunk(record, (self.path, self._root, files, ran), LONGEST)
        (self.spectrum,) = await self._services.pool.run_chunk(chunk, Priority.BACKGROUND)
        self.spectrum_tree = run.tree
        return self.spectrum

    async def prepare(self, saved: Sequence[str]) -> None:
        """Look at the Python files that were ``saved`` while it is not yet known which tree they make."""
        python = tuple(path for path in saved if path.endswith(".py"))
        if self._services.trees is not None and 0 < len(python) <= FEW:
            await self._services.pool.run_chunk(
                Chunk(prepare, (self.path, self._root, python), LONGEST), Priority.PROMPT
            )

    async def of(self, tree: str, environment: str, changed: Iterable[str]) -> Reached:
        """The tests to run on ``tree``, where ``changed`` paths were saved."""
        found = Reached()
        if self._services.trees is not None and tree:
            with contextlib.suppress(GitError):
                args = (self.path, self._root, await self._files(tree, environment))
                (found,) = await self._services.pool.run_chunk(Chunk(reached, args, LONGEST), Priority.PROMPT)
        return found if found.known else replace(await self._guess(changed), failing=found.failing)

    async def _guess(self, changed: Iterable[str]) -> Reached:
        """What came and went since files were listed last is an editor's own, and reaches nothing."""
        repository = self._services.repository
        before = repository.listing.blobs
        listing = await repository.files()
        there = tuple(
            path
            for path in changed
            if not before or path in before or path in listing or (repository.root / path).exists()
        )
        python = sorted(path for path in listing if path.endswith(".py"))
        chunk = Chunk(guessed, (self._root, python, there), LONGEST)
        (guess,) = await self._services.pool.run_chunk(chunk, Priority.PROMPT)
        return Reached(files=guess.files, everything=guess.everything, why=guess.why)

    async def _files(self, tree: str, environment: str) -> Files:
        assert self._services.trees is not None
        blobs = await asyncio.to_thread(self._services.trees.blobs, tree)
        return Files(tuple(sorted(blobs.items())), environment)
