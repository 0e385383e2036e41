"""Watching a deploy: the plan's triggers evaluated live against followed logs and, where given, Prometheus."""

from __future__ import annotations

import json
import math
import urllib.parse
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from workbench.analysis.logs.digest.digest import Digest
from workbench.analysis.logs.scan.table import Table
from workbench.analysis.plan.before import in_log, in_report
from workbench.analysis.plan.watching import Course
from workbench.case.plan import Plan, Trigger, Watched
from workbench.case.state import CaseState
from workbench.engine.logs.following import Follower
from workbench.engine.logs.tally import Tally
from workbench.engine.planning.available import base_of, fetched
from workbench.engine.views import merged


class Monitor:
    """The triggers of ``plan`` on the logs that ``follower`` follows and on Prometheus at ``metrics``.

    What ``follower`` has read already is the time before. ``problem`` says why Prometheus last gave nothing.
    """

    def __init__(self, plan: Plan, state: CaseState, follower: Follower, metrics: str = "") -> None:
        self._follower = follower
        self._state = state
        self._metrics = base_of(metrics) if metrics else ""
        self.problem = ""
        table, said = follower.table(), follower.digest()
        asked = (each.query.partition(":") for each in plan.triggers if each.source != "prometheus")
        self._tally = Tally(follower, (name for kind, _, name in asked if kind == "error"), said)
        self.courses = [Course(each, self._before(each, table, said)) for each in plan.triggers]

    def look(self, now: datetime) -> list[Watched]:
        """Take in what came, and say where every trigger stands. Blocking: call it in a thread."""
        self._follower.take()
        self._tally.settle()
        at = now.timestamp()
        for course in self.courses:
            if course.trigger.source == "prometheus":
                for value in self._asked(course.trigger.query):
                    course.put(at, value)
            else:
                course.add(at, *self._counted(course.trigger.query))
        return [course.seen(now) for course in self.courses]

    def _before(self, trigger: Trigger, table: Table, said: Digest) -> float | None:
        """The same figure over a window as long before the deploy: of the logs where they hold it, else of the case."""
        if trigger.source == "prometheus":
            return next(self._asked(trigger.query), None)
        found = in_log(trigger, table, said)
        return found if found is not None else in_report(trigger, merged(self._state))

    def _counted(self, query: str) -> tuple[int, int]:
        """Running totals of what a query asks of logs: its events, and the requests (or records) that they are of."""
        kind, _, name = query.partition(":")
        return self._tally.statuses(name[:1]) if kind == "status" else self._tally.events(name)

    def _asked(self, query: str) -> Iterator[float]:
        """The value of a query now; nothing where there is no Prometheus or it has none."""
        if not self._metrics:
            return
        try:
            url = f"{self._metrics}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
            result = json.loads(fetched(url))["data"]["result"]
            values = [float(each["value"][1]) for each in result]
            self.problem = ""
        except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
            self.problem = f"Prometheus gave no answer: {error}"
            return
        finite = [value for value in values if math.isfinite(value)]
        if finite:
            yield max(finite)


def commands_of(plan: Plan, watched: Sequence[Watched]) -> tuple[str, ...]:
    """The rehearsed commands when a trigger tripped; nothing when none did or nothing was rehearsed."""
    tripped = any(each.state == "tripped" for each in watched)
    return plan.rollback.commands if tripped and plan.rollback.status == "rehearsed" else ()


def now() -> datetime:
    """The time."""
    return datetime.now(UTC)
