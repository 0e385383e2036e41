"""Reading JUnit XML, which test tools of every language write. Pure.

There is no standard; the forms that are read are those of Ant and Maven (surefire's schema), pytest and node.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from workbench.case.enums import TestOutcome


class JUnitError(ValueError):
    """The text is no JUnit document."""


@dataclass(frozen=True, slots=True)
class JUnitCase:
    """One test. ``suite`` are the names of the suites around it, the outermost first; ``owner`` is its class; ``file``
    and ``line`` are as the tool wrote them, empty and 0 where it wrote none; ``text`` is why it is not green,
    ``output`` what it printed; times in seconds."""

    name: str
    owner: str
    suite: tuple[str, ...]
    outcome: TestOutcome
    seconds: float = 0.0
    message: str = ""
    text: str = ""
    output: str = ""
    file: str = ""
    line: int = 0

    @property
    def id(self) -> str:
        """``FILE::CLASS::NAME``, without what the tool left out or says twice. The suites stand for a class that says
        nothing: node calls every one ``test``."""
        said = self.owner not in ("", "test", self.file)
        around = (self.owner,) if said else self.suite
        return "::".join(part for part in (self.file, *around, self.name) if part and part != "test")


class JUnitReader:
    """Takes a document in pieces and gives each test as soon as its element has ended. Files below ``root`` become
    relative to it."""

    def __init__(self, root: str = "") -> None:
        self._root = f"{root.rstrip('/')}/"
        self._parser: ElementTree.XMLPullParser[Any] = ElementTree.XMLPullParser(("start", "end"))
        self._suites: list[tuple[str, str]] = []
        self._open = 0
        self.whole = False

    def feed(self, data: bytes) -> list[JUnitCase]:
        """The tests that end in ``data``. Raises JUnitError; after ``whole``, nothing more is read."""
        if self.whole:
            return []
        try:
            self._parser.feed(data)
            return list(self._read())
        except ElementTree.ParseError as error:
            raise JUnitError(f"no JUnit document: {error}") from error

    def _read(self) -> Iterator[JUnitCase]:
        for event in self._parser.read_events():
            element = event[-1]
            if not isinstance(element, ElementTree.Element):
                continue
            if event[0] == "start":
                self._start(element)
                continue
            self._open -= 1
            if element.tag == "testcase":
                yield _case(element, self._suites, self._root)
            elif element.tag == "testsuite":
                self._suites.pop()
            if element.tag in ("testcase", "testsuite"):
                element.clear()
            self.whole = self._open == 0

    def _start(self, element: ElementTree.Element) -> None:
        if self._open == 0 and element.tag not in ("testsuites", "testsuite"):
            raise JUnitError(f"no JUnit document: it begins with <{element.tag}>")
        self._open += 1
        if element.tag == "testsuite":
            above = self._suites[-1][1] if self._suites else ""
            self._suites.append((element.get("name", ""), element.get("file") or above))


def read_junit(data: bytes, root: str = "") -> tuple[JUnitCase, ...]:
    """Every test of a document. Raises JUnitError where it is none, or is cut."""
    reader = JUnitReader(root)
    cases = reader.feed(data)
    if not reader.whole:
        raise JUnitError("no whole JUnit document" if data.strip() else "no JUnit document: nothing was written")
    return tuple(cases)


def _case(element: ElementTree.Element, suites: list[tuple[str, str]], root: str) -> JUnitCase:
    outcome, said = TestOutcome.PASSED, None
    for tag, meant in _OUTCOMES.items():
        found = element.find(tag)
        if found is not None:
            outcome, said = meant, found
            break
    text = (said.text or "").strip("\n") if said is not None else ""
    message = (said.get("message") or "").strip() if said is not None else ""
    told = [(element.findtext(tag) or "").strip("\n") for tag in ("system-out", "system-err")]
    return JUnitCase(
        name=element.get("name", ""),
        owner=element.get("classname", ""),
        suite=tuple(name for name, _ in suites),
        outcome=outcome,
        seconds=_seconds(element.get("time", "")),
        message=(message or text.strip()).split("\n", 1)[0],
        text=text or message,
        output="\n".join(part for part in told if part),
        file=(element.get("file") or (suites[-1][1] if suites else "")).removeprefix(root).removeprefix("./"),
        line=int(line) if (line := element.get("line", "")).isdigit() else 0,
    )


_OUTCOMES = {
    "error": TestOutcome.ERROR,
    "failure": TestOutcome.FAILED,
    "skipped": TestOutcome.SKIPPED,
}


def _seconds(text: str) -> float:
    """Surefire writes thousands with a comma."""
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return 0.0
