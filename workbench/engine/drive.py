"""Driving one plugin: its plan's steps run several at once, its results come back in the order they were yielded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Command, Known, Output, Step
from workbench.engine.process.call import Priority
from workbench.engine.process.commands import Commands
from workbench.engine.process.pool import WorkerPool

WIDTH = 8
"""Steps of one plan that may be under way at once; the pool and the machine bound them further."""


Noted = Callable[[Command, Output], None]


class UntrustedError(Exception):
    """A step would execute code of a repository that the user has not trusted."""


class Work:
    """Runs steps: chunks in workers, commands by the reaper; ``trusted`` is asked before the repository's code runs."""

    def __init__(
        self,
        pool: WorkerPool,
        commands: Commands,
        trusted: Callable[[Command], bool],
        noted: Noted = lambda command, output: None,
        tools: Path | None = None,
        ended: Callable[[], None] = lambda: None,
    ) -> None:
        self._pool = pool
        self._commands = commands
        self._trusted = trusted
        self._noted = noted
        self._tools = tools
        self._ended = ended

    def watched(self, noted: Noted, tools: Path | None = None) -> Work:
        """The same, and ``noted`` is told of every command that ended, with what it left. Programs that lie in the
        folder ``tools`` are taken from there."""
        return Work(self._pool, self._commands, self._trusted, noted, tools)

    def paced(self, ended: Callable[[], None]) -> Work:
        """The same, and ``ended`` is called whenever a step has given its results."""
        return Work(self._pool, self._commands, self._trusted, self._noted, self._tools, ended)

    async def run(self, step: Step, turn: int = 0) -> list[Any]:
        """The results of one step, the ``turn``-th of its plugin.

        Raises what the chunk raised, TimeoutError, CommandMissing or UntrustedError.
        """
        results = await self._run(step, turn)
        self._ended()
        return results

    async def _run(self, step: Step, turn: int) -> list[Any]:
        if isinstance(step, Known):
            return list(step.results)
        if isinstance(step, Chunk):
            return await self._pool.run_chunk(step, Priority.PROMPT if step.soon else Priority.BACKGROUND, turn)
        self.allow(step)
        if self._tools is not None and (own := self._tools / step.argv[0]).is_file():
            step = replace(step, argv=(str(own), *step.argv[1:]))
        output = await self._commands.run(step)
        self._noted(step, output)
        return await self._pool.run_chunk(Chunk(step.parse, (output,)), turn=turn)

    def allow(self, command: Command) -> None:
        """Raises UntrustedError for a command that executes code of a repository that is not trusted."""
        if command.executes and not self._trusted(command):
            raise UntrustedError(f"not run before you trust this repository: {' '.join(command.argv)}")

    async def each(self, steps: AsyncIterator[Step], done: Callable[[list[Any]], Awaitable[None]]) -> None:
        """Run every step of a plan, at most WIDTH at once; ``done`` gets each step's results in the plan's order, and
        soon, however long the plan thinks about its next step."""
        window: list[asyncio.Task[list[Any]]] = []
        coming = asyncio.create_task(_next(steps))
        turn, ended = 0, False
        try:
            while window or not ended:
                thinks = not ended and len(window) < WIDTH
                await asyncio.wait([*window[:1], *([coming] if thinks else [])], return_when=asyncio.FIRST_COMPLETED)
                if window and window[0].done():
                    await done(await window[0])
                    window.pop(0)
                elif isinstance(step := await coming, SystemExit):
                    raise step
                elif step is None:
                    ended = True
                else:
                    turn += 1
                    window.append(asyncio.create_task(self.run(step, turn)))
                    coming = asyncio.create_task(_next(steps))
        finally:
            for task in (coming, *window):
                task.cancel()
            await asyncio.gather(coming, *window, return_exceptions=True)


async def _next(steps: AsyncIterator[Step]) -> Step | SystemExit | None:
    """The next step of a plan, None at its end; what it left with by ``sys.exit``, which raised here would end the
    loop."""
    try:
        return await anext(steps, None)
    except SystemExit as leaving:
        return leaving
