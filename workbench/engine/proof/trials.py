"""One test on one commit after the other: carried along, judged by its outcome or its duration, and remembered."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from workbench.analysis.bisection import Trial
from workbench.analysis.proof import first_line, same_reason
from workbench.case.errors import GitError
from workbench.case.testing import Raised
from workbench.engine.proof.sides import TURNS, failures, results_of, spoiled
from workbench.engine.proof.workshop import Ran, Workshop
from workbench.engine.repo.trees import Trees

MEASURED = 3
"""Runs whose median duration counts."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What the test said on a commit, why in words, and its duration in seconds (0 where it did not run)."""

    trial: Trial
    reason: str
    seconds: float = 0.0


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
        text = json.dumps({name: [each.trial, each.reason, each.seconds] for name, each in self._known.items()})
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        beside.write_text(text, encoding="utf-8")
        beside.replace(self._path)


class Bench:
    """Runs one test of the tree ``home`` on commits. ``raised`` is how it fails where it is bad; with ``limit``
    (seconds) a run that passes is bad when its median takes longer."""

    def __init__(self, workshop: Workshop, trees: Trees, home: str, test: str, racy: bool, memory: Memory) -> None:
        self._workshop = workshop
        self._trees = trees
        self._home = home
        self._test = test
        self._racy = racy
        self._memory = memory
        self._carried = carried_paths(test, trees.paths(home))
        self.raised: Raised | None = None
        self.limit: float | None = None

    async def run(self, commit: str, times: int = 1) -> list[Ran]:
        """Run the test there, as it stands in ``home``. Raises GitError."""
        tree = await asyncio.to_thread(self._with_test, commit)
        env = {"WORKBENCH_REPEAT": str(TURNS)} if self._racy else None
        return [await self._workshop.trial(tree, [self._test], env) for _ in range(times)]

    async def judge(self, commit: str) -> tuple[Tried, bool]:
        """What the test says of a commit, and whether that was remembered."""
        known = self._memory.get(commit)
        if known is not None and (self.limit is None or known.trial is Trial.SKIP):
            return known, True
        if known is not None:
            return self._measured(known.seconds), True
        try:
            runs = await self.run(commit, MEASURED if self.limit is not None else 1)
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
                if self.limit is None and same and self.raised is not None:
                    return Tried(Trial.BAD, said)
                return Tried(Trial.SKIP, f"fails for another reason: {said}")
        if self.limit is not None:
            return self._measured(seconds_of(self._test, runs))
        return Tried(Trial.GOOD, "passes")

    def _measured(self, seconds: float) -> Tried:
        assert self.limit is not None
        slow = seconds > self.limit
        return Tried(Trial.BAD if slow else Trial.GOOD, f"takes {seconds:.3g} s", seconds)

    def _with_test(self, commit: str) -> str:
        return self._trees.overlay(self._trees.tree_of(commit), self._home, self._carried)


def seconds_of(test: str, runs: Sequence[Ran]) -> float:
    """The median duration of ``test`` in ``runs``."""
    return statistics.median(sum(result.seconds for result in results_of(test, ran)) for ran in runs)


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
