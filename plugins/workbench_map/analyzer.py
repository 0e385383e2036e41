"""Reads the repository in batches, then draws the map from the entries that the question or the errors name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from itertools import islice
from typing import Any

from workbench.api import Chunk, Finding, Host, Report, Severity, Step, Subject, fingerprint
from workbench_map.census import Escape, census, escapes
from workbench_map.draw import draw, middleware_of, observed
from workbench_map.facts import FileFacts
from workbench_map.graph import Code
from workbench_map.read import read_files
from workbench_map.routes import Entry, entries, named

BATCH = 40
"""Files per chunk."""


class MapAnalyzer:
    """Implements :class:`workbench.api.Analyzer`."""

    async def plan(self, subject: Subject, host: Host) -> AsyncIterator[Step]:
        """One chunk per batch of Python files that are no tests."""
        paths = iter(sorted(path for path in subject.paths if _wanted(path)))
        while batch := tuple(islice(paths, BATCH)):
            yield Chunk(read_files, (subject.repo, batch))

    def fold(self, subject: Subject, results: Sequence[Any]) -> Report:
        """Nodes, edges, the errors that leave an entry uncaught, and one line of what was walked."""
        code = Code([item for item in results if isinstance(item, FileFacts)])
        unread = sum(isinstance(item, str) for item in results)
        known = entries(code)
        seen = observed(code, subject.errors)
        endpoints = [endpoint for error in subject.errors for endpoint, _ in error.endpoints]
        endpoints += [change.endpoint for change in subject.changes if change.endpoint]
        chosen = named(known, subject.question, endpoints, {place for pair in seen for place in pair})
        drawing = draw(code, chosen, seen)
        counts = census(drawing.places)
        found = _findings(code, chosen)
        summary = (
            f"{len(known)} entry points, {len(chosen)} walked through {counts.functions} functions: "
            f"{counts.raised} raises, {counts.caught} handlers, {counts.translated} translate, "
            f"{counts.swallowed} swallow, {len(found)} can leave uncaught"
        )
        note = f"; {unread} files not read" if unread else ""
        return Report(summary=summary + note, nodes=drawing.nodes, edges=drawing.edges, findings=found)


def _findings(code: Code, chosen: Sequence[Entry]) -> tuple[Finding, ...]:
    """One for each class that a function raises: at its first raise, with the entries that it leaves."""
    by_place: dict[tuple[str, str], tuple[Escape, list[str]]] = {}
    for entry in chosen:
        for escape in escapes(code, entry, middleware_of(code, entry)):
            key = escape.place.id, escape.throw.name
            by_place.setdefault(key, (escape, []))[1].append(entry.label)
    return tuple(_finding(escape, list(dict.fromkeys(labels))) for escape, labels in by_place.values())


def _finding(escape: Escape, labels: Sequence[str]) -> Finding:
    throw, place = escape.throw, escape.place
    mark = fingerprint("WB113", place.path, place.fn.qualname, throw.source)
    more = f" and {len(labels) - 2} more" if len(labels) > 2 else ""
    return Finding(
        id=f"WB113:{mark[:10]}",
        path=place.path,
        line=throw.line,
        end_line=throw.line,
        rule="WB113",
        message=f"{throw.name} leaves {', '.join(labels[:2])}{more} uncaught: nothing on the way catches it",
        severity=Severity.ERROR,
        analyzer="map",
        fingerprint=mark,
        symbol=place.fn.qualname,
    )


def _wanted(path: str) -> bool:
    if not path.endswith(".py"):
        return False
    folders, _, name = path.rpartition("/")
    tests = name.startswith(("test_", "conftest.py")) or name.endswith("_test.py") or name == "tests.py"
    return not tests and not {"tests", "test", "testing", "migrations"} & set(folders.split("/"))
