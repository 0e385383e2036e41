"""Reports on a case, as Markdown: nothing in them but what its journal holds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from workbench.analysis.verdict import judge, worst_first
from workbench.case.enums import CauseStatus, CheckStatus
from workbench.case.model import Hypothesis, Proof
from workbench.case.state import CaseState, Entry
from workbench.engine.views import Views

LATEST = 10
"""Entries of the timeline in a brief."""

CHAPTERS = ("opened", "impact_start", "detected", "mitigated", "cause_found", "fix_proven", "validated", "recovered")
"""Phases of a case, in their order."""


def timeline(state: CaseState, views: Views) -> Iterator[str]:
    """Everything that happened, in order, with who and when."""
    yield f"# Timeline of {state.id}: {_title(state)}"
    yield ""
    yield from (_entry(entry) for entry in state.timeline)


def postmortem(state: CaseState, views: Views) -> Iterator[str]:
    """A blameless postmortem: impact, what contributed, what was done, what was not checked."""
    yield f"# Postmortem: {_title(state)}"
    yield ""
    yield f"Case {state.id}, {state.repo} at {state.base[:10] or 'no commit'}{_deployed(state)}."
    yield from _section("Impact", _impact(views))
    yield from _section("Phases", _phases(state))
    yield from _section("Contributing factors", _causes(views))
    yield from _section(
        "What was done",
        (f"- {record.title}{' (undone)' if record.undone else ''}" for record in state.patches.values()),
    )
    yield from _section("Proof", _proofs(state))
    yield from _section("Validation", _gates(state))
    yield from _section(
        "Action items",
        (f"- {_one_line(entry.text)} ({entry.actor})" for entry in state.timeline if "action:" in entry.text.lower()),
    )
    yield from _section("Not checked", _not_checked(state, views))
    yield from _section("Timeline", (_entry(entry) for entry in state.timeline))


def handover(state: CaseState, views: Views) -> Iterator[str]:
    """Conditions, actions, needs: what the next person on call has to know."""
    yield f"# Handover: {_title(state)}"
    yield from _section("Conditions", [*_impact(views), *_errors(views)])
    yield from _section("Actions", (_entry(entry) for entry in state.timeline[-LATEST:]))
    needs = [f"- {views.next_step.text}", f"- {views.left} problems are not judged yet", *_not_checked(state, views)]
    yield from _section("Needs", needs)


def brief(state: CaseState, views: Views) -> Iterator[str]:
    """For someone who joins late: question, causes and their state, red or green, gates, the last ten events."""
    yield f"# {_title(state)}"
    yield from _section("Errors", _errors(views))
    yield from _section("Causes", _causes(views))
    yield from _section("Proof", _proofs(state))
    yield from _section("Gates", _gates(state))
    yield from _section(f"Last {LATEST} events", (_entry(entry) for entry in state.timeline[-LATEST:]))


def pull_request(state: CaseState, views: Views) -> Iterator[str]:
    """The text of a pull request: cause, evidence, proof, gates, what was not checked."""
    yield f"# {_title(state)}"
    supported = [cause for cause in views.causes if cause.status is CauseStatus.SUPPORTED] or list(views.causes[:1])
    yield from _section("Cause", (line for cause in supported for line in _cause(cause)))
    yield from _section("Proof", _proofs(state))
    yield from _section("Gates", _gates(state))
    yield from _section("Not checked", _not_checked(state, views))


KINDS: Mapping[str, Callable[[CaseState, Views], Iterator[str]]] = {
    "timeline": timeline,
    "postmortem": postmortem,
    "handover": handover,
    "brief": brief,
    "pr": pull_request,
}
"""Name of a report to what writes it."""


def _section(title: str, lines: Iterator[str] | list[str]) -> Iterator[str]:
    rows = list(lines)
    yield ""
    yield f"## {title}"
    yield ""
    yield from rows or ["Nothing is recorded."]


def _impact(views: Views) -> list[str]:
    rows = []
    if views.onset is not None:
        found = views.onset
        rows.append(f"- began {_when(found.at)} (between {_when(found.start)} and {_when(found.end)})")
    impact = views.impact
    if impact is None:
        return [*rows, "- share of requests and users: not measured"]
    if impact.failed is not None and impact.requests:
        share = f", {impact.share:.1%}" if impact.share is not None else ""
        rows.append(f"- {impact.failed} of {impact.requests} {impact.of or 'requests'} failed{share}")
    rows.append(f"- users: {impact.users if impact.users is not None else 'not measured'}")
    return rows


def _errors(views: Views) -> list[str]:
    rows = []
    for error in views.errors[:LATEST]:
        place = f" at {error.place.path}:{error.place.line}" if error.place else ""
        trend = error.trend.value.replace("_", " ")
        rows.append(f"- {trend}: {error.type}{place}, {error.count} ({error.share:.1%} of {error.of})")
    return rows


def _causes(views: Views) -> list[str]:
    return [line for cause in views.causes for line in _cause(cause)]


def _cause(cause: Hypothesis) -> Iterator[str]:
    place = f" at {cause.path}:{cause.line}" if cause.path and cause.line else ""
    kind = cause.cause_class.value.replace("_", " ")
    counted = f"{len(cause.supporting)} for, {len(cause.against)} against"
    yield f"- **{_one_line(cause.statement)}**{place} ({kind}, {cause.status.value}; {counted})"
    yield from (f"  - for: {_one_line(item.text)}" for item in cause.supporting)
    yield from (f"  - against: {_one_line(item.text)}" for item in cause.against)


def _proofs(state: CaseState) -> list[str]:
    return [line for proof in state.proofs.values() for line in _proof(proof, state.tree)]


def _proof(proof: Proof, tree: str) -> Iterator[str]:
    stale = ", of an earlier tree" if tree and proof.head != tree else ""
    yield f"- **{proof.status.value.replace('_', ' ')}**{stale}: {', '.join(f'`{test}`' for test in proof.tests)}"
    yield from (
        f"  - {step.name.replace('_', ' ')}: {step.outcome.replace('_', ' ')}, {_one_line(step.reason)}"
        for step in proof.steps
    )


def _gates(state: CaseState) -> list[str]:
    results = list(state.gates.values())
    if not results:
        return []
    tree = max(results, key=lambda result: result.at.timestamp() if result.at else 0.0).tree
    judged = judge(results, tree)
    rows = [f"**{judged.verdict.value.replace('_', ' ')}**: {'; '.join(judged.reasons)}", ""]
    rows += [
        f"- {result.id}: {result.status.value.replace('_', ' ')}, {_one_line(result.reason)}"
        for result in worst_first(results, tree)
    ]
    return rows


def _not_checked(state: CaseState, views: Views) -> list[str]:
    rows = [f"- {check.analyzer}: {check.summary}" for check in views.checks if check.status is not CheckStatus.DONE]
    rows += [f"- {source.name}: {text}" for source in views.sources for text in source.denied]
    results = list(state.gates.values())
    if results:
        tree = max(results, key=lambda result: result.at.timestamp() if result.at else 0.0).tree
        rows += [f"- {line}" for line in judge(results, tree).not_checked]
    else:
        rows.append("- no gate was run")
    return rows


def _phases(state: CaseState) -> list[str]:
    known = {"opened": state.opened_at, **state.phases}
    return [f"- {name.replace('_', ' ')}: {_when(at)}" for name in CHAPTERS if (at := known.get(name)) is not None]


def _entry(entry: Entry) -> str:
    return f"- {_when(entry.at)} {entry.actor}: {_one_line(entry.text)}"


def _title(state: CaseState) -> str:
    return _one_line(state.question) or "nothing was asked yet"


def _deployed(state: CaseState) -> str:
    return f", {state.deployed} deployed" if state.deployed else ""


def _when(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _one_line(text: str) -> str:
    return " ".join(text.split())
