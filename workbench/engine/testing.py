"""Running tests: one process in a group of its own, its events read as they are written."""

from __future__ import annotations

import asyncio
import secrets
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from workbench.analysis.parts import joined
from workbench.analysis.testruns import Ended, Tracker
from workbench.api import (
    EventReader,
    ReadingRunner,
    Runner,
    SwappingRunner,
    TestCommand,
    TestEvent,
    TestRequest,
    WarmRunner,
)
from workbench.case.enums import UNDECIDED
from workbench.case.model import TestResult, TestRun
from workbench.engine.databases import TestDatabases
from workbench.engine.interpreter import Interpreter
from workbench.engine.process.commands import Commands, Running
from workbench.engine.warm import Warm, WarmRun

LAST_WORDS = 1.0
"""Seconds that standard output may stay open after its program has ended: a child of it may hold it."""

LOOK = 0.015
"""Seconds between two looks at the event file."""

LOOK_AT_FIRST = 0.003
"""The same up to its first result, for which somebody waits; after it the tests need the processor more."""

YOUNG = 1.0
"""Seconds that a run is young: one that has no result by then is slow anyhow."""

STDERR_KEPT = 4000
"""Bytes of the end of standard error that are kept."""

Seen = Callable[[TestResult], None]


@dataclass(frozen=True, slots=True)
class TestPlan:
    """What to run where. ``root`` is absolute; ``import_roots`` are folders of it; ``home_tree`` is the user's own tree
    when ``root`` is another; ``timeout`` in seconds; ``parts`` of the tests run beside each other where that
    can be warm; ``changed`` files since a template was collected, None where there is none to run off."""

    __test__ = False

    root: Path
    tree: str
    interpreter: Interpreter
    tests: tuple[str, ...] = ()
    import_roots: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    home_tree: str = ""
    timeout: float = 600.0
    coverage: bool = False
    options: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[tuple[str, ...], ...] = ()
    changed: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Finished:
    """A run that ended: the run for the record, what only its judge needs, and how it was run."""

    run: TestRun
    tracker: Tracker
    argv: tuple[str, ...] = ()
    exit_code: int | None = None
    framework: str = ""


