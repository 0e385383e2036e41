"""Causes in the code: the place where an error ends, with the rule it breaks and the commit that last touched it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.api import CauseClass, Change, ChangeKind, Evidence, Finding, Frame, Hypothesis, LogError, Trend
from workbench_causes.outside import failing, speaks_of
from workbench_causes.scene import Scene, brief, cause, has, short

NEAR = 30
"""Lines around a frame within which a finding without a symbol counts as the same place."""

DAY = 86400.0
_TOUCHED = ("last_touched_line", "took_lines_out", "touched_function")
RACES = ("WB101", "WB102", "WB103")


def in_code(scene: Scene) -> Iterator[Hypothesis]:
    """One cause for every live error that ends in the repository."""
    for error in scene.errors:
        if error.place is not None:
            yield _at(scene, error, error.place)


def _at(scene: Scene, error: LogError, place: Frame) -> Hypothesis:
    here = [finding for finding in scene.findings if same_place(finding, place)]
    frames = [frame for frame in error.frames if frame.mapped and frame is not place]
    passed = [f for f in scene.findings if f not in here and any(same_place(f, frame) for frame in frames)]
    supporting = [_counted(error, place)]
    supporting += [Evidence(f.id, f"{f.rule} at {f.path}:{f.line}: {f.message}", f.path, f.line) for f in here[:2]]
    supporting += [
        Evidence(f.id, f"{f.rule} on the way, {f.path}:{f.line}: {f.message}", f.path, f.line) for f in passed[:1]
    ]
    against: list[Evidence] = []
    suspect = _suspect(scene, place)
    if suspect is not None:
        _judge(suspect, scene, place, supporting, against)
    elif unchanged := scene.unchanged():
        against.append(Evidence(error.id, unchanged))
    elif scene.began is not None and scene.changes:
        against.append(Evidence(error.id, f"no commit in sight touched {place.path}:{place.line}", place.path))
    against += _others(scene, error, suspect)
    rule = here[0] if here else None
    where = (rule.path, rule.line) if rule else (place.path, place.line)
    name = place.function or place.path.rpartition("/")[2]
    statement = f"{_title(rule)} in {name}" if rule else f"{name} lets {short(error.type)} through"
    key = f"code:{place.path}:{place.function or place.line}"
    return cause(key, statement, CauseClass.CODE, supporting, against, _check(rule, name), where)


def _others(scene: Scene, error: LogError, suspect: Change | None) -> Iterator[Evidence]:
    """What explains the error without this code: a host that fails, a setting that it speaks of."""
    for host in failing(scene):
        if speaks_of(error, host):
            text = f"{host.host} failed {host.failures} of {host.calls} calls, and this code called it as before"
            yield Evidence(f"upstream:{host.host}", text)
            return
    if suspect is not None and has(suspect, "in_release"):
        return
    for change in scene.released():
        told = [s for s in change.signals if s.name == "spoken_of" and error.id in s.evidence]
        if told and change.kind in (ChangeKind.CONFIGURATION, ChangeKind.FLAG, ChangeKind.DEPENDENCY):
            yield Evidence(change.id, f"{brief(change.summary)} came with the release, and it speaks of that")
            return


def _suspect(scene: Scene, place: Frame) -> Change | None:
    touched = [
        change
        for change in scene.changes
        if any(s.name in _TOUCHED and f"{place.path}:" in s.detail for s in change.signals)
    ]
    return max(touched, key=lambda change: change.score, default=None)


def _judge(suspect: Change, scene: Scene, place: Frame, supporting: list[Evidence], against: list[Evidence]) -> None:
    """A commit speaks for the code only when it came before the errors, and not long before."""
    did = "last changed this place" if has(suspect, "last_touched_line") else f"last changed {place.function}"
    if has(suspect, "took_lines_out") and not has(suspect, "last_touched_line"):
        did = f"took lines out of {place.function or place.path}"
    said = f'{suspect.revision[:8]} "{brief(suspect.summary, 60)}" {did}'
    began = scene.began
    gap = (began - suspect.at).total_seconds() if began else 0.0
    released = has(suspect, "in_release") and not scene.unchanged()
    item = Evidence(suspect.id, f"{said}{', and came with this release' if released else ''}", place.path, place.line)
    if released or began is None or 0 <= gap <= 2 * DAY:
        supporting.append(item)
    elif gap > 2 * DAY:
        text = f"{said}: the errors began {gap / DAY:.0f} days after it"
        against.append(Evidence(suspect.id, text, place.path, place.line))


def _counted(error: LogError, place: Frame) -> Evidence:
    since = f", first {error.first_seen:%H:%M:%S}" if error.first_seen else ""
    trend = {Trend.NEW: "new: ", Trend.RISEN: f"risen ×{error.factor:.0f}: " if error.factor else "risen: "}
    text = f"{trend.get(error.trend, '')}{error.count} {short(error.type)} end at {place.path}:{place.line}{since}"
    return Evidence(error.id, text, place.path, place.line)


def same_place(finding: Finding, frame: Frame) -> bool:
    """Whether a finding stands in the function of ``frame``."""
    if finding.path != frame.path:
        return False
    if finding.symbol and frame.function:
        return finding.symbol.rpartition(".")[2] == frame.function.rpartition(".")[2]
    return abs(finding.line - frame.line) <= NEAR


def _title(finding: Finding | None) -> str:
    return re.sub(r" at line \d+", "", finding.message.split(":")[0]) if finding else ""


def _check(finding: Finding | None, name: str) -> str:
    if finding is not None and finding.rule in RACES:
        return f"{name} called by 10 threads at once: one may win (t writes the test)"
    return f"a test that makes {name} fail this way (t writes it)"
