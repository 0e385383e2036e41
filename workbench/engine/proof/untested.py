"""What stands in the place of a test runner where none serves a repository: every run of it says why."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

from workbench.analysis.testruns import Tracker
from workbench.case.enums import RunStatus
from workbench.case.model import TestRun
from workbench.engine.testing import Finished, Seen, Testing, TestPlan


class Untested(Testing):
    """Runs nothing: a run is an error that says ``why``, so that what needs tests is inconclusive and the rest goes
    on."""

    def __init__(self, why: str) -> None:
        self._why = why

    async def run(self, plan: TestPlan, seen: Seen = lambda result: None) -> Finished:
        run = TestRun(
            id=secrets.token_hex(6),
            tree=plan.tree,
            environment=plan.interpreter.environment,
            status=RunStatus.ERROR,
            seconds=0.0,
            results=(),
            message=self._why,
            at=datetime.now(UTC),
        )
        return Finished(run, Tracker())
