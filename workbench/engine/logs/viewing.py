"""The log of one session as it is looked at: opened, searched, followed, and led to the code."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from workbench.analysis.logs.rows.after import course
from workbench.api import Feed
from workbench.engine.host import EngineHost
from workbench.engine.jobs import Job, unheard
from workbench.engine.logs.book import LogBook
from workbench.engine.logs.growth import Growth
from workbench.engine.logs.looking import BookReader
from workbench.engine.logs.search import Search
from workbench.engine.logs.sources import is_file
from workbench.engine.services import Services


class LiveLog(BookReader):
    """The log view's side of the engine. Lives on one asyncio loop; listeners are called as rows come."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._told: tuple[object, datetime | None] = ((), None)
        self.locations: tuple[str, ...] = ()
        self.searching: Search | None = None
        self.happened = ""
        self._growth: Growth | None = None
        self._job: Job | None = None
        self._search_job: Job | None = None
        self._searched: Search | None = None
        self._listeners: list[Callable[[], None]] = []

    @property
    def rows(self) -> int:
        """Rows that can be read now."""
        return self.book.rows if self.book is not None else 0

    @property
    def reading(self) -> bool:
        """Whether the log is still being indexed."""
        return self._job is not None and self._job.running

    @property
    def following(self) -> bool:
        """Whether the log is looked at for what comes."""
        return self._growth is not None

    @property
    def since_mitigated(self) -> str:
        """Whether the errors fell since the last mitigation, while the log is followed; "" where there is none."""
        if self.book is None or not self.following:
            return ""
        timeline = self._services.journal.state.timeline
        if timeline is not self._told[0]:
            at = next((each.at for each in reversed(timeline) if each.kind == "case.mitigated"), None)
            self._told = (timeline, at)
        found = course(self.book.timeline, self._told[1].timestamp()) if self._told[1] is not None else None
        return found.words() if found is not None else ""

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when there are more rows or matches; gives the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def offer(self, locations: Sequence[str]) -> None:
        """Read ``locations`` if that runs no program that was not run in this session already."""
        if all(is_file(location) or self._services.feeds.fetched(location) for location in locations):
            self.open(locations)

    def open(self, locations: Sequence[str], again: bool = False) -> None:
        """Read ``locations``, in place of what was read before; what is read already is not read anew."""
        if tuple(locations) == self.locations and not again:
            return
        self.locations = tuple(locations)
        for job in (self._job, self._search_job):
            if job is not None:
                self._services.jobs.cancel(job)
        self._job = self._services.jobs.start("log view", self._read(self.locations), on_failure=self._failed)

    def search(self, search: Search | None) -> None:
        """Search for something else, or for nothing."""
        if self._search_job is not None:
            self._services.jobs.cancel(self._search_job)
        self.searching = search
        self._go_on()

    async def follow(self, on: bool) -> None:
        """Look for what comes from now on, or no more."""
        growth, self._growth = self._growth, None
        if growth is not None:
            await growth.close()
        if on and self.book is not None:
            self._growth = Growth(self.book, self._services, self._truncated)
            self._growth.start(await self._feeds(self.locations))

    async def close(self) -> None:
        """Follow no more."""
        await self.follow(False)

    async def _feeds(self, locations: Sequence[str]) -> list[Feed]:
        services = self._services
        if services.options.visit is not None:
            locations = await asyncio.to_thread(services.options.visit.bring_log)
        host = EngineHost(services.repository, services.work, "", unheard, services.questions.ask, services.feeds)
        return list(await asyncio.gather(*(host.feed(location) for location in locations)))

    async def _read(self, locations: Sequence[str]) -> None:
        following = self.following
        await self.follow(False)
        feeds = await self._feeds(locations)
        scratch = await asyncio.to_thread(self._services.feeds.scratch)
        self.book = book = LogBook(self._services.pool, scratch, self._grown)
        book.denied += [each for feed in feeds for each in feed.denied]
        self.search(Search(self.searching.query, self.searching.context) if self.searching else None)
        await book.read([file for feed in feeds for file in feed.files])
        self._tell()
        if following:
            await self.follow(True)

    def _truncated(self, label: str) -> None:
        self.happened = f"{label.rpartition('/')[2]} was truncated: read again"
        self.open(self.locations, again=True)

    def _failed(self, job: Job) -> None:
        self.happened = f"the log could not be read: {job.error.strip().rsplit(chr(10), 1)[-1]}"
        self._tell()

    def _grown(self) -> None:
        if self.reading and self._job is not None and self.book is not None:
            self._job.progress(self.book.done, self.book.of)
        self._go_on()
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()

    def _go_on(self) -> None:
        """Search what was not searched yet, unless that is under way."""
        search, book = self.searching, self.book
        if search is None or book is None or search.problem or search.upto >= book.rows:
            return
        if self._search_job is None or not self._search_job.running or self._searched is not search:
            self._searched = search
            self._search_job = self._services.jobs.start("log search", self._search(search))

    async def _search(self, search: Search) -> None:
        while search is self.searching and self.book is not None:
            more = await search.advance(self.book, self._services.pool)
            self._tell()
            if not more:
                return
