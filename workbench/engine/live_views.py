"""The views of a case, kept in step with its journal and with what is going on, off the screen's loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from time import monotonic

from workbench.analysis.ranking import Ranking
from workbench.analysis.spectrum import Touched
from workbench.engine.services import Services
from workbench.engine.views import Views, derive

REFRESH = 0.25
"""Seconds between two refreshes of the views at least."""
SHARE = 4
"""While results come, a refresh that takes long is followed by a pause so many times as long, a second at most: what
computes keeps the screen's thread waiting."""

Listener = Callable[[Views], None]
Entered = Callable[[], Mapping[str, tuple[Touched, ...]]]


class LiveViews:
    """``views`` of the journal's state under ``ranking``; ``entered`` tells what the latest tests entered.

    Lives on one asyncio loop; every method is called there.
    """

    def __init__(self, services: Services, entered: Entered) -> None:
        self._services = services
        self._entered = entered
        self._listeners: list[Listener] = []
        self._refreshing: asyncio.Task[None] | None = None
        self._dirty = self._stirred = False
        self._refreshed_at = -REFRESH
        self.views = Views()
        self.ranking = Ranking()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener``, at most four times a second, when the views changed; gives the way to stop."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def renew(self) -> None:
        """The journal or the ranking is another: derive the views anew."""
        self._dirty = True
        self.stir()

    def stir(self) -> None:
        """There is something new to show."""
        self._stirred = True
        if self._refreshing is None:
            self._refreshing = asyncio.get_running_loop().create_task(self._refresh())

    async def settled(self) -> None:
        """Return when the views show everything."""
        while self._refreshing is not None:
            await self._refreshing

    def stop(self) -> None:
        """Refresh no more."""
        if self._refreshing is not None:
            self._refreshing.cancel()

    def _derived(self) -> Views:
        state = self._services.journal.state
        return derive(state, self.ranking, self._services.library.recall(state.repo))

    async def _refresh(self) -> None:
        try:
            while self._stirred:
                await asyncio.sleep(self._refreshed_at + REFRESH - monotonic())
                dirty, self._dirty, self._stirred = self._dirty, False, False
                began = monotonic()
                if dirty:
                    self.views = await asyncio.to_thread(self._derived)
                self.views = replace(self.views, entered=self._entered())
                self._refreshed_at = monotonic()
                if not self._services.jobs.idle:
                    self._refreshed_at += min(1.0, max(0.0, SHARE * (self._refreshed_at - began) - REFRESH))
                for listener in tuple(self._listeners):
                    listener(self.views)
        finally:
            self._refreshing = None
