"""A test runner that is any program which writes JUnit XML, or a line of JSON for each test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.analysis.testlines import json_object
from workbench.api import EventReader, TestCommand, TestEvent, TestOutcome, TestRequest
from workbench.engine.described.junit import JUnitEvents
from workbench.engine.described.words import filled, with_tests

OUTPUTS = ("junit", "jsonl")


@dataclass(frozen=True, slots=True)
class Described:
    """One runner as it was described. In ``command``, ``{python}``, ``{root}`` and ``{output}`` (a file it writes) are
    filled in, and ``{tests}`` by ``each`` for every test that was selected, of whose id ``{id}``, ``{file}``,
    ``{class}`` and ``{name}`` are known. ``reports`` is a pattern of paths below the repository where it leaves its
    documents; ``problem`` says why the description cannot be used."""

    name: str
    command: tuple[str, ...]
    output: str = "junit"
    each: str = "{id}"
    between: str = ","
    reports: str = ""
    problem: str = ""


class CommandRunner:
    """Implements :class:`workbench.api.ReadingRunner`."""

    framework = ""

    def __init__(self, described: Described) -> None:
        self._described = described
        self.events_on_stdout = "{output}" not in " ".join(described.command) and not described.reports

    def applies(self, root: str) -> str:
        """It was asked for; what is wrong with the description."""
        return self._described.problem

    def command(self, request: TestRequest) -> TestCommand:
        """The command for these tests. A program that cannot be told runs all of them."""
        described = self._described
        picked = [filled((described.each,), _parts(test))[0] for test in request.tests]
        values = {"python": request.interpreter or "python3", "root": request.root, "output": request.events}
        argv = with_tests(filled(described.command, values), picked, described.between)
        return TestCommand((*argv, *request.options), request.root, request.env)

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """No line means anything alone."""
        return ()

    def reader(self, request: TestRequest) -> EventReader:
        """A reader of its form, which passes on the selected tests alone: not every program can be told."""
        described = self._described
        reader: EventReader = JUnitEvents(request.root) if described.output == "junit" else JsonEvents()
        if described.reports:
            reader = Reports(request.root, described.reports)
        return Selected(reader, request.tests) if request.tests else reader


class JsonEvents:
    """A line for each test, ``{"id", "outcome", "seconds", "message", "output", "path", "line"}``: the first two are
    needed, the outcome is passed, failed, error or skipped. ``{"start": ID}`` says that one begins."""

    def __init__(self) -> None:
        self._seen = False

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """The events of one line; any other is passed over."""
        data = json_object(line) or {}
        if data.get("start"):
            return (TestEvent("start", str(data["start"])),)
        if data.get("id") and data.get("outcome") in _OUTCOMES:
            self._seen = True
            return _told(data)
        return ()

    def end(self) -> Sequence[TestEvent]:
        """It has ended, and is whole when anything was said: its exit code tells of what was not."""
        return (TestEvent("finished"),) if self._seen else ()


class Reports:
    """Reads, when the program has ended, the documents that it wrote meanwhile."""

    def __init__(self, root: str, pattern: str) -> None:
        self._root = root
        self._pattern = pattern
        self._before = self._found()

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """Nothing is known before the end."""
        return ()

    def end(self) -> Sequence[TestEvent]:
        """The tests of every document that is new or was written anew."""
        events: list[TestEvent] = []
        for path, written in sorted(self._found().items()):
            if self._before.get(path) == written:
                continue
            reader = JUnitEvents(self._root)
            events += reader.line(path.read_bytes())
            ended = reader.end()
            if not any(event.kind == "finished" for event in ended):
                why = "".join(event.traceback for event in ended) or "it is not whole"
                return (*events, TestEvent("internal_error", traceback=f"{path.name}: {why}"))
            events += () if any(event.kind == "finished" for event in events) else ended
        return tuple(events)

    def _found(self) -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in Path(self._root).glob(self._pattern)}


class Selected:
    """Passes on what is said of some tests alone."""

    def __init__(self, reader: EventReader, tests: Sequence[str]) -> None:
        self._reader = reader
        self._tests = frozenset(tests)

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """The events of one line."""
        return self._kept(self._reader.line(line))

    def end(self) -> Sequence[TestEvent]:
        """The events that are known at the end."""
        return self._kept(self._reader.end())

    def _kept(self, events: Sequence[TestEvent]) -> Sequence[TestEvent]:
        return tuple(event for event in events if not event.id or self._wanted(event.id))

    def _wanted(self, ident: str) -> bool:
        return ident in self._tests or any(ident.startswith(f"{test}::") for test in self._tests)


_OUTCOMES = {
    "passed": TestOutcome.PASSED,
    "failed": TestOutcome.FAILED,
    "error": TestOutcome.FAILED,
    "skipped": TestOutcome.SKIPPED,
}


def _told(data: dict[str, Any]) -> tuple[TestEvent, ...]:
    ident, said, text = str(data["id"]), str(data["outcome"]), str(data.get("message", ""))
    line = data.get("line", 0)
    event = TestEvent(
        "phase",
        ident,
        when="setup" if said == "error" else "call",
        outcome=_OUTCOMES[said],
        seconds=float(data.get("seconds") or 0.0),
        message=text.strip().split("\n", 1)[0],
        traceback=text if said in ("failed", "error") else "",
        output=str(data.get("output", "")),
    )
    placed = TestEvent("collected", ident, path=str(data.get("path", "")), line=line if isinstance(line, int) else 0)
    return placed, event


def _parts(ident: str) -> dict[str, str]:
    """A test's id in the parts that tools ask for."""
    around, _, name = ident.rpartition("::")
    first, *inner = around.split("::")
    file = first if "/" in first or "." in first.rsplit("/", 1)[-1] else ""
    return {"id": ident, "file": file, "class": "::".join(inner) or first, "name": name}
