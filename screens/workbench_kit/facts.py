"""What the header and the impact line say of a session. Pure but for reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.analysis.quantity import quantity
from workbench.case.enums import ChangeKind
from workbench_kit.fitting import Part
from workbench_kit.header import IN_MEMORY, UNASKED, WORKBENCH, Facts
from workbench_kit.marks import sparkline
from workbench_kit.time_axis import axis, marked
from workbench_kit.when import clock, elapsed, percent, span

if TYPE_CHECKING:
    from datetime import datetime

    from workbench.case.logs import Impact
    from workbench.engine.session import Session
    from workbench.engine.store.journal import Journal
    from workbench.engine.views import Views
    from workbench.engine.wheel import Wheel

LONG = 2.0
"""Seconds from which work is shown with how far it is and for how long."""

Told = tuple[int, tuple[Part, ...]]
"""A rank (the highest gives way first) and the parts that are told."""


def facts_of(session: Session, step: int, following: str = "") -> Facts:
    """What the bars say in the pane of ``step``."""
    state, views, repository = session.state, session.views, session.services.repository
    repo = repository.facts
    tests = session.tests
    return Facts(
        title=title_of(state.question) if step else WORKBENCH,
        step=step,
        repo=repo.name,
        branch=repo.branch,
        head=repo.head[:7],
        dirty=len(repository.listing.dirty),
        passed=tests.board.passed if len(tests.board) else None,
        failed=tests.board.failed if len(tests.board) else None,
        stale=not tests.running and tests.board.stale(session.change.tree) > 0,
        left=views.left if step and views.problems else None,
        watching=tests.watching,
        state=running(session),
        people=people_of(session.services.wheel, following),
        waiting=len(session.services.questions.waiting),
        kept=kept(session.services.journal),
        impact=impact_parts(views),
        next_step=views.next_step.text,
        next_key=views.next_step.key,
    )


def kept(journal: Journal) -> str:
    """How the case is kept, where that is not on the disk."""
    return IN_MEMORY if journal.in_memory else "read-only" if journal.readonly_reason else ""


def people_of(wheel: Wheel, following: str = "") -> str:
    """Who is here beside us, who drives, and that roles are advisory where nothing but this program enforces them."""
    company = wheel.company
    if len(company.people) < 2:
        return ""
    driver = company.driver
    drives = "you drive" if company.wheel == wheel.id else f"{driver.name if driver else 'nobody'} drives"
    asks = f", {wheel.asking[0].name} asks for the wheel" if wheel.asking else ""
    followed = next((f", following {each.name}" for each in company.people if each.id == following), "")
    return f"{len(company.people)} here, {drives}{asks}{followed}{' (advisory)' if wheel.advisory else ''}"


def title_of(question: str) -> str:
    """A case's title: the first line of its question."""
    first = question.strip().partition("\n")[0]
    return first[:60] if first else UNASKED


def running(session: Session) -> str:
    """What runs: how many checks; once one takes long the oldest by name, how far it is, for how long, and the key that
    stops it."""
    jobs = [job for job in session.services.jobs.all if job.running]
    if not jobs:
        return ""
    oldest = max(jobs, key=lambda job: job.seconds)
    if oldest.seconds < LONG:
        return "◐ 1 check runs" if len(jobs) == 1 else f"◐ {len(jobs)} checks run"
    more = f" +{len(jobs) - 1}" if len(jobs) > 1 else ""
    return f"◐ {' '.join(filter(None, (oldest.name, oldest.far, elapsed(oldest.seconds))))}{more} S stops"


def impact_parts(views: Views) -> tuple[Told, ...]:
    """Since when, for how long, whom it hits, which way it goes, the last deploy; only what the logs tell."""
    end = _last(views)
    made: list[Told] = []
    if views.onset:
        began = views.onset.at
        made.append((3, (Part("since ", "muted"), Part(clock(began, end), "strong"), Part(" UTC", "muted"))))
        if end and end > began:
            made.append((6, (Part(span((end - began).total_seconds())),)))
    if views.impact:
        made += _damage(views.impact, drawn.marks if (drawn := axis(views)) else ())
    if not made and views.sources:
        made.append((5, (Part("the logs do not tell how many are hit", "muted"),)))
    elif not made:
        made.append((5, (Part("impact not known: no log read", "muted"),)))
    deploy = next((change for change in views.changes if change.kind is ChangeKind.DEPLOY), None)
    if deploy:
        what = "last release" if deploy.id.startswith("tag:") else "last deploy"
        at = clock(deploy.at, end) if end else f"{deploy.at:%d %b %Y}"
        made.append((8, (Part(f"{what} ", "muted"), Part(at), Part(f" {deploy.revision[:7]}", "history"))))
    return tuple(made)


def _damage(impact: Impact, shares: tuple[float, ...]) -> list[Told]:
    made: list[Told] = []
    if impact.share is not None:
        made.append((4, (Part(percent(impact.share), "error strong"), Part(f" of {impact.of}", "muted"))))
    elif impact.failed is not None:
        made.append((4, (Part(str(impact.failed), "error strong"), Part(" failed", "muted"))))
    if impact.users is not None:
        made.append((7, (Part(quantity(impact.users, "user")),)))
    if impact.rising is not None:
        way, tone = ("rising ", "error") if impact.rising else ("falling ", "success")
        made.append(
            (9, (Part(way), *(Part(text, drawn) for text, drawn in marked(sparkline(impact.sparkline), shares, tone))))
        )
    return made


def _last(views: Views) -> datetime | None:
    return max((source.end for source in views.sources if source.end), default=None)
