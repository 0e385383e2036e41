"""The monitor of a session: a process of its own, as ``workbench monitor`` is, so that no key waits for what it reads.

It writes the case's journal itself; what it says on its standard output is where every trigger stands.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from workbench.case.codec import decode
from workbench.case.plan import Watched
from workbench.engine.process.commands import APART, Running
from workbench.engine.process.streams import Kept, lines
from workbench.engine.runs import REFUSALS
from workbench.engine.services import Services

SAID = 2000
"""Bytes of what it complained of that are kept."""


class LiveMonitor:
    """``watched`` is where every trigger stands and ``tripped`` names those that did since it began; ``left`` is how
    many seconds it goes on; ``unseen`` says which logs cannot be seen. ``problem`` says why it ended before its time.
    ``changed`` is called as they change.
    """

    def __init__(self, services: Services, changed: Callable[[], None]) -> None:
        self._services = services
        self._changed = changed
        self._task: asyncio.Task[None] | None = None
        self._running: Running | None = None
        self.watched: tuple[Watched, ...] = ()
        self.tripped: frozenset[str] = frozenset()
        self.left: float | None = None
        self.problem = ""
        self.unseen: tuple[str, ...] = ()

    @property
    def running(self) -> bool:
        """Whether a deploy is being watched."""
        return self._task is not None and not self._task.done()

    def start(self) -> None:
        """Watch from now on, unless that is under way."""
        if not self.running:
            self.watched, self.tripped, self.left, self.problem, self.unseen = (), frozenset(), None, "", ()
            self._task = asyncio.create_task(self._watch())
            self._changed()

    def stop(self) -> None:
        """End the watch: what has not tripped has not held to the end."""
        self._say("stop")

    def take_back(self) -> None:
        """The deploy was rolled back: the watch ends with that."""
        self._say("rolled_back")

    async def close(self) -> None:
        """End it with the session."""
        self.stop()
        if self._task is not None and not self._task.done():
            with suppress(TimeoutError, asyncio.CancelledError):
                await asyncio.wait_for(self._task, 5)

    def _say(self, word: str) -> None:
        if self._running is not None and self._running.write is not None:
            self._running.write.write(f"{word}\n".encode())

    async def _watch(self) -> None:
        options = self._services.options
        argv = [sys.executable, "-P", "-m", "workbench", "monitor", self._services.journal.state.id, "--trust"]
        env = {
            "WORKBENCH_STORE": options.store or str(options.data),
            "WORKBENCH_CACHE": str(options.cache),
            "WORKBENCH_ACTOR": options.actor,
        }
        try:
            running = await self._services.commands.start(
                [*argv, "--attended", "--format", "jsonl"], str(Path.cwd()), env, stderr=APART, write=True
            )
        except REFUSALS as error:
            self.problem = str(error)
            self._changed()
            return
        async with running:
            self._running = running
            complaint = asyncio.ensure_future(_complaint(running.errors))
            async for line in lines(running.read):
                self._heard(line)
            code = await running.wait()
            said = await complaint
            self._running, self.left = None, None
            if code not in (0, 1, 3):
                self.problem = said or f"the monitor ended with {code}"
        self._changed()

    def _heard(self, line: bytes) -> None:
        try:
            event = json.loads(line)
        except ValueError:
            return
        if event["event"] == "stands":
            self.watched = tuple(decode(Watched, each) for each in event["watched"])
            self.tripped |= {each.trigger for each in self.watched if each.state == "tripped"}
            self.left, self.unseen = event["left"], tuple(event["unseen"])
            self._changed()


async def _complaint(errors: asyncio.StreamReader | None) -> str:
    """What it complained of, in one line."""
    if errors is None:
        return ""
    kept = Kept(SAID)
    await kept.take(errors)
    return "; ".join(filter(None, map(str.strip, kept.data.decode("utf-8", "replace").splitlines())))
