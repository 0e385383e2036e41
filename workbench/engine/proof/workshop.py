"""Running tests on trees: a worktree each, the project's own interpreter, and the guard that the right code was run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.analysis.proof import foreign_modules
from workbench.engine.interpreter import Interpreter, import_roots, top_level_names
from workbench.engine.proof.elsewhere import Elsewhere
from workbench.engine.repo.worktrees import Worktree, Worktrees
from workbench.engine.test_settings import AS_IT_COMES, LONGEST_ELSEWHERE, TestSettings
from workbench.engine.testing import Finished, Testing, TestPlan

LONGEST = 100_000
"""Bytes of test ids that fit into one variable of the environment; beyond it whole files are run."""


@dataclass(frozen=True)
class Ran:
    """One run on a worktree; ``foreign`` names project modules that did not come from it."""

    finished: Finished
    worktree: Path
    foreign: tuple[str, ...]


class Workshop:
    """The worktrees of one proof, bisection or gate. Use as an async context manager: what it made is removed.

    ``carry`` is copied into each; ``missed`` are files that tests tried to open in one and that are not there.
    ``settings`` say how tests are run; a run may take ``timeout`` seconds. Runs that may be ``anywhere`` are handed
    ``away`` where there is a cluster (and raise ClusterError)."""

    def __init__(
        self,
        root: Path,
        worktrees: Worktrees,
        testing: Testing,
        interpreter: Interpreter,
        carry: Sequence[str] = (),
        settings: TestSettings = AS_IT_COMES,
        away: Elsewhere | None = None,
    ) -> None:
        self._root = root
        self._worktrees = worktrees
        self._testing = testing
        self.interpreter = interpreter
        self.carry = tuple(carry)
        self.missed: set[str] = set()
        self._settings = settings
        self._away = away
        self.timeout = settings.timeout or LONGEST_ELSEWHERE
        self._made: dict[str, Worktree] = {}
        self._roots: tuple[str, ...] | None = None
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> Workshop:
        return self

    async def __aexit__(self, *_: object) -> None:
        for worktree in self._made.values():
            await asyncio.to_thread(self._worktrees.remove, worktree)
        self._made.clear()

    async def worktree(self, tree: str) -> Worktree:
        """The checkout of ``tree``, made once. Raises GitError."""
        async with self._lock:
            if tree not in self._made:
                self._made[tree] = await asyncio.to_thread(self._worktrees.checkout, tree, self.carry)
            return self._made[tree]

    async def width(self) -> int:
        """How many runs that may be anywhere are best under way at once."""
        return max(1, await self._away.width()) if self._away is not None else 1

    async def run(
        self, tree: str, tests: Sequence[str], env: dict[str, str] | None = None, anywhere: bool = False
    ) -> Ran:
        """Run ``tests`` on ``tree``, with its own packages first on the import path. Raises GitError."""
        return await self._run(await self.worktree(tree), tests, env, anywhere)

    async def trial(
        self, tree: str, tests: Sequence[str], env: dict[str, str] | None = None, anywhere: bool = False
    ) -> Ran:
        """The same in a worktree that is given back at once. Raises GitError."""
        if tree in self._made:
            return await self.run(tree, tests, env, anywhere)
        worktree = await asyncio.to_thread(self._worktrees.checkout, tree, self.carry)
        try:
            return await self._run(worktree, tests, env, anywhere)
        finally:
            await asyncio.to_thread(self._worktrees.release, worktree)

    async def _run(self, worktree: Worktree, tests: Sequence[str], env: dict[str, str] | None, anywhere: bool) -> Ran:
        roots, packages = await asyncio.to_thread(self._places, worktree)
        chosen, only = _chosen(tests)
        plan = TestPlan(
            root=worktree.path,
            tree=worktree.tree,
            interpreter=self.interpreter,
            tests=chosen,
            import_roots=roots,
            packages=packages,
            home_tree=str(self._root),
            timeout=self.timeout,
            options=self._settings.options,
            env={**only, **(env or {})},
        )
        testing = self._away if anywhere and self._away is not None else self._testing
        finished = await testing.run(plan)
        self.missed |= finished.tracker.missed
        foreign = foreign_modules(finished.tracker.modules, str(worktree.path))
        return Ran(finished, worktree.path, foreign)

    def _places(self, worktree: Worktree) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The import roots of the project and the names of its packages in a worktree."""
        if self._roots is None:
            self._roots = import_roots(self._root, self.interpreter)
        return self._roots, tuple(sorted(top_level_names(worktree.path)))


def _chosen(tests: Sequence[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """What to give to the runner: one test as it is; several as their files, with the ids to be kept of them."""
    if len(tests) == 1:
        return tuple(tests), {}
    files = tuple(dict.fromkeys(test.split("::")[0] for test in tests))
    only = "\n".join(tests)
    return files, {"WORKBENCH_ONLY": only} if len(only) < LONGEST else {}
