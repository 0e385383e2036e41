"""Collecting all tests while nothing runs, so that the next save's run begins with the first test."""

from __future__ import annotations

import contextlib

from workbench.engine.jobs import Job
from workbench.engine.known_python import KnownPython
from workbench.engine.runs import REFUSALS, ready, testing_of
from workbench.engine.services import Services
from workbench.engine.test_settings import TestSettings
from workbench.engine.testing import TestPlan
from workbench.engine.warm import Warm


class Ahead:
    """Makes the template of ``warm`` (see :class:`Warm`), where the settings ask for one."""

    def __init__(self, services: Services, python: KnownPython, warm: Warm) -> None:
        self._services = services
        self._python = python
        self._warm = warm
        self._job: Job | None = None

    def start(self) -> Job:
        """Make it, unless it is being made, or the latest run was forked off the one that there is."""
        if self._job is None or not self._job.running:
            self._job = self._services.jobs.start("tests collected ahead", self._collect())
        return self._job

    async def _collect(self) -> None:
        settings, warm = TestSettings.of(self._services.config), self._warm
        if not settings.swap or (warm.tree and not warm.unswapped):
            return
        with contextlib.suppress(*REFUSALS):
            first = await ready(self._services, self._python)
            if first.tree:
                root, interpreter = self._services.repository.root, first.interpreter
                plan = TestPlan(root, first.tree, interpreter, packages=interpreter.copies, options=settings.options)
                await testing_of(self._services, first, warm).collect(plan)
