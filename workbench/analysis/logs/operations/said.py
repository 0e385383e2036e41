"""From what was seen to what is said: change events, the deployed release, the upstream table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from workbench.analysis.logs.digest.times import moment
from workbench.analysis.logs.operations.calls import CallRow
from workbench.analysis.logs.operations.happened import Happened
from workbench.analysis.logs.operations.releases import MOST, Spans
from workbench.analysis.logs.operations.survey import Operations
from workbench.analysis.statistics import quantile
from workbench.case.enums import ChangeKind
from workbench.case.logs import Change
from workbench.case.outside import Deployed, Upstream

TOGETHER = 30.0
"""Seconds within which starts are one restart: a server and its workers."""
SHOWN = 200
_QUIET = 60.0
"""Seconds at a log's beginning in which every process id is new."""


def change_events(seen: Operations) -> tuple[Change, ...]:
    """The events in order of time; starts within TOGETHER are one, one that brings another release is a deploy."""
    events = sorted(seen.happened, key=lambda each: each.at)
    others = [_change(each, each.kind, each.text) for each in events if each.kind is not ChangeKind.RESTART]
    started = list(_groups([each for each in events if each.kind is ChangeKind.RESTART]))
    made = [*others, *_starts(started, seen.releases), *_from_fields(seen, started), *_processes(seen, events)]
    return tuple(sorted(made, key=lambda change: change.at)[-SHOWN:])


def deployed(seen: Operations) -> Deployed | None:
    """The release that was seen last, and the one before it; None where no line names one."""
    named: dict[str, tuple[float, str, str]] = {}
    for name, span in seen.releases.items():
        named[name] = (span.first, "", "the release field of the log")
    for each in seen.happened:
        if each.release and (each.release not in named or named[each.release][0] > each.at or each.commit):
            named[each.release] = (each.at, each.commit, "a start-up line of the log")
    if not named or len(seen.releases) > MOST:
        return None
    ordered = sorted(named, key=lambda name: named[name][0])
    at, commit, source = named[ordered[-1]]
    previous = ordered[-2] if len(ordered) > 1 else ""
    return Deployed(ordered[-1], source, commit, previous, named[previous][1] if previous else "", moment(at))


def upstreams(seen: Operations, onset: datetime | None) -> tuple[Upstream, ...]:
    """The hosts, those with the most failures first. A failure that is logged and then raised counts once."""
    made = [_upstream(host, row, onset.timestamp() if onset else None) for host, row in seen.hosts.items()]
    return tuple(sorted(made, key=lambda each: (-each.failures, -each.calls, each.host)))


def _upstream(host: str, row: CallRow, onset: float | None) -> Upstream:
    timed = sorted(each for each in row.seconds if each >= 0)
    failures = max(row.failures, row.raised)
    before = after = None
    if onset is not None and row.times:
        early = [failed for at, failed in zip(row.times, row.failed, strict=True) if at < onset]
        before = (len(early) * row.stride, sum(early) * row.stride)
        after = ((len(row.times) - len(early)) * row.stride, (sum(row.failed) - sum(early)) * row.stride)
    return Upstream(
        host=host,
        calls=row.calls + max(0, row.raised - row.failures),
        failures=failures,
        timeouts=row.timeouts,
        retries=row.retries,
        p50=quantile(timed, 0.5) if timed else None,
        p95=quantile(timed, 0.95) if timed else None,
        first_failure=moment(row.first_failure),
        before=before,
        after=after,
        sample=row.sample,
    )


def _groups(starts: Sequence[Happened]) -> Iterator[list[Happened]]:
    group: list[Happened] = []
    for each in starts:
        if group and each.at - group[-1].at > TOGETHER:
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _starts(groups: Sequence[Sequence[Happened]], fields: Spans) -> Iterator[Change]:
    known = ""
    for number, group in enumerate(groups):
        named = next((each for each in group if each.release), group[0])
        more = f" and {len(group) - 1} more" if len(group) > 1 else ""
        fresh = bool(named.release) and named.release != known and (number > 0 or not fields)
        known = named.release or known
        yield _change(named, ChangeKind.DEPLOY if fresh else ChangeKind.RESTART, f"{named.text}{more}")


def _from_fields(seen: Operations, groups: Sequence[Sequence[Happened]]) -> Iterator[Change]:
    """A release that records name from some time on, where no start-up line told it."""
    told = {each.release for group in groups for each in group}
    ordered = sorted(seen.releases.items(), key=lambda item: item[1].first)
    for (before, _), (name, span) in pairwise(ordered):
        if name not in told and len(ordered) <= MOST:
            yield _change(
                Happened(span.first, ChangeKind.DEPLOY, "", name), ChangeKind.DEPLOY, f"release {before} → {name}"
            )


def _processes(seen: Operations, events: Sequence[Happened]) -> Iterator[Change]:
    """Process ids that come up after the log's beginning, away from every start that was told."""
    if seen.start is None or len(seen.pids) > MOST:
        return
    fresh = sorted((span.first, pid) for pid, span in seen.pids.items() if span.first - seen.start > _QUIET)
    told = [each.at for each in events if each.kind in (ChangeKind.RESTART, ChangeKind.DEPLOY)]
    group: list[tuple[float, str]] = []
    for at, pid in [*fresh, (float("inf"), "")]:
        if group and at - group[-1][0] > TOGETHER:
            first = group[0][0]
            if all(abs(first - each) > TOGETHER for each in told):
                ids = ", ".join(name for _, name in group[:5]) + (" …" if len(group) > 5 else "")
                yield _change(Happened(first, ChangeKind.RESTART, ids), ChangeKind.RESTART, f"new process ids: {ids}")
            group = []
        group.append((at, pid))


def _change(event: Happened, kind: ChangeKind, summary: str) -> Change:
    at = moment(event.at)
    assert at is not None
    digest = hashlib.sha256(f"{event.at} {kind} {summary}".encode()).hexdigest()[:10]
    return Change(f"log:{digest}", at, kind, summary, event.commit or event.release)
