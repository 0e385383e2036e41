"""What a fixer is offered beside the rest: a dialogue with a program, a transcript, and its worktree tested."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from workbench.api import Command, Tested
from workbench.engine.host import EngineHost
from workbench.engine.jobs import unheard
from workbench.engine.process.commands import APART, Running, lines
from workbench.engine.process.confine import can_confine
from workbench.engine.services import Services

LONGEST_LINE = 16 << 20
"""Bytes of one line of a dialogue."""

LAST_WORDS = 2000
"""Bytes of standard error that are kept."""

SAID, OF_EACH = 500, 4000
"""Lines of a transcript, and characters of each, that the record keeps."""

Tried = Callable[[], Awaitable[Tested | None]]


class FixingHost(EngineHost):
    """The :class:`workbench.api.FixHost` of one fixer at work. ``said`` is the transcript, ``untold`` counts
    the lines beyond it."""

    def __init__(self, services: Services, tried: Tried) -> None:
        super().__init__(services.repository, services.work, "", unheard, services.questions.ask, services.feeds)
        self._services = services
        self._tried = tried
        self.said: list[tuple[str, str]] = []
        self.untold = 0

    @property
    def confines(self) -> bool:
        """Whether this system can keep a program from writing outside its folders."""
        return can_confine()

    @asynccontextmanager
    async def converse(self, command: Command) -> AsyncIterator[Talk]:
        """A dialogue with a program, which is ended on leaving."""
        self._services.work.allow(command)
        running = await self._services.commands.start(
            command.argv, command.cwd, command.env, stderr=APART, write=True, writes=command.writes
        )
        async with running:
            talk = Talk(running)
            listening = asyncio.ensure_future(talk.listen())
            try:
                yield talk
            finally:
                listening.cancel()

    def tell(self, who: str, text: str) -> None:
        """Write a line of the transcript."""
        if len(self.said) < SAID:
            self.said.append((who, text[:OF_EACH]))
        else:
            self.untold += 1

    async def tried(self) -> Tested | None:
        """What the failing test says of the worktree now."""
        return await self._tried()


class Talk:
    """Implements :class:`workbench.api.Conversation`."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self._errors = bytearray()

    async def say(self, line: bytes) -> None:
        """Write one line. Raises ConnectionError."""
        writer = self._running.write
        assert writer is not None
        writer.write(line + b"\n")
        await writer.drain()

    async def lines(self) -> AsyncIterator[bytes]:
        """What it says, until it ends."""
        async for line in lines(self._running.read, LONGEST_LINE):
            yield line

    def last_words(self) -> str:
        """The end of its standard error."""
        return self._errors.decode("utf-8", "replace").strip()

    async def listen(self) -> None:
        """Keep the end of standard error, so that the program never waits for a reader."""
        errors = self._running.errors
        assert errors is not None
        with contextlib.suppress(ConnectionError):
            while chunk := await errors.read(1 << 16):
                self._errors = (self._errors + chunk)[-LAST_WORDS:]