class Testing:
    """Runs tests with one runner."""

    __test__ = False

    def __init__(self, runner: Runner, commands: Commands, scratch: Path, warm: Warm | None = None) -> None:
        self._runner = runner
        self._commands = commands
        self._scratch = scratch
        self._warm = warm

    async def run(self, plan: TestPlan, seen: Seen = lambda result: None) -> Finished:
        """Run to the end; ``seen`` gets every result that changes. Cancelling ends every process of it."""
        warm, python = self._warm, plan.interpreter
        if len(plan.parts) > 1 and warm is not None and warm.serves(python.path, python.environment):
            return await self._beside(plan, seen)
        return await self._once(plan, seen)

    async def collect(self, plan: TestPlan) -> None:
        """Make a template of all tests, where the runner can."""
        if self._warm is None or not isinstance(self._runner, SwappingRunner):
            return
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(prefix="template-", dir=self._scratch))
        command = self._runner.template(self._request(plan, folder / "events.jsonl"))
        await self._warm.collect(command, folder, plan.interpreter.environment, plan.tree)

    async def _beside(self, plan: TestPlan, seen: Seen) -> Finished:
        """Each part in a process of its own, all at once, their results in one stream."""
        plans = [
            replace(plan, tests=part, parts=(), env={**plan.env, "WORKBENCH_PART": str(number)})
            for number, part in enumerate(plan.parts)
        ]
        tasks = [asyncio.create_task(self._once(each, seen)) for each in plans]
        try:
            ended = await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        run, tracker = joined([each.run for each in ended], [each.tracker for each in ended], plan.tests)
        bad = [each.exit_code for each in ended if each.exit_code != 0]
        return Finished(run, tracker, ended[0].argv, bad[0] if bad else 0, ended[0].framework)

    async def _once(self, plan: TestPlan, seen: Seen) -> Finished:
        """All of it in one process."""
        started, at = perf_counter(), datetime.now(UTC)
        tracker = Tracker()
        self._scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=self._scratch))
        try:
            ended, argv = await self._follow(plan, folder, tracker, seen)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        status, message = tracker.close(ended)
        run = TestRun(
            id=secrets.token_hex(6),
            tree=plan.tree,
            environment=plan.interpreter.environment,
            status=status,
            seconds=perf_counter() - started,
            results=tuple(tracker.results.values()),
            selected=", ".join(plan.tests) or "all",
            message=message,
            at=at,
        )
        return Finished(run, tracker, argv, ended.exit_code, self._runner.framework)

    async def _follow(
        self, plan: TestPlan, folder: Path, tracker: Tracker, seen: Seen
    ) -> tuple[Ended, tuple[str, ...]]:
        events, errors = folder / "events.jsonl", folder / "stderr"
        events.touch()
        request = self._request(plan, events)
        command = self._runner.command(request)
        timed_out = False
        with events.open("rb") as stream, errors.open("wb") as stderr:
            tail = _Tail(stream.read, _reader(self._runner, request), tracker, seen)
            async with await self._start(command, stderr.fileno(), errors, plan) as running:
                drained = asyncio.create_task(self._drain(running, events))
                try:
                    async with asyncio.timeout(plan.timeout):
                        exit_code = await self._watch(running, tail)
                    if self._runner.events_on_stdout:
                        await asyncio.wait([drained], timeout=LAST_WORDS)
                except TimeoutError:
                    timed_out, exit_code = True, await running.end()
                finally:
                    drained.cancel()
            tail.end()
        if self._warm is not None and tracker.finished and isinstance(self._runner, WarmRunner):
            server = self._runner.server(request, tuple(tracker.libraries))  # in the order that they were imported in
            await self._warm.prepare(server, plan.interpreter.environment)
        said = errors.read_bytes()[-STDERR_KEPT:].decode("utf-8", "replace")
        return Ended(exit_code, timed_out, stderr=said), tuple(command.argv)

    def _request(self, plan: TestPlan, events: Path) -> TestRequest:
        databases = TestDatabases(self._scratch.parent, Path(plan.home_tree or plan.root))
        return TestRequest(
            root=str(plan.root),
            interpreter=plan.interpreter.path,
            events=str(events),
            tests=plan.tests,
            packages=plan.packages,
            import_roots=tuple(str(plan.root / folder) for folder in plan.import_roots),
            home_tree=plan.home_tree,
            cache=str(self._scratch),
            coverage=plan.coverage,
            options=plan.options,
            env=databases.environment(self._warm is not None, plan.env),
        )

    async def _start(self, command: TestCommand, stderr: int, errors: Path, plan: TestPlan) -> Running | WarmRun:
        """Warm where that can be, else cold."""
        environment = plan.interpreter.environment
        warm = await self._warm.launch(command, errors, environment, plan.changed) if self._warm is not None else None
        return warm or await self._commands.start(command.argv, command.cwd, command.env, stderr=stderr)

    async def _drain(self, running: Running | WarmRun, events: Path) -> None:
        """Read standard output, so that no test blocks on a full pipe; it goes where the runner's events are."""
        if not self._runner.events_on_stdout:
            await _drop(running)
            return
        with events.open("ab", buffering=0) as file:
            while data := await running.read.read(1 << 16):
                file.write(data)

    async def _watch(self, running: Running | WarmRun, tail: _Tail) -> int:
        ending, began = asyncio.create_task(running.wait()), perf_counter()
        while not ending.done():
            tail.read()
            waited_for = not tail.told and perf_counter() - began < YOUNG
            await asyncio.wait([ending], timeout=LOOK_AT_FIRST if waited_for else LOOK)
        return ending.result()


class _Tail:
    """Reads whole lines as they come; ``told`` is whether a test has a result."""

    def __init__(self, read: Callable[[], bytes], reader: EventReader, tracker: Tracker, seen: Seen) -> None:
        self._read = read
        self._reader = reader
        self._tracker = tracker
        self._seen = seen
        self._rest = b""
        self.told = False

    def read(self) -> None:
        data = self._read()
        if not data:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._feed(self._reader.line(line))

    def end(self) -> None:
        """Read what is left: a last line may lack its end."""
        self.read()
        if self._rest:
            self._feed(self._reader.line(self._rest))
        self._feed(self._reader.end())

    def _feed(self, events: Sequence[TestEvent]) -> None:
        for event in events:
            result = self._tracker.feed(event)
            if result is not None:
                self.told = self.told or result.outcome not in UNDECIDED
                self._seen(result)


class _Lines:
    """The reader of a runner whose every line stands for itself."""

    def __init__(self, parse: Callable[[bytes], Sequence[TestEvent]]) -> None:
        self._parse = parse

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """The events of one line."""
        return self._parse(line)

    def end(self) -> Sequence[TestEvent]:
        """Nothing was kept back."""
        return ()


def _reader(runner: Runner, request: TestRequest) -> EventReader:
    return runner.reader(request) if isinstance(runner, ReadingRunner) else _Lines(runner.parse)


async def _drop(running: Running | WarmRun) -> None:
    """Read and forget standard output, so that no test blocks on a full pipe."""
    while await running.read.read(1 << 16):
        pass
