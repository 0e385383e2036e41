"""The calls of the files that the errors' frames pass, or of every file where no frame is known."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Finding, Host, Report, Severity, Step, Subject, fingerprint
from workbench_integration.calls import SAFE, OutCall, calls_out

BATCH = 40


class IntegrationAnalyzer:
    """Implements :class:`workbench.api.Analyzer`; it speaks in the playbook ``integration`` alone."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk per batch of files."""
        if subject.settings.get("playbook") != "integration":
            return
        hot = {frame.path for error in subject.errors for frame in error.frames if frame.mapped}
        code = [
            path for path in sorted(subject.paths) if path.endswith(".py") and not Path(path).name.startswith("test_")
        ]
        paths = iter([path for path in code if path in hot] or code)
        while batch := tuple(islice(paths, BATCH)):
            yield Chunk(read, (subject.repo, batch))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """A finding for each call, the dangerous ones as warnings."""
        if subject.settings.get("playbook") != "integration":
            return Report(summary="not asked: the playbook integration asks it")
        found = [item for item in results if isinstance(item, OutCall)]
        endless = sum(not call.timeout for call in found)
        unsafe = sum(call.unsafe for call in found)
        summary = f"{len(found)} calls to other services: {endless} without a timeout, {unsafe} repeated unsafely"
        return Report(summary=summary, findings=tuple(map(_finding, found)))


def read(repo: str, paths: Sequence[str]) -> list[Any]:
    """For a worker: the calls in these files; one that does not parse has none."""
    found: list[Any] = []
    for path in paths:
        try:
            found += calls_out(path, (Path(repo) / path).read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError, RecursionError):
            continue
    return found


def _finding(call: OutCall) -> Finding:
    bound = f"timeout {call.timeout}" if call.timeout else "no timeout"
    again = f"repeated by {call.retried[:60]}" if call.retried else "not repeated"
    safe = "may be repeated" if call.method in SAFE else "has an idempotency key" if call.key else "not idempotent"
    text = f"{call.method.upper()} {call.target}: {bound}, {again}{_waits(call)}, {safe}"
    mark = fingerprint("WB320", call.path, call.function, text)
    severity = Severity.WARNING if call.unsafe or not call.timeout else Severity.INFO
    place = (call.path, call.line, call.line)
    return Finding(f"WB320:{mark[:10]}", *place, "WB320", text, severity, "integration", mark, call.function)


def _waits(call: OutCall) -> str:
    """The longest wait of a call that is repeated, where the code says it in figures."""
    if not call.retried or call.wait is None:
        return ""
    return " for ever" if call.wait == inf else f", {call.wait:g} s at worst"
