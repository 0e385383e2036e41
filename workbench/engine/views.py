"""Derived views: what the screens and documents show of a case, computed off the screen's loop. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from workbench.analysis.causes import competing
from workbench.analysis.ranking import Ranking
from workbench.analysis.spectrum import Touched
from workbench.case.enums import ChangeKind, CheckStatus, Severity, Trend, TriageState
from workbench.case.grouping import regrouped
from workbench.case.model import (
    Change,
    Check,
    DatabaseFacts,
    Debt,
    Deployed,
    Finding,
    Hypothesis,
    Impact,
    LogError,
    MapEdge,
    MapNode,
    Onset,
    Pattern,
    Series,
    SourceFacts,
    Upstream,
)
from workbench.case.state import AnalyzerRun, CaseState, Report, Triage
from workbench.engine.problems import Problem as Problem
from workbench.engine.problems import problems_of, standing_triage

_TREND_ORDER = {
    Trend.NEW: 0,
    Trend.RISEN: 1,
    Trend.UNKNOWN: 2,
    Trend.AS_ALWAYS: 3,
    Trend.FALLEN: 4,
    Trend.GONE: 5,
}
LEAD = timedelta(days=1)
"""How long before the time that is asked about a change may lie."""
_SEVERITY_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The one line that says what to do next, and its key."""

    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Views:
    """Everything a pane lists, in the order it lists it.

    ``left`` counts the problems not judged yet, ``judged`` is what holds of what was said, by fingerprint. By path,
    ``found_in`` are findings, ``problems_in`` counts problems, and ``entered`` are the functions that the latest tests
    entered, while they speak of the files as they are.
    """

    ranking: Ranking = field(default_factory=Ranking)
    errors: tuple[LogError, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    findings: tuple[Finding, ...] = ()
    changes: tuple[Change, ...] = ()
    causes: tuple[Hypothesis, ...] = ()
    checks: tuple[Check, ...] = ()
    sources: tuple[SourceFacts, ...] = ()
    series: tuple[Series, ...] = ()
    nodes: tuple[MapNode, ...] = ()
    edges: tuple[MapEdge, ...] = ()
    debt: tuple[Debt, ...] = ()
    onset: Onset | None = None
    impact: Impact | None = None
    deployed: Deployed | None = None
    upstreams: tuple[Upstream, ...] = ()
    databases: tuple[DatabaseFacts, ...] = ()
    problems: tuple[Problem, ...] = ()
    judged: Mapping[str, TriageState] = field(default_factory=dict)
    found_in: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    problems_in: Mapping[str, int] = field(default_factory=dict)
    left: int = 0
    entered: Mapping[str, tuple[Touched, ...]] = field(default_factory=dict)
    next_step: NextStep = NextStep("ask what is going wrong", "Enter")


def merged(state: CaseState) -> Report:
    """The latest report of every analyzer in one: finished runs, and a running one where none has finished."""
    runs: dict[str, AnalyzerRun] = dict(state.finished)
    for run in state.running.values():
        if run.analyzer not in runs or run.report.summary or run.report.findings or run.report.errors:
            runs[run.analyzer] = run
    total = Report()
    for name in sorted(runs):
        total = total.plus(replace(runs[name].report, provisional=False))
    return replace(total, findings=distinct(total.findings), changes=_since(total.changes, state.since))


def _since(changes: Sequence[Change], since: datetime | None) -> tuple[Change, ...]:
    """The changes that can have led to what happens ``since`` then: those of the day before it, and later ones."""
    return tuple(each for each in changes if since is None or each.at >= since - LEAD)


def distinct(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Each finding once, by its fingerprint: the most severe one, which names the other analyzers that found it too."""
    same: dict[tuple[str, str, int], list[Finding]] = {}
    for found in findings:
        same.setdefault((found.fingerprint or found.id, found.path, found.line), []).append(found)
    return tuple(group[0] if len(group) == 1 else _one(group) for group in same.values())


def _one(group: Sequence[Finding]) -> Finding:
    first = min(group, key=lambda found: _SEVERITY_ORDER[found.severity])
    others = {found.analyzer for found in group} - {first.analyzer}
    return replace(first, also=tuple(sorted(others))) if others else first


def derive(state: CaseState, ranking: Ranking, remembered: Mapping[str, Triage] | None = None) -> Views:
    """The views of ``state`` under ``ranking``; ``remembered`` is what other cases judged, by fingerprint."""
    report = merged(state)
    heat = {spot.path: spot.score for spot in ranking.files}
    errors = tuple(sorted(regrouped(report.errors, state.groupings), key=lambda e: _TREND_ORDER[e.trend]))
    findings = tuple(
        sorted(
            report.findings,
            key=lambda f: (-heat.get(f.path, 0.0), _SEVERITY_ORDER[f.severity], f.path, f.line, f.id),
        )
    )
    changes = tuple(sorted((*report.changes, *_notes(state)), key=lambda c: (-c.score, -c.at.timestamp(), c.id)))
    problems = problems_of(state, remembered or {}, errors, findings, changes, ranking, report.sources)
    found_in: dict[str, list[Finding]] = {}
    for found in findings:
        found_in.setdefault(found.path, []).append(found)
    return Views(
        ranking=ranking,
        errors=errors,
        patterns=tuple(sorted(report.patterns, key=lambda p: _TREND_ORDER[p.trend])),
        findings=findings,
        changes=changes,
        causes=competing(report.hypotheses, state.causes),
        checks=_checks(state),
        sources=report.sources,
        series=report.series,
        nodes=report.nodes,
        edges=report.edges,
        debt=report.debt,
        onset=report.onset,
        impact=report.impact,
        deployed=report.deployed,
        upstreams=report.upstreams,
        databases=report.databases,
        problems=problems,
        judged=standing_triage(problems, state.triage),
        found_in=found_in,
        problems_in=Counter(problem.path for problem in problems),
        left=sum(problem.triage is TriageState.UNTOUCHED for problem in problems),
        next_step=_next_step(state, problems, errors, ranking),
    )


def _notes(state: CaseState) -> Iterator[Change]:
    """What people wrote down, as events on the time axis."""
    for entry in state.timeline:
        if entry.kind in ("note.added", "case.mitigated"):
            yield Change(f"note:{entry.id}", entry.at, ChangeKind.NOTE, entry.text, author=entry.actor)


def _checks(state: CaseState) -> tuple[Check, ...]:
    checks: dict[str, Check] = {name: run.check for name, run in state.finished.items()}
    checks.update({run.analyzer: run.check for run in state.running.values()})
    order = {CheckStatus.FAILED: 0, CheckStatus.TIMED_OUT: 1, CheckStatus.INTERRUPTED: 2, CheckStatus.RUNNING: 3}
    return tuple(sorted(checks.values(), key=lambda c: (order.get(c.status, 4), c.analyzer)))


def _next_step(
    state: CaseState, problems: tuple[Problem, ...], errors: tuple[LogError, ...], ranking: Ranking
) -> NextStep:
    if not state.question:
        return NextStep("ask what is going wrong", "Enter")
    if state.running:
        return NextStep("results are coming in; look at the first problem", "J")
    if ranking.thin:
        return NextStep(ranking.thin_hint, "L")
    counts = Counter(problem.triage for problem in problems)
    if counts[TriageState.UNTOUCHED]:
        first = errors[0] if errors else None
        what = f"look at {first.name}" if first else "look at the first finding"
        return NextStep(f"{what}, {counts[TriageState.UNTOUCHED]} to judge", "J")
    if counts[TriageState.RELEVANT]:
        return NextStep("write the test that reproduces it", "t")
    if not state.log_sources:
        return NextStep("point at the logs", "L")
    return NextStep("nothing is left to judge; add a cause of your own", "A")
