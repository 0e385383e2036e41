"""What the engine offers to a plan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from workbench.api.steps import Command, Step
from workbench.case.logs import Feed
from workbench.case.model import Proof, Tested, TestRun
from workbench.case.testing import TestRate


class Host(Protocol):
    """What the engine offers to ``plan``. Every call can be cancelled; GitError and TimeoutError may rise from it."""

    @property
    def index_path(self) -> str:
        """The content-addressed index file that workers read (see workbench.analysis.index)."""
        ...

    async def run(self, step: Step) -> list[Any]:
        """Run one step now and give its results: for plans whose later steps need earlier answers."""
        ...

    async def git(self, *args: str) -> bytes:
        """Standard output of git on the repository, guarded (no hooks, fsmonitor, pager, helpers). Raises GitError."""
        ...

    def progress(self, done: int, of: int) -> None:
        """Say how far the plan is."""
        ...

    async def ask(self, question: str, choices: Sequence[str]) -> str:
        """Queue a question for the driver; the answer is one of ``choices``."""
        ...

    async def feed(self, location: str) -> Feed:
        """What the log source at ``location`` gives, fetched once. One that fails is a feed that says so."""
        ...

    def scratch(self) -> str:
        """A folder of this session's own, closed to others and removed at its end."""
        ...


class GateHost(Host, Protocol):
    """A host that can run tests on either side of the change, with the guard that the right code was run."""

    async def test(self, tree: str, tests: Sequence[str] = (), env: Mapping[str, str] | None = None) -> TestRun:
        """Run ``tests`` (all when empty) in the worktree of ``tree``. A run of the wrong code has status error."""
        ...

    async def spread(self, wanted: Sequence[tuple[str, Sequence[str]]]) -> tuple[TestRun, ...]:
        """The same for each tree of ``wanted`` with its tests, in that order: on a cluster several at once, where the
        user has named one."""
        ...

    async def lines(
        self, tree: str, wanted: Mapping[str, Sequence[int]]
    ) -> tuple[TestRun, Mapping[str, frozenset[int]]]:
        """Run every test on ``tree``, and tell which of the ``wanted`` lines of each path were executed."""
        ...

    async def stress(self, runs: int, perturb: bool = False) -> tuple[TestRate, ...]:
        """How often the change's own tests fail, each ``runs`` times with other seeds, at head and without the fix."""
        ...

    async def base_with(self, paths: Sequence[str]) -> str:
        """The tree of base with these paths of head in it."""
        ...

    async def edited(self, tree: str, texts: Mapping[str, str]) -> str:
        """The tree ``tree`` with these texts in the place of its files."""
        ...

    async def prove(self) -> Proof:
        """The proof of the change: the one on record when it is fresh, else a new one."""
        ...


class Conversation(Protocol):
    """A program that runs and is talked to by lines."""

    async def say(self, line: bytes) -> None:
        """Write one line to its standard input. Raises ConnectionError when it has ended."""
        ...

    def lines(self) -> AsyncIterator[bytes]:
        """The lines of its standard output, until it ends."""
        ...

    def last_words(self) -> str:
        """The end of what it wrote to standard error."""
        ...


class FixHost(Host, Protocol):
    """A host that can hold a dialogue, and have the worktree tested while a fixer is at work in it."""

    @property
    def confines(self) -> bool:
        """Whether this system can keep a program from writing outside the folders that it was given."""
        ...

    def converse(self, command: Command) -> AbstractAsyncContextManager[Conversation]:
        """Start ``command`` (its ``parse``, ``stdin`` and ``timeout`` are not used) and end it on leaving. Raises
        CommandMissingError, and what :meth:`run` raises for a repository that is not trusted."""
        ...

    def tell(self, who: str, text: str) -> None:
        """Write a line of the dialogue; all of them go into the record together."""
        ...

    async def tried(self) -> Tested | None:
        """What the failing test says of the worktree's files as they are now; None where there is no test."""
        ...
