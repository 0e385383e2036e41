"""Warm runs: a server in the user's interpreter that has imported what is slow, and forks a process for each run."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.api import TestCommand
from workbench.engine.process.commands import Commands, Running

GRACE = 2.0
"""Seconds between TERM and KILL of a run that is stopped."""

LONGEST_COLLECTION = 60.0
"""Seconds that a template may take; while runs are under way it stands still, and these count too."""

_Key = tuple[tuple[str, ...], str, tuple[tuple[str, str], ...], str]


@dataclass(eq=False)
class WarmRun:
    """A forked run. Use as a context manager: what still runs at its end is stopped."""

    _server: Running
    _pid: int
    _ended: asyncio.Future[int]
    read: asyncio.StreamReader = field(default_factory=asyncio.StreamReader)

    async def wait(self) -> int:
        """Its exit code, negative for a signal or when the server died with it."""
        return await asyncio.shield(self._ended)

    async def end(self, grace: float = GRACE) -> int:
        """TERM to all that descends from it, KILL after ``grace`` seconds; the exit code."""
        self.stop(grace)
        return await self.wait()

    def stop(self, grace: float = GRACE) -> None:
        """Ask for its end."""
        if not self._ended.done() and self._server.write is not None:
            self._server.write.write(json.dumps({"stop": grace, "pid": self._pid}).encode() + b"\n")

    async def __aenter__(self) -> WarmRun:
        self.read.feed_eof()
        return self

    async def __aexit__(self, *_: object) -> None:
        if not self._ended.done():
            await self.end()


class Warm:
    """The fork server of one repository, started when it is known what to preload; it ends with the session.

    ``problem`` says why runs are cold, if they are. Where there is a template, it was collected on ``tree``;
    ``swapped`` is whether the latest run was forked off one, and ``unswapped`` why it was not.
    """

    def __init__(self, commands: Commands) -> None:
        self._commands = commands
        self._server: Running | None = None
        self._key: _Key | None = None
        self._answers: asyncio.Task[None] | None = None
        self._preparing = asyncio.Lock()
        self._number = 0
        self._asked: dict[int, asyncio.Future[WarmRun | str]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}
        self._collecting: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._off_template: set[int] = set()
        self._asked_template: set[int] = set()
        self._template: Path | None = None
        self._template_number = 0
        self.problem = self.tree = self.unswapped = ""
        self.swapped = False

    @property
    def how(self) -> str:
        """In words, what of the latest run was not as ever, and why."""
        if self.problem:
            return f"cold: {self.problem}"
        return "code swapped" if self.swapped else self.unswapped and f"not swapped: {self.unswapped}"

    async def prepare(self, command: TestCommand, environment: str) -> None:
        """Start the server, or another one where the interpreter, its place, its variables or what is installed there
        (``environment``) is another."""
        key = _key(command, environment)
        async with self._preparing:
            if self._server is None or key != self._key:
                await self.close()
                self._server = await self._commands.start(command.argv, command.cwd, command.env, write=True)
                self._key = key
                self._answers = asyncio.create_task(self._listen(self._server))

    def serves(self, python: str, environment: str) -> bool:
        """Whether there is a server of this interpreter, with what is installed there now."""
        key = self._key
        return self._server is not None and key is not None and (key[0][0], key[3]) == (python, environment)

    async def launch(
        self, command: TestCommand, stderr: Path, environment: str, changed: Sequence[str] | None = None
    ) -> WarmRun | None:
        """Run ``command`` (a Python's ``-m pytest``) warm; None where it has to be cold: ``problem`` says why. Several
        may run at once. Off the template, where it is told which files have ``changed`` since it was collected."""
        self.swapped = False
        if not self.serves(command.argv[0], environment):
            return None
        if changed is not None and self.tree:
            run = await self._ask({**_request(command, stderr), "changed": list(changed)})
            self.swapped = not isinstance(run, str)
            self.problem, self.unswapped = "", run if isinstance(run, str) else ""
            if not isinstance(run, str):
                return run
        run = await self._ask(_request(command, stderr))
        self.problem = run if isinstance(run, str) else ""
        return None if isinstance(run, str) else run

    async def collect(self, command: TestCommand, folder: Path, environment: str, tree: str) -> None:
        """Make a template of ``command``, in place of the one there is; what it writes goes into ``folder``, which is
        removed with it. ``unswapped`` says why there is none."""
        self.forget()
        if not self.serves(command.argv[0], environment):
            return
        self._number += 1
        self._template, self._template_number = folder, self._number
        self._collecting = asyncio.get_running_loop().create_future()
        self._send({**_request(command, folder / "stderr"), "collect": self._template_number})
        try:
            async with asyncio.timeout(LONGEST_COLLECTION):
                self.unswapped = await self._collecting
        except TimeoutError:
            self.unswapped = f"to collect all tests takes more than {LONGEST_COLLECTION:g} s"
        except asyncio.CancelledError:
            self.forget()
            raise
        if self.unswapped:
            self.forget()
        else:
            self.tree = tree

    def look(self, paths: Sequence[str]) -> None:
        """Let the template compile what was saved, before it is known which tests are to run."""
        if self.tree:
            self._send({"look": list(paths)})

    def forget(self) -> None:
        """End the template."""
        self.tree = ""
        if self._template is not None:
            shutil.rmtree(self._template, ignore_errors=True)
            self._template = None
            self._send({"forget": True})

    async def close(self) -> None:
        """End the server and what it runs."""
        self.forget()
        server, self._server = self._server, None
        if server is not None:
            await server.close()
        if self._answers is not None:
            self._answers.cancel()
            self._answers = None
        self._over()

    async def _ask(self, request: Mapping[str, Any]) -> WarmRun | str:
        """A run, or why there is none."""
        self._number += 1
        asked = self._asked[self._number] = asyncio.get_running_loop().create_future()
        self._asked_template |= {self._number} if "changed" in request else set()
        self._send({**request, "id": self._number})
        try:
            return await asyncio.shield(asked)
        except asyncio.CancelledError:
            asked.add_done_callback(_stop)
            raise

    def _send(self, request: Mapping[str, Any]) -> None:
        if self._server is not None and self._server.write is not None:
            self._server.write.write(json.dumps(request).encode() + b"\n")

    async def _listen(self, server: Running) -> None:
        while line := await server.read.readline():
            self._heard(server, json.loads(line))
        if self._server is server:
            self._server = None
            self._over()

    def _over(self) -> None:
        """The server has ended, and with it all that it ran."""
        while self._asked:
            self._asked.popitem()[1].set_result("the fork server has ended")
        while self._ends:
            self._ends.popitem()[1].set_result(-9)
        self._collected("the fork server has ended")

    def _collected(self, why_not: str) -> None:
        if why_not:
            self.tree = ""
            for pid in self._off_template.intersection(self._ends):
                self._ends.pop(pid).set_result(-9)
            for number in self._asked_template.intersection(self._asked):
                self._asked.pop(number).set_result(why_not)
            self._asked_template.clear()
        if not self._collecting.done():
            self._collecting.set_result(why_not)

    def _heard(self, server: Running, answer: Mapping[str, Any]) -> None:
        if "started" in answer:
            pid = answer["started"]
            if answer.get("of"):
                self._off_template.add(pid)
            ended = self._ends[pid] = asyncio.get_running_loop().create_future()
            self._asked.pop(answer["id"]).set_result(WarmRun(server, pid, ended))
        elif "refused" in answer:
            self._asked.pop(answer["id"]).set_result(str(answer["refused"]))
        elif "exit" in answer and (ended_now := self._ends.pop(answer["pid"], None)) is not None:
            ended_now.set_result(int(answer["exit"]))
        elif self._template is not None and answer.get("of") == self._template_number:
            self._collected(str(answer.get("uncollected", "")))


def _request(command: TestCommand, stderr: Path) -> dict[str, Any]:
    return {"argv": command.argv[3:], "cwd": command.cwd, "env": dict(command.env), "stderr": str(stderr)}


def _stop(asked: asyncio.Future[WarmRun | str]) -> None:
    """Nobody waits any more for what was started."""
    if not isinstance(run := asked.result(), str):
        run.stop()


def _key(command: TestCommand, environment: str) -> _Key:
    passing = ("WORKBENCH_EVENTS", "WORKBENCH_PRELOAD", "WORKBENCH_PART")
    env = tuple(sorted((k, v) for k, v in command.env.items() if k not in passing))
    return command.argv, command.cwd, env, environment
