"""One test on one commit after the other: carried along, judged by its outcome or what it measures, and remembered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path, PurePosixPath

from workbench.analysis.bisection import Trial
from workbench.analysis.proof import first_line, same_reason
from workbench.case.errors import GitError
from workbench.case.testing import Raised
from workbench.engine.proof.sides import failures, results_of, spoiled
from workbench.engine.proof.turns import TURNS, belongs, limited
from workbench.engine.proof.workshop import Ran, Workshop
from workbench.engine.repo.trees import Trees

MEASURED = 3
"""Runs whose median duration counts."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the test said on a commit, why in words, and what was measured (seconds, or the number that it records)."""

    trial: Trial
    reason: str
    value: float = 0.0


OUTCOME, SECONDS = "outcome", "seconds"
"""What a commit is judged by, beside the name of a number that the test records."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, and its values on the good and the bad commit; a value beyond their middle is bad."""

    name: str
    good: float
    bad: float

    @property
    def ratio(self) -> float:
        """How many times the good commit's value the bad one's is; 0 where the good one's is not positive."""
        return self.bad / self.good if self.good > 0 else 0.0

    def judged(self, value: float) -> Tried:
        """What a commit with that value is. The middle is the geometric one, as ratios count."""
        positive = min(self.good, self.bad) > 0
        middle = sqrt(self.good * self.bad) if positive else (self.good + self.bad) / 2
        bad = value > middle if self.bad > self.good else value < middle
        ratio = f" ({value / self.good:.3g} times the good commit's)" if self.good > 0 else ""
        said = f"takes {value:.3g} s" if self.name == SECONDS else f"{self.name} is {value:.6g}"
        return Tried(Trial.BAD if bad else Trial.GOOD, said + ratio, value)


class Memory:
    """What was tried, in a file that outlives the program: a search that was stopped goes on where it was."""

    def __init__(self, folder: Path, *key: str) -> None:
        self._path = folder / f"{hashlib.sha256(chr(0).join(key).encode()).hexdigest()[:24]}.json"
        self._known: dict[str, Tried] = {}

    def load(self) -> None:
        """Read what is there; a file that cannot be read is as none. Blocking."""
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))
            self._known = {name: Tried(Trial(said[0]), str(said[1]), float(said[2])) for name, said in raw.items()}
        except (OSError, ValueError, TypeError, IndexError, AttributeError):
            self._known = {}

    def get(self, commit: str) -> Tried | None:
        """What is known of a commit."""
        return self._known.get(commit)

    def put(self, commit: str, tried: Tried) -> None:
        """Remember it, on the disk. Blocking."""
        self._known[commit] = tried
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps({name: [each.trial, each.reason, each.value] for name, each in self._known.items()})
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._path)


class Bench:
    """Runs one test of the tree ``home`` on commits. ``raised`` is how it fails where it is bad; with ``measure`` a run
    that passes is judged by the median of that."""

    def __init__(self, workshop: Workshop, trees: Trees, home: str, test: str, racy: bool, memory: Memory) -> None:
        self._workshop = workshop
        self._trees = trees
        self._home = home
        self._test = test
        self._racy = racy
        self._memory = memory
        self._carried = carried_paths(test, trees.paths(home))
        self.raised: Raised | None = None
        self.measure: Measure | None = None

    async def run(self, commit: str, times: int = 1) -> list[Ran]:
        """Run the test there, as it stands in ``home``. Raises GitError."""
        tree = await asyncio.to_thread(self._with_test, commit)
        env = limited(self._workshop, TURNS) if self._racy else None
        return [await self._workshop.trial(tree, [self._test], env) for _ in range(times)]

    async def judge(self, commit: str) -> tuple[Tried, bool]:
        """What the test says of a commit, and whether that was remembered."""
        known = self._memory.get(commit)
        if known is not None and (self.measure is None or known.trial is Trial.SKIP):
            return known, True
        if known is not None and self.measure is not None:
            return self.measure.judged(known.value), True
        try:
            runs = await self.run(commit, MEASURED if self.measure is not None else 1)
        except GitError as error:
            return Tried(Trial.SKIP, f"cannot be checked out: {error}"), False
        tried = self._judged(runs)
        await asyncio.to_thread(self._memory.put, commit, tried)
        return tried, False

    def _judged(self, runs: Sequence[Ran]) -> Tried:
        for ran in runs:
            problem = spoiled(self._test, ran)
            if problem:
                return Tried(Trial.SKIP, problem)
            failed = failures(self._test, ran)
            if failed:
                said = first_line(failed[0].message) or failed[0].outcome.value
                same = same_reason(self.raised, ran.finished.tracker.raised.get(failed[0].id))
                if self.measure is None and same and self.raised is not None:
                    return Tried(Trial.BAD, said)
                return Tried(Trial.SKIP, f"fails for another reason: {said}")
        if self.measure is None:
            return Tried(Trial.GOOD, "passes")
        value = value_of(self._test, runs, self.measure.name)
        if value is None:
            return Tried(Trial.SKIP, f"records no {self.measure.name} there")
        return self.measure.judged(value)

    def _with_test(self, commit: str) -> str:
        return self._trees.overlay(self._trees.tree_of(commit), self._home, self._carried)


def value_of(test: str, runs: Sequence[Ran], name: str) -> float | None:
    """The median over ``runs`` of what ``test`` took or recorded, summed over its parameters; None where it recorded
    nothing of that name."""
    if name == SECONDS:
        return statistics.median(sum(result.seconds for result in results_of(test, ran)) for ran in runs)
    found = []
    for ran in runs:
        recorded = ran.finished.tracker.measured
        values = [each[name] for ident, each in recorded.items() if belongs(test, ident) and name in each]
        if not values:
            return None
        found.append(sum(values))
    return statistics.median(found)


def carried_paths(test: str, paths: Sequence[str]) -> tuple[str, ...]:
    """The test's file with the ``conftest.py`` and ``__init__.py`` of its folders: what the test is."""
    file = PurePosixPath(test.split("::")[0])
    folders = {str(folder) for folder in file.parents if str(folder) != "."}
    beside = {f"{folder}/{name}" for folder in folders for name in ("conftest.py", "__init__.py")}
    return tuple(path for path in paths if path == str(file) or path in beside or path == "conftest.py")


def counted(tried: Mapping[str, Tried]) -> str:
    """How many commits said what."""
    parts = [(sum(each.trial is trial for each in tried.values()), trial.value) for trial in Trial]
    return ", ".join(f"{n} {name}" for n, name in parts if n)
