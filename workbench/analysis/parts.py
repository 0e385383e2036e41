"""Tests in parts that run beside each other, balanced by what they took before, and the one run that these are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from workbench.analysis.testruns import Entered, Tracker
from workbench.case.enums import RunStatus
from workbench.case.model import TestRun

LEAST = 0.4
"""Seconds of tests from which on a second process is worth what it costs to set it up."""

GAIN = 0.85
"""The biggest part must take at most this share of the whole: else one process does as well."""


def parted(
    tests: Sequence[str], seconds: Callable[[str], float], shares: Collection[str], most: int
) -> tuple[tuple[str, ...], ...]:
    """``tests`` (node ids or files) in at most ``most`` parts, each in the order in which it was given; one part where
    more gain nothing.

    ``seconds`` is what a test took. Tests of one file stay together, so that what their module sets up is set up once;
    files in ``shares`` touch what is outside of their process and all go into one part. Longest first to whoever has
    least (Graham, 1969): at most a third longer than the best there is.
    """
    groups: dict[str, list[str]] = {}
    for test in tests:
        file = test.partition("::")[0]
        groups.setdefault("" if file in shares else file, []).append(test)
    weights = {name: sum(map(seconds, group)) for name, group in groups.items()}
    whole, many = sum(weights.values()), min(most, len(groups))
    if "" in shares or many < 2 or whole < LEAST:
        return (tuple(tests),)
    loads, part = [0.0] * many, dict[str, int]()
    for name in sorted(groups, key=lambda name: (-weights[name], name)):
        part[name] = min(range(many), key=loads.__getitem__)
        loads[part[name]] += weights[name]
    if max(loads) > GAIN * whole:
        return (tuple(tests),)
    found: list[list[str]] = [[] for _ in range(many)]
    for name, group in groups.items():
        found[part[name]] += group
    return tuple(tuple(group) for group in found if group)


_WORST = (RunStatus.ERROR, RunStatus.TIMED_OUT, RunStatus.CANCELLED, RunStatus.NO_TESTS, RunStatus.FAILED)


def joined(runs: Sequence[TestRun], trackers: Sequence[Tracker], tests: Sequence[str]) -> tuple[TestRun, Tracker]:
    """The one run of ``tests`` that all parts of it are, and its tracker: as bad as the worst of them.

    A part of which the project's own options leave out every test is none.
    """
    left_out = [not run.results and tracker.deselected > 0 for run, tracker in zip(runs, trackers, strict=True)]
    counted = runs if all(left_out) else [run for run, out in zip(runs, left_out, strict=True) if not out]
    worst = min(counted, key=lambda run: _WORST.index(run.status) if run.status in _WORST else len(_WORST))
    whole = Tracker(finished=all(tracker.finished for tracker in trackers))
    entered = Entered()
    for tracker in trackers:
        whole.results |= tracker.results
        whole.raised |= tracker.raised
        whole.modules |= tracker.modules
        whole.libraries |= tracker.libraries
        whole.missed |= tracker.missed
        whole.racy |= tracker.racy
        whole.measured |= tracker.measured
        whole.collected += tracker.collected
        whole.deselected += tracker.deselected
        entered.codes |= tracker.entered.codes
        entered.problem = entered.problem or tracker.entered.problem
        entered.calls |= tracker.entered.calls  # each process has numbers of its own
        for test, numbers in tracker.entered.tests.items():
            entered.tests.setdefault(test, set()).update(numbers)
    whole.entered = entered
    return replace(
        runs[0],
        status=worst.status,
        seconds=max(run.seconds for run in runs),
        results=tuple(whole.results.values()),
        selected=", ".join(tests),
        message=worst.message,
    ), whole
