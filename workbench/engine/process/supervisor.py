"""Our side of the reaper: started when first needed, started anew when it was lost."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.case.errors import CommandMissingError as CommandMissingError
from workbench.engine.process.reaper import GRACE
from workbench.engine.process.spawn import spawn

PATIENCE = 10.0
"""Seconds the reaper may take to end everything before we stop waiting for it."""


class ReaperLostError(Exception):
    """The reaper ended under a command; nothing is known of how that went."""


@dataclass(eq=False)
class Started:
    """One command given to the reaper. ``pid`` and ``code`` come when it has started and ended (negative: a signal)."""

    ident: int
    argv: tuple[str, ...]
    pid: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    code: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Supervisor:
    """The reaper process of one workbench. Lives on one asyncio loop."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._channel: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._started: dict[int, Started] = {}
        self._received = b""

    async def start(self, argv: Sequence[str], cwd: str, env: Mapping[str, str], fds: Sequence[int]) -> Started:
        """Have a command started with ``fds`` as standard input, output, error and perhaps events.

        Raises CommandMissingError for a program that is not there, OSError for one that cannot be started.
        """
        started = Started(next(self._ids), tuple(argv))
        request = {"do": "start", "id": started.ident, "argv": list(argv), "cwd": cwd, "env": dict(env)}
        request["fds"] = len(fds)
        self._started[started.ident] = started
        try:
            self._send(request, fds)
        except (BrokenPipeError, ConnectionResetError):
            del self._started[started.ident]
            self._lost()
            self._started[started.ident] = started
            self._send(request, fds)
        try:
            await asyncio.shield(started.pid)
        except asyncio.CancelledError:
            await self.end(started, GRACE)
            raise
        return started

    async def end(self, started: Started, grace: float) -> None:
        """Have TERM sent to the command, KILL after ``grace`` seconds (alone when 0), and wait for its end."""
        if started.code.done():
            return
        try:
            self._send({"do": "stop", "id": started.ident, "grace": grace}, ())
        except (BrokenPipeError, ConnectionResetError):
            self._lost()
        await asyncio.wait([started.code])

    async def close(self) -> None:
        """Have everything ended that still runs, and wait for it."""
        process = self._let_go()
        for command in self._forgotten():
            _fail(command)
        if process is not None:
            await asyncio.to_thread(_wait, process)

    def _send(self, request: Mapping[str, Any], fds: Sequence[int]) -> None:
        channel = self._channel or self._connected()
        body = json.dumps(request).encode()
        socket.send_fds(channel, [len(body).to_bytes(4, "big")], fds)
        channel.sendall(body)

    def _connected(self) -> socket.socket:
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = spawn("workbench.engine.process.reaper", theirs)
            except OSError:
                ours.close()
                raise
        asyncio.get_running_loop().add_reader(ours, self._readable)
        self._channel = ours
        return ours

    def _readable(self) -> None:
        assert self._channel is not None
        try:
            data = self._channel.recv(1 << 16, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        if not data:
            self._lost()
            return
        *lines, self._received = (self._received + data).split(b"\n")
        for line in lines:
            self._answered(json.loads(line))

    def _answered(self, answer: Mapping[str, Any]) -> None:
        started = self._started[answer["id"]]
        if "pid" in answer:
            started.pid.set_result(answer["pid"])
            return
        del self._started[answer["id"]]
        if "code" in answer:
            started.code.set_result(answer["code"])
            return
        started.code.cancel()
        missing = CommandMissingError(f"{started.argv[0]} was not found")
        started.pid.set_exception(missing if answer["missing"] else OSError(answer["errno"], answer["failed"]))
        started.pid.exception()  # whoever asked may have been cancelled meanwhile

    def _lost(self) -> None:
        """The reaper ended by itself: end its commands in its place, and tell who waits for them."""
        process = self._let_go()
        if process is not None:
            process.kill()
            process.wait()
        for command in self._forgotten():
            if command.pid.done() and command.pid.exception() is None:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(command.pid.result(), signal.SIGKILL)
            _fail(command)

    def _let_go(self) -> subprocess.Popen[bytes] | None:
        """Close our end of the socket; the reaper's process."""
        if self._channel is not None:
            asyncio.get_running_loop().remove_reader(self._channel)
            self._channel.close()
        process, self._process = self._process, None
        self._channel, self._received = None, b""
        return process

    def _forgotten(self) -> tuple[Started, ...]:
        started = tuple(self._started.values())
        self._started = {}
        return started


def _fail(command: Started) -> None:
    for future in (command.pid, command.code):
        if not future.done():
            future.set_exception(ReaperLostError(f"the reaper ended under {command.argv[0]}"))
            future.exception()  # not everyone waits for both


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
