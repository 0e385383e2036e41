"""Driving the real app in a test: a story of keys and of what is then to be seen."""

from __future__ import annotations

import asyncio
import time
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from textual.worker import WorkerCancelled, WorkerFailed
from workbench_app.app import WorkbenchApp
from workbench_kit.pane import Pane
from workbench_kit.panel import Panel
from workbench_kit.strip_view import StripView

from tests.snapshots import incident
from tests.snapshots.picture import text_of
from workbench.engine.session import Session
from workbench.engine.views import derive

PATIENCE = 120.0
"""Seconds after which what is waited for counts as not coming."""

NAMES = {
    "/": "slash",
    " ": "space",
    ".": "full_stop",
    "\t": "tab",
    "\n": "enter",
    "\x1b": "escape",
    "?": "question_mark",
}
"""Textual's names of characters."""


class Driver:
    """The app with its keys."""

    def __init__(self, app: WorkbenchApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot
        self.told: list[str] = []
        """The messages that came up since the last key; a slow machine may look when one is gone again."""
        notify = app.notify

        def heard(message: str, **how: Any) -> None:
            self.told.append(message)
            notify(message, **how)

        app.notify = heard

    @property
    def session(self) -> Session:
        """The open session."""
        assert self.app.desk is not None
        return self.app.desk.session

    @property
    def pane(self) -> Pane:
        """The pane in sight."""
        assert isinstance(self.app.screen, Pane)
        return self.app.screen

    @property
    def text(self) -> str:
        """What stands on the screen."""
        return text_of(self.app)

    @property
    def focused(self) -> str:
        """Id of what has the focus."""
        return (self.app.focused.id or "") if self.app.focused is not None else ""

    def panel(self, name: str) -> Any:
        """The panel of that id in the pane in sight."""
        return self.pane.query_one(f"#{name}", Panel)

    def shown(self, name: str) -> str:
        """What stands in the widget of that id, its border with it."""
        widget = self.app.screen.query_one(f"#{name}", Widget)
        lines = self.text.split("\n")
        region = widget.region
        return "\n".join(line[region.x : region.right] for line in lines[region.y : region.bottom])

    async def press(self, *keys: str) -> None:
        """Press keys, and wait until all of their doing is on screen."""
        self.told.clear()
        await self.pilot.press(*keys)
        await self.settle()

    async def acted(self) -> None:
        """Wait until the keys that were pressed so far have done what they do, or the app has ended."""
        taken = asyncio.Event()
        if self.app.call_later(taken.set):
            await self.until(
                lambda: (taken.is_set() and not self.app.acting) or not self.app.is_running, "the key", often=True
            )

    async def type(self, text: str) -> None:
        """Type text."""
        await self.press(*("space" if char == " " else char for char in text))

    def post(self, text: str) -> None:
        """Let the keys of ``text`` come at once, as over a slow line."""
        for char in text:
            self.app.post_message(events.Key(NAMES.get(char, char), char if char.isprintable() else None))

    async def burst(self, text: str) -> None:
        """Type ``text`` at once, and wait until all of its doing is on screen."""
        self.post(text)
        await self.pilot.pause()
        await self.settle()

    async def settle(self) -> None:
        """Wait until the keys have acted, and the engine and the screen are at rest."""
        await self.acted()
        if self.app.desk is not None:
            await self.session.idle()
        await self.pilot.pause()
        await self.until(lambda: getattr(self.app.screen, "following", None) is None, "the middle")
        while doing := [worker for worker in self.app.workers if worker.node is not self.app]:
            with suppress(WorkerCancelled, WorkerFailed):  # for another of its group; what fails is said on screen
                await self.app.workers.wait_for_complete(doing)
            if self.app.desk is not None:
                await self.session.idle()
            await self.pilot.pause()
        await self.pilot.pause()

    async def still(self) -> None:
        """Lay out and size everything now, as it would be after a second of rest, when no job runs any more."""
        await self.settle()
        self.app.case_changed()
        self.pane.lay_out()
        await self.settle()
        for view in self.app.screen.query(StripView):
            view.sync_size(now=True)
        await self.settle()

    async def until(self, condition: Callable[[], object], what: str = "", often: bool = False) -> None:
        """Wait for a condition, looked at a fifth of the time, or ``often``. Raises AssertionError with the screen when
        it does not come."""
        end = time.monotonic() + PATIENCE
        while True:
            looked = time.monotonic()
            if condition():
                return
            assert looked < end, f"{what or condition} did not come:\n{self.text}"
            await asyncio.sleep(0 if often else max(0.01, 4 * (time.monotonic() - looked)))

    async def sees(self, text: str) -> None:
        """Wait until ``text`` stands on the screen, wrapped or not, or came up there as a message."""

        def seen() -> bool:
            shown = self.text
            return text in shown or text in " ".join(shown.split()) or any(text in told for told in self.told)

        await self.until(seen, text)


@asynccontextmanager
async def workbench(
    path: Path, options: Namespace, size: tuple[int, int], theme: str = "dark"
) -> AsyncIterator[Driver]:
    """The app, just started, in a theme of its own whatever terminal the tests run in."""
    app = WorkbenchApp(str(path), options)
    app.theme = theme or app.theme
    async with app.run_test(size=size, notifications=True) as pilot:
        yield Driver(app, pilot)


@asynccontextmanager
async def incident_case(
    folder: Path, size: tuple[int, int] = (160, 48), running: bool = False
) -> AsyncIterator[Driver]:
    """The app in pane 1 of the incident's case."""
    repo, case = await incident.write_case(folder, running)
    async with workbench(repo, incident.arguments(folder, case), size) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane), "pane 1")
        await driver.settle()
        driver.session.views = derive(driver.session.state, incident.RANKING)
        driver.app.case_changed()
        await driver.settle()
        yield driver
