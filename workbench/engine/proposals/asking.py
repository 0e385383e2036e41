"""What fixers are asked: the findings, errors and changes of a case, each a request of its own. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workbench.analysis.causes import competing
from workbench.api import FixRequest
from workbench.case.enums import CauseStatus, ChangeKind, Trend, TriageState
from workbench.case.errors import ToldError
from workbench.case.state import CaseState, Report
from workbench.case.testing import Raised

MOST = 40
"""Subjects that are asked about at most: errors first, then findings in the order of the case."""

SUSPECTS = 3
"""Commits and settings that are taken back unasked at most, the most suspicious: each costs a run of the tests."""

CAUSES, PINS = 3, 10
"""Supposed causes, and pieces of evidence of either kind, that a fixer is told."""

TAKEN_BACK = (ChangeKind.COMMIT, ChangeKind.DEPLOY, ChangeKind.CONFIGURATION, ChangeKind.FLAG, ChangeKind.DEPENDENCY)
"""Kinds of change that can be taken back."""

_PAST = (Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)


class NothingToFixError(ToldError):
    """What a fix is wanted for is not there, or nothing is wrong with it; the message says what was looked at."""


def subject_of(request: FixRequest) -> str:
    """What the request is about, as proposals cite it."""
    asked = request.finding or request.error or request.change
    return asked.id if asked is not None else request.failing_test


def requests_for(state: CaseState, report: Report, target: str, base: str) -> tuple[FixRequest, ...]:
    """The requests about ``target``: the id of a finding, an error or a change, a node id, or everything when empty.

    With a node id everything in the case is asked about too, for that test. Raises NothingToFixError.
    """
    causes = [each for each in competing(report.hypotheses, state.causes) if each.status is not CauseStatus.REFUTED]
    known = FixRequest("", base, state.question, changes=report.changes, deployed=_deployed(state, report))
    pins = [f"{each.path}:{each.line}: {each.text}" if each.path else each.text for each in state.pins[-PINS:]]
    shown = [f"{item.path}:{item.line}: {item.text}" for each in causes[:CAUSES] for item in each.supporting]
    told = tuple(each.statement for each in causes[:CAUSES])
    known = replace(known, causes=told, evidence=tuple(dict.fromkeys((*pins, *shown[:PINS]))))
    test = target if _is_test(target) else ""
    known = replace(known, failing_test=test)
    if target and not test:
        found = [request for request in _all(state, report, known) if subject_of(request) == target]
        if not found:
            raise NothingToFixError(f"the case has no finding, error or change {target}")
        return tuple(found)
    mine = [known] if test else []
    subjects = [request for request in _all(state, report, known) if not _left_out(state, request)]
    suspects = sorted((each for each in subjects if each.change is not None), key=_suspicion, reverse=True)[:SUSPECTS]
    others = [each for each in subjects if each.change is None or each in suspects]
    return (*mine, *others[:MOST])


def about_test(requests: tuple[FixRequest, ...], test: str, raised: Raised | None) -> tuple[FixRequest, ...]:
    """The requests, with the failing test and what it raised."""
    return tuple(replace(request, failing_test=test, raised=raised) for request in requests)


def _is_test(target: str) -> bool:
    return "::" in target or target.endswith(".py")


def _all(state: CaseState, report: Report, known: FixRequest) -> Iterator[FixRequest]:
    for error in report.errors:
        yield replace(known, error=error)
    for finding in report.findings:
        yield replace(known, finding=finding)
    for change in report.changes:
        if change.kind in TAKEN_BACK and change.revision:
            yield replace(known, change=change)


def _suspicion(request: FixRequest) -> float:
    return request.change.score if request.change is not None else 0.0


def _left_out(state: CaseState, request: FixRequest) -> bool:
    """Whether nobody would mend it unasked: what was always so, what was judged noise, a commit without suspicion."""
    if request.error is not None:
        return request.error.trend in _PAST
    if request.change is not None:
        return request.change.kind is ChangeKind.DEPLOY or request.change.score <= 0
    if request.finding is not None:
        judged = state.triage.get(request.finding.fingerprint)
        return judged is not None and judged.state in (TriageState.NOISE, TriageState.KNOWN)
    return False


def _deployed(state: CaseState, report: Report) -> str:
    return state.deployed or (report.deployed.commit if report.deployed else "")
