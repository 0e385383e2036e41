"""What the logs say of the damage: failed requests of all requests, the users named, whether it is rising."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.logs.before.trend import Window
from workbench.analysis.logs.digest.answers import answers
from workbench.analysis.logs.digest.events import Gathered
from workbench.analysis.logs.digest.onset import Verdict
from workbench.analysis.logs.digest.times import inside, sparkline
from workbench.analysis.logs.scan.stretches import Segment
from workbench.analysis.logs.scan.table import Table
from workbench.analysis.statistics import fisher_exact_greater
from workbench.case.enums import Trend
from workbench.case.logs import Impact

_RISING = 0.05
_LARGEST = 5000


def impact(
    table: Table, errors: Sequence[Gathered], verdicts: Sequence[Verdict], place: Window | None = None
) -> Impact | None:
    """Failed requests are answers of 5xx, and those that ended in an exception which nobody caught where no answer
    tells of them; users are those that new and risen errors name. None where not told.

    ``place`` is the time since the onset and what it is compared with.
    """
    statuses = answers(table)
    told = statuses.total()
    answered = sum(count for status, count in statuses.items() if status.startswith("5"))
    users: set[str] = set()
    for error, verdict in zip(errors, verdicts, strict=True):
        if verdict.trend in (Trend.NEW, Trend.RISEN):
            users = users.union(*(row.users for row in error.rows))
    if not told and not users:
        return None
    untold = max(sum(error.unhandled for error in errors) - answered, 0) if told else 0
    failed, requests = answered + untold, told + untold
    times = [at for row in table.failures.values() for at in row.times]
    return Impact(
        failed=failed if requests else None,
        requests=requests or None,
        share=failed / requests if requests else None,
        of=f"{requests} requests" if requests else "",
        users=len(users) or None,
        rising=_rising(table) if answered else None,
        sparkline=sparkline(times, table.start, table.end),
        pace=_pace(table.segments, place, told / table.statuses.total()) if requests and place else None,
    )


def _pace(segments: Sequence[Segment], place: Window, told: float) -> tuple[float, float] | None:
    """Requests a second before and since the onset: of a stretch that holds a bound, by length.

    ``told`` is the share of those that the stretches count which are told of once."""
    before = sum(each.requests * inside(each.start, each.end, a, b) for a, b in place.before for each in segments)
    since = sum(each.requests * inside(each.start, each.end, place.start, place.end) for each in segments)
    if place.before_length <= 0:
        return None
    return told * before / place.before_length, told * since / place.length


def _rising(table: Table) -> bool | None:
    """Whether the last quarter of the time fails more than the one before it (Fisher's exact test)."""
    if table.start is None or table.end is None or table.end <= table.start:
        return None
    quarter = (table.end - table.start) / 4
    counts = [[0, 0], [0, 0]]
    for segment in table.segments:
        middle = (segment.start + segment.end) / 2
        at = int((table.end - middle) // quarter)
        if segment.start > 0 and 0 <= at < 2:
            counts[at][0] += segment.failed
            counts[at][1] += segment.requests
    (late, of_late), (early, of_early) = counts
    if not of_late or not of_early:
        return None
    scale = max(1, (of_late + of_early) // _LARGEST)
    return fisher_exact_greater(late // scale, of_late // scale, early // scale, of_early // scale) < _RISING
