"""What the runners of other languages have in common."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbench.api import TestEvent, TestOutcome

FINISHED = TestEvent("finished")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class Foreign:
    """A runner whose own reader takes the place of ``parse``; it needs no module of Python."""

    events_on_stdout = True
    framework = ""

    def applies(self, root: str) -> str:
        """What it needs is announced with it."""
        return ""

    def parse(self, line: bytes) -> Sequence[TestEvent]:
        """No line means anything alone."""
        return ()


def ended(
    ident: str, outcome: TestOutcome, seconds: float, text: str, path: str = "", line: int = 0
) -> Iterator[TestEvent]:
    """The events of a test that has ended: where it stands, and how it went. ``text`` is what it said."""
    if path:
        yield TestEvent("collected", ident, path=path, line=line)
    said = _COLOURS.sub("", text).strip("\n")
    lines = (each.strip() for each in said.split("\n"))
    message = next((each for each in lines if each and not each.startswith("thread '")), "")  # Rust names it first
    failed = outcome is TestOutcome.FAILED
    yield TestEvent(
        "phase",
        ident,
        when="call",
        outcome=outcome,
        seconds=seconds,
        message=message if failed else "",
        traceback=said if failed else "",
        output="" if failed else said,
    )
