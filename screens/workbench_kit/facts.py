"""What the header and the impact line say of a session. Pure but for reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.case.enums import ChangeKind, TestOutcome
from workbench_kit.fitting import Part
from workbench_kit.header import UNASKED, Facts
from workbench_kit.marks import sparkline
from workbench_kit.when import clock, percent, span

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.case.logs import Impact
    from workbench.case.state import CaseState
    from workbench.engine.session import Session
    from workbench.engine.views import Views

_BAD = (TestOutcome.FAILED, TestOutcome.ERROR, TestOutcome.CRASHED, TestOutcome.TIMED_OUT, TestOutcome.COLLECTION_ERROR)


def facts_of(session: Session, step: int) -> Facts:
    """What the bars say in the pane of ``step``."""
    state, views, repository = session.state, session.views, session.services.repository
    repo = repository.facts
    passed, failed = _counts(state)
    return Facts(
        title=title_of(state.question),
        step=step,
        repo=repo.name,
        branch=repo.branch,
        head=repo.head[:7],
        dirty=len(repository.listing.dirty),
        passed=passed,
        failed=failed,
        state=_running(session),
        people=f"driver: {state.driver}" if state.driver else "",
        impact=impact_parts(views),
        next_step=views.next_step.text,
        next_key=views.next_step.key,
    )


def title_of(question: str) -> str:
    """A case's title: the first line of its question."""
    first = question.strip().partition("\n")[0]
    return first[:60] if first else UNASKED


def _counts(state: CaseState) -> tuple[int | None, int | None]:
    if not state.test_runs:
        return None, None
    results = state.test_runs[-1].results
    passed = sum(result.outcome is TestOutcome.PASSED for result in results)
    return passed, sum(result.outcome in _BAD for result in results)


def _running(session: Session) -> str:
    jobs = sum(job.running for job in session.services.jobs.all)
    if not jobs:
        return ""
    return "◐ 1 check runs" if jobs == 1 else f"◐ {jobs} checks run"


def impact_parts(views: Views) -> tuple[tuple[Part, ...], ...]:
    """Since when, for how long, whom it hits, which way it goes, the last deploy; only what the logs tell."""
    end = _last(views)
    made: list[tuple[Part, ...]] = []
    if views.onset:
        made.append((Part("since ", "muted"), Part(clock(views.onset.at, end), "strong"), Part(" UTC", "muted")))
    if views.impact:
        made += _damage(views.impact)
    if views.onset and end and end > views.onset.at:
        made.append((Part(span((end - views.onset.at).total_seconds())),))
    deploy = next((change for change in views.changes if change.kind is ChangeKind.DEPLOY), None)
    if deploy:
        revision = Part(f" {deploy.revision[:7]}", "history")
        made.append((Part("last deploy ", "muted"), Part(clock(deploy.at, end)), revision))
    if not made and views.sources and not views.errors:
        made.append((Part("no error in the logs that were read", "muted"),))
    if not made:
        made.append((Part("impact not known: no log read", "muted"),) if not views.sources else ())
    return tuple(parts for parts in made if parts)


def _damage(impact: Impact) -> list[tuple[Part, ...]]:
    made: list[tuple[Part, ...]] = []
    if impact.share is not None:
        made.append((Part(percent(impact.share), "error strong"), Part(f" of {impact.of}", "muted")))
    elif impact.failed is not None:
        made.append((Part(str(impact.failed), "error strong"), Part(" failed", "muted")))
    if impact.users is not None:
        made.append((Part(f"{impact.users} users"),))
    if impact.rising is not None:
        way = ("rising ", "error") if impact.rising else ("falling ", "success")
        made.append((Part(way[0], ""), Part(sparkline(impact.sparkline), way[1])))
    return made


def _last(views: Views) -> datetime | None:
    return max((source.end for source in views.sources if source.end), default=None)
