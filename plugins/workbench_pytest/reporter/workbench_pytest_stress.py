"""Runs of a test that are to differ: a seed of its own for each turn, tests in another order, and delays if asked."""

from __future__ import annotations

import os
import random
import sys
from importlib import import_module
from typing import Any

import pytest

SWITCH = 1e-5
"""Seconds after which Python may switch threads; its own choice is 0.005."""


class Stress:
    """Turn n of a test has the seed ``seed`` + n: of ``random``, and of the delays."""

    def __init__(self, seed: int, perturber: Any) -> None:
        self._first = seed
        self._perturber = perturber
        self._turns: dict[str, int] = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: Any) -> None:
        """In another order, by the seed."""
        random.Random(self._first).shuffle(items)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """A turn begins."""
        self._turns[nodeid] = self._turns.get(nodeid, -1) + 1

    def _seed(self, nodeid: str) -> int:
        return self._first + max(0, self._turns.get(nodeid, 0))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: Any) -> Any:
        """Around the test itself, its fixtures aside."""
        interval = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH)
        random.seed(self._seed(item.nodeid))
        if self._perturber is not None:
            self._perturber.begin(self._seed(item.nodeid))
        yield
        if self._perturber is not None:
            self._perturber.end()
        sys.setswitchinterval(interval)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: Any, call: Any) -> Any:
        """With what failed say its seed, and the interleaving."""
        outcome = yield
        report = outcome.get_result()
        if call.when == "call" and report.failed:
            report.sections.append(("seed", str(self._seed(item.nodeid))))
            if self._perturber is not None and self._perturber.steps:
                report.sections.append(("interleaving", self._perturber.interleaving()))


def register(config: Any) -> None:
    """Take part in the run when WORKBENCH_SEED asks for it."""
    seed = os.environ.get("WORKBENCH_SEED")
    if seed:
        perturber = import_module("workbench_pytest_perturb").from_environment(os.getcwd())
        config.pluginmanager.register(Stress(int(seed), perturber), "workbench_stress")
