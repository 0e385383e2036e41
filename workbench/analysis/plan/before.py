"""What a trigger's figure was before the deploy, over a window of the same length. Pure."""

from __future__ import annotations

import math
from typing import Protocol

from workbench.analysis.logs.digest.digest import Digest
from workbench.analysis.logs.digest.times import inside
from workbench.analysis.logs.scan.table import Table
from workbench.case.logs import Impact, LogError
from workbench.case.plan import Trigger


class Report(Protocol):
    """What the case knows of the logs."""

    @property
    def impact(self) -> Impact | None:
        """Failed requests and users."""
        ...

    @property
    def errors(self) -> tuple[LogError, ...]:
        """The errors."""
        ...


def in_log(trigger: Trigger, table: Table, said: Digest) -> float | None:
    """The figure over the last window of the logs; None where they have no times, or no request in that window."""
    if table.end is None:
        return None
    start = table.end - trigger.window
    kind, _, name = trigger.query.partition(":")
    if kind == "status":
        requests = failed = 0.0
        for each in table.segments:
            share = inside(each.start, each.end, start, math.inf)
            requests, failed = requests + share * each.requests, failed + share * each.failed
        return failed / requests if requests >= 1 else None
    rows = [row for each in said.error_of.values() if name in (each.fingerprint, each.id) for row in each.rows]
    unique = {id(row): row for row in rows}.values()
    return float(sum(row.stride * sum(at > start for at in row.times) for row in unique))


def in_report(trigger: Trigger, report: Report) -> float | None:
    """The same as the case recorded it: the share of failed requests, the mean count of the error per window."""
    kind, _, name = trigger.query.partition(":")
    if kind == "status":
        return report.impact.share if report.impact else None
    found = [error for error in report.errors if name in (error.fingerprint, error.id)]
    return sum(_per_window(error, trigger.window) for error in found) if found else None


def _per_window(error: LogError, window: float) -> float:
    if error.first_seen is None or error.last_seen is None:
        return float(error.count)
    return error.count / max(1.0, (error.last_seen - error.first_seen).total_seconds() / window)
