"""A command under way."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from workbench.engine.process.reaper import EVENTS_FD, GRACE
from workbench.engine.process.streams import Source, given, writer
from workbench.engine.process.supervisor import Started, Supervisor

EVENTS_PATH = f"/dev/fd/{EVENTS_FD}"
"""The file that a command started with ``events=True`` writes its events to."""

APART = subprocess.PIPE
MERGED = subprocess.STDOUT
DROPPED = subprocess.DEVNULL


@dataclass(frozen=True, slots=True)
class Spec:
    """What to start. ``argv[0]`` is an absolute path and ``env`` the whole environment; ``cwd`` empty is neutral.

    ``stdin`` is what it reads, or None for a pipe; ``stderr`` APART, MERGED into standard output, DROPPED, or a
    descriptor; ``events`` gives it a pipe at EVENTS_PATH.
    """

    argv: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]
    stdin: bytes | None = b""
    stderr: int = APART
    events: bool = False


@dataclass(eq=False)
class Running:
    """A command that was started: a context manager that leaves nothing running.

    ``read`` is its standard output, ``errors`` its standard error and ``events`` its events, as far as they were asked
    for (:func:`workbench.engine.process.streams.lines` gives their lines): who asks for a stream reads it, or the
    command stops when the pipe is full. ``write`` is its standard input.
    """

    pid: int
    argv: tuple[str, ...]
    read: asyncio.StreamReader
    errors: asyncio.StreamReader | None
    events: asyncio.StreamReader | None
    write: asyncio.StreamWriter | None
    _started: Started
    _supervisor: Supervisor
    _sources: Sequence[Source] = field(repr=False)

    async def wait(self) -> int:
        """Its exit code, negative for a signal. Raises ReaperLostError."""
        return await asyncio.shield(self._started.code)

    def on_end(self, told: Callable[[asyncio.Future[int]], None]) -> None:
        """Have ``told`` called with the future of the exit code when it is known."""
        self._started.code.add_done_callback(told)

    async def end(self, grace: float = GRACE) -> int:
        """TERM to everything it started, KILL after ``grace`` seconds; the exit code. With 0 it is KILL alone."""
        await self._supervisor.end(self._started, grace)
        return await self.wait()

    async def close(self) -> None:
        """End it if it still runs, and close the pipes."""
        try:
            if not self._started.code.done():
                await self.end()
        finally:
            if self.write is not None:
                self.write.close()
            for source in self._sources:
                source.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def launch(supervisor: Supervisor, spec: Spec) -> Running:
    """Start what ``spec`` says. Raises CommandMissingError, OSError, ReaperLostError."""
    async with contextlib.AsyncExitStack() as undo:
        handed = undo.enter_context(contextlib.ExitStack())
        out = _source(undo, handed)
        errors = _source(undo, handed) if spec.stderr == APART else None
        events = _source(undo, handed) if spec.events else None
        stdin, ours = (given(spec.stdin), -1) if spec.stdin is not None else os.pipe()
        handed.callback(os.close, stdin)
        stderr = errors.fd if errors else out.fd if spec.stderr == MERGED else spec.stderr
        if stderr == DROPPED:
            stderr = os.open(os.devnull, os.O_WRONLY)
            handed.callback(os.close, stderr)
        write = await writer(ours) if ours >= 0 else None
        if write is not None:
            undo.callback(write.close)
        fds = [stdin, out.fd, stderr, *([events.fd] if events else [])]
        started = await supervisor.start(spec.argv, spec.cwd, spec.env, fds)
        handed.close()
        undo.push_async_callback(supervisor.end, started, GRACE)
        sources = [source for source in (out, errors, events) if source is not None]
        for source in sources:
            await source.open()
            started.code.add_done_callback(source.finish)
        undo.pop_all()
    return Running(
        pid=started.pid.result(),
        argv=spec.argv,
        read=out.reader,
        errors=errors.reader if errors else None,
        events=events.reader if events else None,
        write=write,
        _started=started,
        _supervisor=supervisor,
        _sources=sources,
    )


def _source(undo: contextlib.AsyncExitStack, handed: contextlib.ExitStack) -> Source:
    source = Source()
    undo.callback(source.close)
    handed.callback(source.hand_over)
    return source
