"""One check for each kind of plugin."""

from __future__ import annotations

import asyncio
import pickle
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from workbench.analysis.logs.times import Clock, layouts, read_time
from workbench.api import (
    Analyzer,
    ChangeSubject,
    Feed,
    Fixer,
    FixRequest,
    Gate,
    GateHost,
    GateResult,
    GateStatus,
    LogFormat,
    LogSource,
    Proposal,
    Report,
    Runner,
    Step,
    Subject,
    TestCommand,
    TestRequest,
)
from workbench.conformance.host import LocalHost


def check_analyzer(analyzer: Analyzer, subject: Subject) -> list[str]:
    """What is wrong with ``analyzer`` on ``subject``."""
    report, wrong = _folded(Path(subject.repo), lambda host: analyzer.plan(subject, host), analyzer.fold, subject)
    if not isinstance(report, Report):
        return [*wrong, f"fold gave {type(report).__name__}, must give a Report"]
    if not report.summary:
        wrong.append("the report has no summary: say what was checked, also when nothing was found")
    for finding in report.findings:
        if Path(finding.path).is_absolute() or "\\" in finding.path:
            wrong.append(f"{finding.path}: paths are relative to the repository, with /")
        if finding.line < 1:
            wrong.append(f"{finding.path}:{finding.line}: lines are counted from 1")
    return wrong


def check_log_source(source: LogSource, location: str, root: Path) -> list[str]:
    """What is wrong with ``source`` at a ``location`` of its own; relative ones are below ``root``."""
    if not source.accepts(location):
        return [f"it does not accept {location}"]
    feed, wrong = _folded(root, lambda host: source.plan(location, host), source.fold, location)
    if not isinstance(feed, Feed):
        return [*wrong, f"fold gave {type(feed).__name__}, must give a Feed"]
    if not feed.files and not feed.denied:
        wrong.append("a feed without files must say in `denied` what could not be seen")
    return wrong


def check_log_format(made: LogFormat, lines: Sequence[str]) -> list[str]:
    """What is wrong with ``made`` for ``lines``, each of which begins a record."""
    if not isinstance(made, LogFormat):
        return [f"the factory gave {type(made).__name__}, must give a LogFormat"]
    wrong: list[str] = []
    clock = Clock(datetime.now(UTC).timestamp(), layouts=layouts([made]))
    for line in lines:
        found = re.match(made.header, line)
        if found is None:
            wrong.append(f"the header does not fit {line!r}")
        elif not line[found.end() :].strip():
            wrong.append(f"the header leaves no message of {line!r}")
        elif (time := found.groupdict().get("time")) and read_time(time, clock) is None:
            wrong.append(f"{time!r} is read as no time: say in `time` how it is written")
    return wrong


def check_fixer(fixer: Fixer, request: FixRequest) -> list[str]:
    """What is wrong with ``fixer``, asked for ``request``; it edits ``request.worktree``."""
    if not isinstance(fixer.applies(request), str):
        return ["applies must give a text: why it is nothing for it, empty when it is"]
    if fixer.applies(request):
        return []
    made, wrong = _folded(Path(request.worktree), lambda host: fixer.plan(request, host), fixer.fold, request)
    if made is not None and not isinstance(made, Proposal):
        return [*wrong, f"fold gave {type(made).__name__}, must give a Proposal, or None where nothing was done"]
    return wrong if made is None or made.title else [*wrong, "a proposal needs a title"]


def check_gate(gate: Gate, subject: ChangeSubject) -> list[str]:
    """What is wrong with ``gate`` on the change ``subject``. Gates that run tests by the host are checked as far."""
    if gate.applies(subject):
        return []
    result, wrong = _folded(
        Path(subject.head_worktree), lambda host: gate.plan(subject, cast("GateHost", host)), gate.fold, subject
    )
    if not isinstance(result, GateResult):
        return [*wrong, f"fold gave {type(result).__name__}, must give a GateResult"]
    if result.status is GateStatus.PASS and not result.examined:
        wrong.append("nothing examined is no pass: give `examined`")
    return wrong if result.reason else [*wrong, "a result needs its reason"]


def check_runner(runner: Runner, request: TestRequest) -> list[str]:
    """What is wrong with ``runner``: its command for ``request``, and what it makes of lines that are not its own."""
    wrong = [] if isinstance(runner.applies(request.root), str) else ["applies must give a text, empty when it applies"]
    command = runner.command(request)
    if not isinstance(command, TestCommand) or not isinstance(command.argv, tuple):
        wrong.append("command must give a TestCommand whose argv is a tuple")
    wrong += [f"parse made events of {line!r}" for line in (b"", b"\xff\x00", b'{"event":') if list(runner.parse(line))]
    return wrong


def _folded(
    root: Path, plan: Callable[[LocalHost], AsyncIterator[Step]], fold: Callable[[Any, list[Any]], Any], subject: Any
) -> tuple[Any, list[str]]:
    """What ``fold`` made of the results of the plan's steps, and which rules were broken on the way."""
    host = LocalHost(root)

    async def results() -> list[Any]:
        return [result async for step in plan(host) for result in await host.run(step)]

    made = fold(subject, asyncio.run(results()))
    pickle.dumps(made)
    return made, host.wrong
