"""``cargo test`` with libtest's JSON, which the stable compiler gives only when told that this is wanted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from workbench.api import TestCommand, TestEvent, TestOutcome, TestRequest
from workbench_languages.foreign import FINISHED, Foreign, ended

_OUTCOMES = {
    "ok": TestOutcome.PASSED,
    "failed": TestOutcome.FAILED,
    "timeout": TestOutcome.FAILED,
    "ignored": TestOutcome.SKIPPED,
}
_PANIC = re.compile(r"panicked at (?:'.*', )?([^\s:]+\.rs):(\d+)", re.DOTALL)


class CargoRunner(Foreign):
    """Implements :class:`workbench.api.ReadingRunner`. A test is named by its path in the crate."""

    def command(self, request: TestRequest) -> TestCommand:
        """Selected tests are asked for by their whole names."""
        picked = ["--exact", *request.tests] if request.tests else []
        told = ["-Z", "unstable-options", "--format", "json", "--report-time"]
        argv = ("cargo", "test", "--no-fail-fast", *request.options, "--", *told, *picked)
        return TestCommand(argv, request.root, {**request.env, "RUSTC_BOOTSTRAP": "1", "CARGO_TERM_COLOR": "never"})

    def reader(self, request: TestRequest) -> CargoReader:
        """A reader of libtest's JSON."""
        return CargoReader()


class CargoReader:
    """One object a line; several test programs one after the other."""

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """The events of one line."""
        try:
            data = json.loads(line)
        except ValueError:
            return ()
        return tuple(_events(data)) if isinstance(data, dict) and data.get("type") == "test" else ()

    def end(self) -> Sequence[TestEvent]:
        """It has ended."""
        return (FINISHED,)


def _events(data: dict[str, Any]) -> Iterator[TestEvent]:
    ident, event = str(data.get("name", "")), str(data.get("event", ""))
    if event == "started":
        yield TestEvent("start", ident)
    elif event in _OUTCOMES:
        text = str(data.get("stdout", "")) or str(data.get("message", ""))
        place = _PANIC.search(text)
        where = (place[1], int(place[2])) if place else ("", 0)
        yield from ended(ident, _OUTCOMES[event], float(data.get("exec_time") or 0.0), text, *where)
