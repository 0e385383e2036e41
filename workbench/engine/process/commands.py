"""Running other people's programs: each in a group of its own, bounded, cancellable, never left behind."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter

from workbench.api import Command, Output
from workbench.engine.process.confine import can_confine, confined
from workbench.engine.process.running import APART as APART
from workbench.engine.process.running import DROPPED as DROPPED
from workbench.engine.process.running import EVENTS_PATH as EVENTS_PATH
from workbench.engine.process.running import MERGED as MERGED
from workbench.engine.process.running import Running as Running
from workbench.engine.process.running import Spec, launch
from workbench.engine.process.streams import Kept, Spooled
from workbench.engine.process.streams import lines as lines
from workbench.engine.process.supervisor import CommandMissingError as CommandMissingError
from workbench.engine.process.supervisor import ReaperLostError as ReaperLostError
from workbench.engine.process.supervisor import Supervisor
from workbench.engine.process.tools import command_environment, inside
from workbench.engine.process.tools import find_tool as find_tool

CUT = 16 << 20
"""Bytes kept of each stream of a command that is run to its end."""

REMEMBERED = 1000
"""Commands kept for the ``@`` view."""

HELD_OPEN = 1.0
"""Seconds that what still writes after a command ended is listened to."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One command we ran, for the ``@`` view. ``exit_code`` is negative for a signal; ``seconds`` it took."""

    argv: tuple[str, ...]
    cwd: str
    exit_code: int
    seconds: float


class Commands:
    """Starts processes through one reaper. Lives on one asyncio loop.

    ``repository`` (absolute) is the one under examination: no program is found inside it unless the command says that
    it ``executes`` the repository's code. ``on_ran`` is told of each command that ended.
    """

    def __init__(self, repository: str = "", on_ran: Callable[[Ran], None] | None = None) -> None:
        self.ran: deque[Ran] = deque(maxlen=REMEMBERED)
        self._repository = repository
        self._on_ran = on_ran
        self._supervisor = Supervisor()

    async def run(self, command: Command) -> Output:
        """Run to the end, or to the timeout: TERM, KILL two seconds later, and ``timed_out``; cancelling does the same.

        Raises CommandMissingError, OSError when it cannot be started, ReaperLostError.
        """
        began = perf_counter()
        repository = "" if command.executes else self._repository
        stderr = MERGED if command.merged else APART
        spec = self._spec(command.argv, command.cwd, command.env, repository, stdin=command.stdin, stderr=stderr)
        spec = _within(spec, command.writes)
        out, errors = Spooled(command.spool) if command.spool else Kept(CUT), Kept(CUT)
        timed_out = False
        async with await self._launch(spec) as running:
            reading = [asyncio.ensure_future(out.take(running.read))]
            if running.errors is not None:
                reading.append(asyncio.ensure_future(errors.take(running.errors)))
            try:
                try:
                    async with asyncio.timeout(command.timeout):
                        exit_code = await running.wait()
                except TimeoutError:
                    timed_out, exit_code = True, await running.end()
                await asyncio.wait(reading, timeout=HELD_OPEN)
            finally:
                for task in reading:
                    task.cancel()
        cut = out.cut or errors.cut
        return Output(command.argv, exit_code, out.data, errors.data, perf_counter() - began, timed_out, cut)

    async def start(
        self,
        argv: Sequence[str],
        cwd: str = "",
        env: Mapping[str, str] | None = None,
        *,
        stderr: int = DROPPED,
        write: bool = False,
        events: bool = False,
        writes: Sequence[str] = (),
    ) -> Running:
        """Start a command that lives on; it may execute the repository's code, so ask for trust first.

        ``stderr`` is APART, MERGED into standard output, DROPPED, or a descriptor of the caller's. ``write`` asks for
        its standard input, ``events`` for a pipe that it finds at EVENTS_PATH; ``writes`` as in a Command. Raises
        as :meth:`run`.
        """
        spec = self._spec(argv, cwd, env or {}, "", stdin=None if write else b"", stderr=stderr, events=events)
        return await self._launch(_within(spec, writes))

    async def close(self) -> None:
        """End every command that still runs, and the reaper."""
        await self._supervisor.close()

    def _spec(
        self,
        argv: Sequence[str],
        cwd: str,
        env: Mapping[str, str],
        repository: str,
        *,
        stdin: bytes | None,
        stderr: int = APART,
        events: bool = False,
    ) -> Spec:
        """``repository`` is where no program may lie. Raises CommandMissingError."""
        if not argv:
            raise CommandMissingError("no program was named")
        environment = command_environment(env, repository)
        program = find_tool(argv[0], repository, environment["PATH"])
        if program is None:
            raise CommandMissingError(f"{argv[0]} was not found")
        if inside(program, repository):
            raise CommandMissingError(f"{argv[0]} lies in the repository and does not run before you trust it")
        return Spec((program, *argv[1:]), cwd, environment, stdin, stderr, events)

    async def _launch(self, spec: Spec) -> Running:
        began = perf_counter()
        running = await launch(self._supervisor, spec)

        def ended(code: asyncio.Future[int]) -> None:
            if not code.cancelled() and code.exception() is None:
                self._note(Ran(spec.argv, spec.cwd, code.result(), perf_counter() - began))

        running.on_end(ended)
        return running

    def _note(self, ran: Ran) -> None:
        self.ran.append(ran)
        if self._on_ran is not None:
            self._on_ran(ran)


def _within(spec: Spec, writes: Sequence[str]) -> Spec:
    """``spec`` confined to the folders ``writes``, where there are some and the system can."""
    return replace(spec, argv=confined(spec.argv, writes)) if writes and can_confine() else spec
