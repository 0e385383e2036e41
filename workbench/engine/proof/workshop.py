"""Running tests on trees: a worktree each, the project's own interpreter, and the guard that the right code was run."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.analysis.proof import foreign_modules
from workbench.engine.interpreter import Interpreter, import_roots, top_level_names
from workbench.engine.repo.worktrees import Worktree, Worktrees
from workbench.engine.testing import Finished, Testing, TestPlan


@dataclass(frozen=True)
class Ran:
    """One run on a worktree; ``foreign`` names project modules that did not come from it."""

    finished: Finished
    worktree: Path
    foreign: tuple[str, ...]


class Workshop:
    """The worktrees of one proof, bisection or gate. Use as an async context manager: what it made is removed."""

    def __init__(
        self,
        root: Path,
        worktrees: Worktrees,
        testing: Testing,
        interpreter: Interpreter,
        carry: Sequence[str] = (),
        limit: float = 600.0,
    ) -> None:
        self._root = root
        self._worktrees = worktrees
        self._testing = testing
        self.interpreter = interpreter
        self._carry = tuple(carry)
        self._limit = limit
        self._made: dict[str, Worktree] = {}
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
                self._made[tree] = await asyncio.to_thread(self._worktrees.checkout, tree, self._carry)
            return self._made[tree]

    async def run(self, tree: str, tests: Sequence[str], env: dict[str, str] | None = None) -> Ran:
        """Run ``tests`` on ``tree``, with its own packages first on the import path."""
        worktree = await self.worktree(tree)
        plan = TestPlan(
            root=worktree.path,
            tree=tree,
            interpreter=self.interpreter,
            tests=tuple(tests),
            import_roots=import_roots(self._root, self.interpreter),
            packages=tuple(sorted(top_level_names(worktree.path))),
            home_tree=str(self._root),
            timeout=self._limit,
            env=env or {},
        )
        finished = await self._testing.run(plan)
        foreign = foreign_modules(finished.tracker.modules, str(worktree.path))
        return Ran(finished, worktree.path, foreign)
