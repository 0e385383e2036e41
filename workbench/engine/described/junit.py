"""From the JUnit XML that a test program writes to the events of a run, with the line that failed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from workbench.analysis.junit import JUnitCase, JUnitError, JUnitReader
from workbench.analysis.languages import is_test
from workbench.analysis.logs.traces.parse import parse_trace
from workbench.api import TestEvent, TestOutcome

ROOTS = ("", "src/test/java/", "src/test/kotlin/", "src/test/scala/", "src/main/java/", "src/main/kotlin/")
"""Where a class of the JVM may have its file, below the repository or a module of it."""

_PLACE = re.compile(r"""(?:^|[\s("'\[])((?:[\w.@~+-]*/)*[\w@~+-][\w.@~+-]*\.[A-Za-z]\w{0,9}):(\d+)""", re.MULTILINE)
_BAD = (TestOutcome.FAILED, TestOutcome.ERROR)


class JUnitEvents:
    """Implements :class:`workbench.api.EventReader` for one document, or several one after the other."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._reader = JUnitReader(root)
        self._seen = False
        self._problem = ""

    def line(self, line: bytes) -> Sequence[TestEvent]:
        """The tests whose elements end with this line; what stands before the document is passed over."""
        if self._problem or (not self._seen and not line.lstrip().startswith(b"<")):
            return ()
        self._seen = True
        if self._reader.whole and line.strip():
            if not line.lstrip().startswith(b"<"):
                return ()  # what the program says after its report
            self._reader = JUnitReader(self._root)
        try:
            return tuple(event for case in self._reader.feed(line + b"\n") for event in self._events(case))
        except JUnitError as error:
            self._problem = str(error)
            return ()

    def end(self) -> Sequence[TestEvent]:
        """``finished`` when the document is whole; what is wrong with it otherwise."""
        if self._problem:
            return (TestEvent("internal_error", traceback=self._problem),)
        return (TestEvent("finished"),) if self._reader.whole else ()

    def _events(self, case: JUnitCase) -> Iterator[TestEvent]:
        bad = case.outcome in _BAD
        path, line = self._place(case) if bad else (case.file, case.line)
        yield TestEvent("collected", case.id, path=path, line=line)
        yield TestEvent(
            "phase",
            case.id,
            when="setup" if case.outcome is TestOutcome.ERROR else "call",
            outcome=TestOutcome.FAILED if bad else case.outcome,
            seconds=case.seconds,
            message=case.message if case.outcome is not TestOutcome.PASSED else "",
            traceback=case.text if bad else "",
            output=case.output,
        )

    def _place(self, case: JUnitCase) -> tuple[str, int]:
        """The deepest line that the failure names in the test's own file, else in any test, else in the repository."""
        found = [(path, line) for raw, line in _named(case.text) if line and (path := self._inside(raw))]
        own = [place for place in found if place[0] == case.file]
        tests = [place for place in found if is_test(place[0])]
        if case.file and not own:
            return case.file, case.line
        return next((places[-1] for places in (own, tests, found) if places), ("", 0))

    def _inside(self, file: str) -> str:
        """``file`` as a path of the repository; empty where it is none."""
        inner = file.removeprefix(self._root.rstrip("/") + "/").removeprefix("./")
        if inner.startswith("/") or "node_modules/" in inner or "site-packages/" in inner:
            return ""
        root = Path(self._root)
        for below in ROOTS:
            if (root / below / inner).is_file():
                return f"{below}{inner}"
        modules = (path for below in ROOTS[1:] for path in root.glob(f"*/{below}{_escaped(inner)}"))
        return next((path.relative_to(root).as_posix() for path in modules), "")


def _named(text: str) -> Iterator[tuple[str, int]]:
    """The places that a failure names, the deepest last: frames where it is a trace known here, else ``FILE:LINE``."""
    trace = parse_trace(text.split("\n"))
    frames = [frame for each in trace.chain() for frame in each.frames] if trace else []
    if frames:
        yield from ((frame.file, frame.line) for frame in frames)
    else:
        yield from ((found[1], int(found[2])) for found in _PLACE.finditer(text))


def _escaped(text: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", text)
