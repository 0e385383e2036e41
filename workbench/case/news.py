"""What an event changed, beside what it says: tests that turned red or green, what was believed of the cause, how many
secrets were masked. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench.case.enums import BAD, TestOutcome
from workbench.case.events import Event, masked_in
from workbench.case.state import CaseState, Entry
from workbench.case.work import TestRun

NAMED = 3
"""Tests or causes that are named of many."""

_GREEN = frozenset({TestOutcome.PASSED, TestOutcome.XFAILED})


def with_news(entry: Entry, event: Event, before: CaseState, after: CaseState) -> Entry:
    """``entry`` with what ``event`` changed from ``before`` to ``after``; as it is where there is no news."""
    news: list[str] = []
    masked = masked_in(event.data)
    if event.kind == "test.finished":
        news += turned(before.test_runs, after.test_runs[-1])
    elif event.kind == "analysis.finished":
        news += _believed(event, after)
        masked += before.running[event.run].masked
    if masked:
        news.append(f"{masked:,} {'secret' if masked == 1 else 'secrets'} masked")
    return entry._replace(text="; ".join((entry.text, *news))) if news else entry


def turned(earlier: Sequence[TestRun], run: TestRun) -> Iterator[str]:
    """Which tests turned red, are red and were not known before, and turned green, by their last outcome before."""
    red, green = set[str](), set[str]()
    for each in earlier:
        for result in each.results:
            if result.outcome in BAD:
                red.add(result.id)
                green.discard(result.id)
            elif result.outcome in _GREEN:
                green.add(result.id)
                red.discard(result.id)
    fell = [result.id for result in run.results if result.outcome in BAD]
    yield from _named("turned red", [name for name in fell if name in green])
    yield from _named("red", [name for name in fell if name not in green and name not in red])
    yield from _named(
        "turned green", [result.id for result in run.results if result.outcome in _GREEN and result.id in red]
    )


def _believed(event: Event, after: CaseState) -> Iterator[str]:
    """The causes that an analysis proposed, the surest first."""
    run = next((each for each in after.finished.values() if each.run == event.run), None)
    if run is not None:
        surest = sorted(run.report.hypotheses, key=lambda cause: -cause.confidence)
        yield from _named("believed", [f"{cause.statement} ({cause.status})" for cause in surest])


def _named(what: str, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"{what}: {', '.join(names[:NAMED])}{' and others' if len(names) > NAMED else ''}"
