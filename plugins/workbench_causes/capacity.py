"""More is asked than can be done: errors of a database or of a limit, locks, and how many requests came."""

from __future__ import annotations

import re
from collections.abc import Iterator

from workbench.api import CauseClass, Evidence, Hypothesis
from workbench_causes.scene import Scene, brief, cause, short, unexplained

MORE = 1.5
"""Times the requests a second of before from which it is more load."""
_DATABASE = re.compile(r"database|operational|sqlite|psycopg|mysql|deadlock|locked|too many clients|QueuePool", re.I)
_STATEMENT = re.compile(
    r"\b(Data|Integrity|Programming|NotSupported)Error\b|\b\w*(Violation|Undefined\w+|InvalidTextRepresentation|OutOfRange)\b"
    r"|syntax error|invalid input syntax|no such (table|column)|does not exist|violates|constraint failed"
    r"|duplicate (key|entry)|unknown column"
)
"""What a database says of the statement or the data: it would say so were it idle."""
_LIMIT = re.compile(
    r"too many (requests|connections)|queue (is )?full|QueueFull|queue\.Full|exhausted|overload|backlog|rate.?limit"
    r"|throttl|no (free|available) (worker|thread|slot|connection)|connection was free|pool ?timeout",
    re.I,
)


def capacity(scene: Scene) -> Iterator[Hypothesis]:
    """The database, or what is limited, cannot keep up: by itself, or since more is asked of it."""
    grown = _grown(scene)
    words = [(error, f"{error.type} {error.cause} {error.message}") for error in scene.errors]
    stored = [error for error, text in words if _DATABASE.search(text) and not _STATEMENT.search(text)]
    told = [e for e, text in words if e in stored or (grown > 1 and _LIMIT.search(text))]
    issues = [i for each in scene.databases for i in each.issues if i.kind in ("lock", "long_transaction")]
    if not told and not issues:
        return
    supporting = [Evidence(e.id, f"{short(e.type)} ({e.count}): {brief(e.message)}") for e in told[:3]]
    supporting += [Evidence(issue.id, issue.text) for issue in issues[:3]]
    places = {error.place.path for error in told if error.place}
    ends = sorted({endpoint for error in told for endpoint, _ in error.endpoints})
    if len(places) > 1:
        supporting.append(Evidence(told[0].id, f"it strikes at {len(places)} places of ours that share it"))
    elif len(ends) > 1:
        supporting.append(
            Evidence(told[0].id, f"it strikes {len(ends)} endpoints that share it: {', '.join(ends[:3])}")
        )
    against = unexplained(scene.errors, told)
    _paced(scene, grown, supporting, against)
    silent = any("locks" in text for each in scene.databases for text in each.denied)
    if scene.databases and not issues and not silent:
        against.append(Evidence(scene.databases[0].name, "nobody waits for a lock there now, no transaction is long"))
    for change in scene.released():
        if change.kind == "configuration" and any(s.name == "spoken_of" for s in change.signals):
            against.append(Evidence(change.id, f"our own {brief(change.summary)} came with the release"))
            break
    check = "locks and long transactions now (--db URL)" if not scene.databases else "the same again while it happens"
    place = next((error.place for error in told if error.place), None)
    where = (place.path, place.line) if place else ("", 0)
    what = "the database" if stored or not told else "what it runs with"
    statement = f"{what} cannot keep up{' with more load' if grown >= MORE else ''}"
    yield cause("capacity", statement, CauseClass.CAPACITY, supporting, against, check, where)


def _grown(scene: Scene) -> float:
    """Requests a second since the onset over those before; 0 where it is not known."""
    pace = scene.impact.pace if scene.impact else None
    return pace[1] / pace[0] if pace and pace[0] > 0 else 0.0


def _paced(scene: Scene, grown: float, supporting: list[Evidence], against: list[Evidence]) -> None:
    """What the number of requests says, and that nothing of ours changed where more came."""
    pace = scene.impact.pace if scene.impact else None
    if pace is None or not grown:
        return
    figures = f"{pace[0]:.3g} → {pace[1]:.3g} requests a second"
    if grown >= MORE:
        supporting.append(Evidence("impact", f"{grown:.1f} times as many requests since it began: {figures}"))
        if unchanged := scene.unchanged():
            supporting.append(Evidence("changes", unchanged))
    else:
        against.append(Evidence("impact", f"no more is asked than before: {figures}"))
