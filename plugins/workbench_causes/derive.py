"""Deriving causes: the code where an error ends, the release's settings and libraries, and what lies outside. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from workbench.api import (
    CauseClass,
    Change,
    Evidence,
    Finding,
    Frame,
    Hypothesis,
    LogError,
    Trend,
    class_of,
    classes_of,
)
from workbench_causes.confidence import confidence

CAUSES = 8
"""Causes that are shown at most."""

NEAR = 30
"""Lines around a frame within which a finding without a symbol counts as the same place."""

DAY = 86400.0
_OUTSIDE = re.compile(
    r"timeout|timed out|connection|unreachable|refused|reset|unavailable|too many clients|pool|locked|deadlock", re.I
)
_UPSTREAM = re.compile(
    r"HTTPError|ConnectError|RequestException|ReadTimeout|BadGateway|upstream|https?://|gaierror", re.I
)
_DATABASE = re.compile(r"database|operational|sqlite|psycopg|mysql|deadlock|locked|pool", re.I)


def derive(errors: Sequence[LogError], findings: Sequence[Finding], changes: Sequence[Change]) -> list[Hypothesis]:
    """The causes, surest first; at least two compete where the evidence allows."""
    live = [error for error in errors if error.trend not in (Trend.AS_ALWAYS, Trend.FALLEN, Trend.GONE)]
    found = [
        *(_code(error, findings, changes) for error in live if error.place),
        *_release(live, changes),
        *_outside(live, changes),
    ]
    best: dict[str, Hypothesis] = {}
    for cause in found:
        if cause.id not in best or len(best[cause.id].supporting) < len(cause.supporting):
            best[cause.id] = cause
    return sorted(best.values(), key=lambda cause: (-cause.confidence, -len(cause.supporting), cause.id))[:CAUSES]


def _code(error: LogError, findings: Sequence[Finding], changes: Sequence[Change]) -> Hypothesis:
    place = error.place
    assert place is not None
    here = [finding for finding in findings if _same_place(finding, place)]
    frames = [frame for frame in error.frames if frame.mapped and frame is not place]
    passed = [finding for finding in findings if any(_same_place(finding, frame) for frame in frames)]
    supporting = [_counted(error, place)]
    supporting += [Evidence(f.id, f"{f.rule} at {f.path}:{f.line}: {f.message}", f.path, f.line) for f in here[:2]]
    supporting += [
        Evidence(f.id, f"{f.rule} on the way, {f.path}:{f.line}: {f.message}", f.path, f.line)
        for f in passed[:1]
        if f not in here
    ]
    suspects = [
        c
        for c in changes
        if any(signal.name == "last_touched_line" and place.path in signal.detail for signal in c.signals)
    ]
    suspect = max(suspects, key=lambda change: change.score, default=None)
    against: list[Evidence] = []
    if suspect is not None:
        _judge_suspect(suspect, error.onset, place, supporting, against)
    elif error.onset is not None and changes:
        against.append(
            Evidence(error.id, f"no commit in sight touched {place.path}:{place.line}", place.path, place.line)
        )
    rule = here[0] if here else None
    statement = f"{_title(rule)} in {place.function}" if rule else f"{place.function} lets {error.type} through"
    return _cause(
        f"code:{place.path}:{place.function}",
        statement,
        CauseClass.CODE,
        supporting,
        against,
        _check_code(rule, place),
        rule.path if rule else place.path,
        rule.line if rule else place.line,
    )


def _judge_suspect(
    suspect: Change, onset: datetime | None, place: Frame, supporting: list[Evidence], against: list[Evidence]
) -> None:
    said = f'{suspect.revision[:8]} "{suspect.summary}" last changed this place'
    in_release = any(signal.name == "in_release" for signal in suspect.signals)
    supporting.append(
        Evidence(suspect.id, f"{said}{', and came with this release' if in_release else ''}", place.path, place.line)
    )
    if onset is None or in_release:
        return
    days = (onset - suspect.at).total_seconds() / DAY
    if days > 2:
        against.append(Evidence(suspect.id, f"the errors began {days:.0f} days after it", place.path, place.line))


def _release(errors: Sequence[LogError], changes: Sequence[Change]) -> Iterator[Hypothesis]:
    """Settings and libraries that came with the deployed release."""
    released = [change for change in changes if any(signal.name == "in_release" for signal in change.signals)]
    deploys = [change for change in changes if change.kind.value in ("deploy", "restart")]
    for kind, word in ((CauseClass.CONFIGURATION, "settings"), (CauseClass.DEPENDENCY, "a library version")):
        for change in [c for c in released if kind in classes_of(c)]:
            outside = [error for error in errors if _OUTSIDE.search(f"{error.type} {error.message}")]
            supporting = [
                Evidence(change.id, f'{change.revision[:8]} "{change.summary}" changed {word} in this release')
            ]
            supporting += [_near_deploy(error, deploys) for error in errors[:1] if _follows(error, deploys)]
            if kind is CauseClass.CONFIGURATION:
                supporting += [
                    Evidence(e.id, f"{e.type} speaks of a resource: {_first(e.message)}") for e in outside[:2]
                ]
            quiet = [error for error in errors if error not in outside]
            against = [Evidence(e.id, f"it does not explain {e.type} ({e.count})") for e in quiet[:2]]
            path = next(path for path in change.paths if class_of(path) is kind)
            yield _cause(
                f"{kind.value}:{change.revision[:12]}",
                change.summary,
                kind,
                supporting,
                against,
                f"put {path} back as it was before {change.revision[:8]} and see whether the rate falls",
                path,
                1,
            )


def _outside(errors: Sequence[LogError], changes: Sequence[Change]) -> Iterator[Hypothesis]:
    """A database that cannot keep up, a service that does not answer."""
    groups = (
        (CauseClass.CAPACITY, _DATABASE, "the database cannot keep up", "locks and long transactions now (--db URL)"),
        (CauseClass.EXTERNAL_SERVICE, _UPSTREAM, "a service that we call fails", "its own status, and our calls to it"),
    )
    for kind, shape, statement, check in groups:
        told = [error for error in errors if shape.search(f"{error.type} {error.cause} {error.message}")]
        if not told:
            continue
        supporting = [
            Evidence(error.id, f"{error.type} ({error.count}): {_first(error.message)}") for error in told[:3]
        ]
        places = {error.place.path for error in told if error.place}
        if len(places) > 1:
            supporting.append(Evidence(told[0].id, f"it strikes at {len(places)} places of ours that share it"))
        unlike = [error for error in errors if error not in told]
        against = [
            Evidence(error.id, f"{error.type} ({error.count}) has nothing to do with it") for error in unlike[:2]
        ]
        for change in changes:
            if any(signal.name == "in_release" for signal in change.signals) and CauseClass.CONFIGURATION in classes_of(
                change
            ):
                against.append(Evidence(change.id, f'our own "{change.summary}" came just before'))
                break
        yield _cause(f"{kind.value}", statement, kind, supporting, against, check, "", 0)


def _counted(error: LogError, place: Frame) -> Evidence:
    since = f", first {error.first_seen:%H:%M:%S}" if error.first_seen else ""
    trend = {Trend.NEW: "new: ", Trend.RISEN: f"risen ×{error.factor:.0f}: " if error.factor else "risen: "}
    text = f"{trend.get(error.trend, '')}{error.count} {error.type} end at {place.path}:{place.line}{since}"
    return Evidence(error.id, text, place.path, place.line)


def _same_place(finding: Finding, frame: Frame) -> bool:
    if finding.path != frame.path:
        return False
    if finding.symbol:
        return finding.symbol.rpartition(".")[2] == frame.function.rpartition(".")[2]
    return abs(finding.line - frame.line) <= NEAR


def _follows(error: LogError, deploys: Sequence[Change]) -> bool:
    at = error.onset or error.first_seen
    return at is not None and any(0 <= (at - deploy.at).total_seconds() <= 3600 for deploy in deploys)


def _near_deploy(error: LogError, deploys: Sequence[Change]) -> Evidence:
    at = error.onset or error.first_seen
    assert at is not None
    deploy = max((d for d in deploys if d.at <= at), key=lambda d: d.at)
    minutes = (at - deploy.at).total_seconds() / 60
    return Evidence(deploy.id, f"the errors began {minutes:.0f} min after {deploy.summary}")


def _title(finding: Finding | None) -> str:
    return re.sub(r" at line \d+", "", finding.message.split(":")[0]) if finding else ""


def _check_code(finding: Finding | None, place: Frame) -> str:
    if finding is not None and finding.rule in ("WB101", "WB102", "WB103"):
        return f"{place.function} called by 10 threads at once: one may win (t writes the test)"
    return f"a test that makes {place.function} fail this way (t writes it)"


def _first(text: str) -> str:
    return text.strip().split("\n", 1)[0][:80]


def _cause(
    key: str,
    statement: str,
    kind: CauseClass,
    supporting: Sequence[Evidence],
    against: Sequence[Evidence],
    check: str,
    path: str,
    line: int,
) -> Hypothesis:
    return Hypothesis(
        id=f"cause:{hashlib.sha256(key.encode()).hexdigest()[:10]}",
        statement=statement,
        cause_class=kind,
        confidence=confidence(tuple(supporting), tuple(against)),
        supporting=tuple(supporting),
        against=tuple(against),
        next_check=check,
        path=path,
        line=line,
        by="workbench/causes",
    )
