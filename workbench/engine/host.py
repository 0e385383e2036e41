"""What the engine offers to a plugin's plan, for one repository."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from workbench.api import Feed, Step
from workbench.engine.drive import Work
from workbench.engine.feeds import Feeds
from workbench.engine.repo.repository import Repository

Ask = Callable[[str, Sequence[str]], Awaitable[str]]


class EngineHost:
    """The :class:`workbench.api.Host` of one running job."""

    def __init__(
        self,
        repository: Repository,
        work: Work,
        index_path: str,
        progress: Callable[[int, int], None],
        ask: Ask,
        feeds: Feeds,
    ) -> None:
        self._repository = repository
        self._work = work
        self._index_path = index_path
        self._progress = progress
        self._ask = ask
        self._feeds = feeds
        self._turn = 0

    @property
    def index_path(self) -> str:
        """The content-addressed index file that workers read."""
        return self._index_path

    async def run(self, step: Step) -> list[Any]:
        """Run one step now and give its results."""
        self._turn += 1
        return await self._work.run(step, self._turn)

    async def git(self, *args: str) -> bytes:
        """Standard output of guarded git on the repository. Raises GitError."""
        return await self._repository.git(*args)

    def progress(self, done: int, of: int) -> None:
        """Say how far the plan is."""
        self._progress(done, of)

    async def ask(self, question: str, choices: Sequence[str]) -> str:
        """Queue a question for the driver."""
        return await self._ask(question, choices)

    async def feed(self, location: str) -> Feed:
        """What the log source at ``location`` gives, fetched once."""
        return await self._feeds.read(location, self)

    def scratch(self) -> str:
        """A folder of this session's own, removed at its end."""
        return self._feeds.scratch()
