"""The wheel of a case: one program at a time runs what executes. Taken where it is free, asked for, handed over."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress

from workbench.case.events import new_event
from workbench.engine.store.base import Store, StoreError
from workbench.engine.store.company import Company, Presence
from workbench.engine.store.journal import Journal, ReadOnlyError
from workbench.engine.store.owners import owner

SOON = 0.4
"""Seconds after a move in which it is told to the others."""
BEAT = 3.0
"""Seconds between two beats; a lost program's wheel is free after EXPIRY."""


class Wheel:
    """This program's presence at a case. ``company`` is who is there as of the last beat.

    ``advisory`` says that nothing but this program enforces it: any program that can write the file can write anything.
    ``barred`` says why nothing is ever executed here: then the wheel is not taken.
    """

    def __init__(self, journal: Journal, actor: str, advisory: bool, barred: str = "") -> None:
        self._journal = journal
        self._actor = actor
        self._beating: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._changed: Callable[[], None] = _nothing
        self.advisory = advisory
        self.barred = barred
        self.looking = ""
        self.wants = False
        self.id = secrets.token_hex(8)
        self.company = Company()

    @property
    def why_not(self) -> str:
        """Why nothing may be executed here now; empty when it may."""
        if self.barred:
            return self.barred
        if self._journal.readonly_reason or not self.company.wheel or self.company.wheel == self.id:
            return ""
        return f"{self.driving} has the wheel: only there tests are run and patches applied. Ask for it: `:` and wheel"

    @property
    def driving(self) -> str:
        """Who else has the wheel, in words; two windows of one account bear one name."""
        driver = self.company.driver
        if driver is None:
            return "somebody"
        return f"{driver.name}, in another window," if driver.name == self._actor else driver.name

    @property
    def asking(self) -> tuple[Presence, ...]:
        """Who asks for the wheel, where it is ours to give."""
        mine = self.company.wheel == self.id
        return tuple(each for each in self.company.people if mine and each.wants and each.id != self.id)

    def subscribe(self, changed: Callable[[], None]) -> None:
        """Call ``changed`` on the loop when the company is another."""
        self._changed = changed

    async def start(self) -> None:
        """Be present from now on, and take the wheel where it is free."""
        if self._beating is None and (self.barred or not self._journal.readonly_reason):
            await self.beat()
            self._beating = asyncio.create_task(self._beats())

    async def beat(self) -> None:
        """Say that we are here; a store that cannot be reached now is asked again by the next beat."""
        me = Presence(self.id, self._actor, owner(), self.looking, self.wants)
        await self._round(lambda store: store.beat(me, not self.barred))

    def look(self, where: str) -> None:
        """Where our person looks now; the others, if there are any, are told soon."""
        if where == self.looking:
            return
        self.looking = where
        if self._telling is None and self._beating is not None and len(self.company.people) > 1:
            self._telling = asyncio.create_task(self._tell())

    async def ask(self) -> None:
        """Ask the driver for the wheel."""
        self.wants = True
        await self.beat()

    async def hand_over(self, to: str = "") -> None:
        """Give the wheel to the program ``to``, or (empty) to whoever takes it first."""
        await self._round(lambda store: store.hand_over(self.id, to))

    async def stop(self) -> None:
        """Be gone; the wheel is free at once."""
        if self._beating is None:
            return
        for task in (self._beating, self._telling):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
        self._beating = None
        with suppress(StoreError, ReadOnlyError):
            await self._journal.at(lambda store: store.leave(self.id))

    async def _tell(self) -> None:
        await asyncio.sleep(SOON)
        self._telling = None
        await self.beat()

    async def _beats(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            await self.beat()

    async def _round(self, work: Callable[[Store], Company]) -> None:
        before = self.company
        with suppress(StoreError, ReadOnlyError):
            self.company = await self._journal.at(work)
        if self.company == before:
            return
        if self.company.wheel == self.id != before.wheel:
            self.wants = False
            if before.wheel or len(self.company.people) > 1:
                with suppress(ReadOnlyError):
                    await self._journal.append(new_event("driver.taken", self._actor, {"driver": self._actor}))
        self._changed()


def _nothing() -> None:
    """Nobody looks yet."""
