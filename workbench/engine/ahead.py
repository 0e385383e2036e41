"""Collecting all tests while nothing runs, so that the next save's run begins with the first test."""

from __future__ import annotations

import contextlib
from time import perf_counter

from workbench.engine.jobs import Job
from workbench.engine.known_python import KnownPython
from workbench.engine.ready import ready, testing_of
from workbench.engine.runs import REFUSALS
from workbench.engine.services import Services
from workbench.engine.test_settings import TestSettings
from workbench.engine.testing import TestPlan
from workbench.engine.warm import Warm

REST = 20.0
"""Times what a collection took that none is tried after one that made no template: each time twice as long."""

LONGEST_REST = 600.0
"""Seconds of that at most: a machine that was busy may be so no more."""


class Ahead:
    """Makes the template of ``warm`` (see :class:`Warm`), unless the settings say not to."""

    def __init__(self, services: Services, python: KnownPython, warm: Warm) -> None:
        self._services = services
        self._python = python
        self._warm = warm
        self._job: Job | None = None
        self._in_vain = 0
        self._not_before = 0.0

    def start(self) -> Job:
        """Make it, unless it is being made, the latest run was forked off the one that there is, or there was none to
        be had a short while ago."""
        if self._job is None or not self._job.running:
            self._job = self._services.jobs.start("tests collected ahead", self._collect())
        return self._job

    async def _collect(self) -> None:
        settings, warm = TestSettings.of(self._services.config), self._warm
        began = perf_counter()
        if not settings.swap or (warm.tree and not warm.unswapped) or began < self._not_before:
            return
        with contextlib.suppress(*REFUSALS):
            first = await ready(self._services, self._python)
            if first.tree:
                root, interpreter = self._services.repository.root, first.interpreter
                plan = TestPlan(root, first.tree, interpreter, packages=interpreter.copies, options=settings.options)
                await testing_of(self._services, first, warm).collect(plan)
                self._learn(perf_counter() - began)

    def _learn(self, seconds: float) -> None:
        self._not_before = (
            0.0 if self._warm.tree else perf_counter() + min(REST * seconds * 2**self._in_vain, LONGEST_REST)
        )
        self._in_vain = 0 if self._warm.tree else self._in_vain + 1
