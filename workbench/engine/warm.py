"""Warm runs: a server in the user's interpreter that has imported what is slow, and forks a process for each run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.api import TestCommand
from workbench.engine.process.commands import Commands, Running

GRACE = 2.0
"""Seconds between TERM and KILL of a run that is stopped."""

_Key = tuple[tuple[str, ...], str, tuple[tuple[str, str], ...]]


@dataclass(eq=False)
class WarmRun:
    """A forked run. Use as a context manager: what still runs at its end is stopped."""

    _server: Running
    _ended: asyncio.Future[int]
    read: asyncio.StreamReader = field(default_factory=asyncio.StreamReader)

    async def wait(self) -> int:
        """Its exit code, negative for a signal or when the server died with it."""
        return await asyncio.shield(self._ended)

    async def end(self, grace: float = GRACE) -> int:
        """TERM to all that descends from it, KILL after ``grace`` seconds; the exit code."""
        if not self._ended.done() and self._server.write is not None:
            self._server.write.write(json.dumps({"stop": grace}).encode() + b"\n")
        return await self.wait()

    async def __aenter__(self) -> WarmRun:
        self.read.feed_eof()
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._ended.done():
            await self.end()


class Warm:
    """The fork server of one repository, started when it is known what to preload; it ends with the session.

    ``problem`` says why runs are cold, if they are.
    """

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._server: Running | None = None
        self._key: _Key | None = None
        self._answers: asyncio.Task[None] | None = None
        self._started: asyncio.Future[str] | None = None
        self._ended: asyncio.Future[int] | None = None
        self.problem = ""

    async def prepare(self, command: TestCommand) -> None:
        """Start the server, or another one where the interpreter, its place or its environment is another."""
        key = _key(command)
        if self._server is None or key != self._key:
            await self.close()
            self._server = await self._commands.start(command.argv, command.cwd, command.env, write=True)
            self._key = key
            self._answers = asyncio.create_task(self._listen(self._server))

    async def launch(self, command: TestCommand, stderr: Path) -> WarmRun | None:
        """Run ``command`` (a Python's ``-m pytest``) warm; None where it has to be cold: ``problem`` says why."""
        server = self._server
        if server is None or server.write is None or self._key is None or self._key[0][0] != command.argv[0]:
            return None
        loop = asyncio.get_running_loop()
        self._started, self._ended = loop.create_future(), loop.create_future()
        request = {"argv": command.argv[3:], "cwd": command.cwd, "env": dict(command.env), "stderr": str(stderr)}
        server.write.write(json.dumps(request).encode() + b"\n")
        ended = self._ended
        self.problem = await self._started
        return None if self.problem else WarmRun(server, ended)

    async def close(self) -> None:
        """End the server and what it runs."""
        server, self._server = self._server, None
        if server is not None:
            await server.close()
        if self._answers is not None:
            self._answers.cancel()
            self._answers = None

    async def _listen(self, server: Running) -> None:
        while line := await server.read.readline():
            self._heard(json.loads(line))
        if self._server is server:
            self._server = None
        self._heard({"refused": "the fork server has ended"})
        self._heard({"exit": -9})

    def _heard(self, answer: Mapping[str, Any]) -> None:
        if self._started is not None and not self._started.done():
            if "started" in answer or "refused" in answer:
                self._started.set_result(str(answer.get("refused", "")))
        elif "exit" in answer and self._ended is not None and not self._ended.done():
            self._ended.set_result(int(answer["exit"]))


def _key(command: TestCommand) -> _Key:
    passing = ("WORKBENCH_EVENTS", "WORKBENCH_PRELOAD")
    return command.argv, command.cwd, tuple(sorted((k, v) for k, v in command.env.items() if k not in passing))
