"""Which parts of a change are needed to make tests pass, by delta debugging on worktrees."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from workbench.analysis.ddmin import ddmin
from workbench.analysis.diffs import Diff, Selection, decode_diff, encode_diff, format_diff, parse_diff, subset
from workbench.analysis.diffs.model import FileDiff, FileStatus
from workbench.analysis.diffs.select import all_of_file, lines_of_hunk
from workbench.case.errors import GitError
from workbench.engine.repo.trees import Trees

T = TypeVar("T")

TRIALS = 40
"""Trials of one search at most."""

SECONDS = 60.0
"""After which a search begins no more trials."""

WIDTH = 2
"""Trials under way at once."""

Passes = Callable[[str], Awaitable[bool]]
"""Whether the tests pass on a tree."""


@dataclass(frozen=True, slots=True)
class Part:
    """One hunk of a change, or a file that came, went, is binary; ``label`` is ``path:first-last`` of the new side."""

    path: str
    label: str
    selection: Selection


@dataclass(frozen=True, slots=True)
class Needed:
    """The parts found needed, of how many; ``minimal`` when none of them can be spared."""

    parts: tuple[Part, ...]
    of: int
    minimal: bool


class Parts:
    """The parts of the change between two trees, and the trees that some of them make. Blocking."""

    def __init__(self, trees: Trees, without: str, head: str) -> None:
        self._trees = trees
        self._without = without
        self._diff = parse_diff(decode_diff(trees.diff(without, head, "-U1")))
        self.parts = tuple(parts_of(self._diff))

    def tree(self, parts: Sequence[Part]) -> str:
        """The tree without the fix but with ``parts``. Raises GitError where they do not stand by themselves."""
        if not parts:
            return self._without
        selection = Selection()
        for part in parts:
            selection |= part.selection
        patch = format_diff(subset(self._diff, selection))
        return self._trees.with_patch(self._without, encode_diff(patch))


async def search(
    parts: Parts,
    passes: Passes,
    told: Callable[[int], None] = lambda trials: None,
    trials: int = TRIALS,
    seconds: float = SECONDS,
) -> Needed:
    """The parts that make the tests pass: whole files are left out first, then hunks. All of them together must pass.

    ``told`` gets how many trials were made. Ends early, with what is known by then, after ``trials`` or ``seconds``.
    """
    trial = _Trials(parts, passes, told, trials, perf_counter() + seconds)
    known: tuple[Part, ...] = parts.parts
    code = tuple(part for part in known if part.path.endswith(".py"))
    if code and len(code) < len(known) and await trial.first([code]) == 0:
        known = code
    files = tuple(dict.fromkeys(part.path for part in known))

    def of(paths: Sequence[str]) -> tuple[Part, ...]:
        return tuple(part for part in known if part.path in paths)

    kept = await _drive(files, trial, of)
    known = of(kept)
    found = await _drive(known, trial, tuple)
    return Needed(found, len(parts.parts), trial.left)


async def _drive(
    items: tuple[T, ...], trial: _Trials, parts_of: Callable[[Sequence[T]], tuple[Part, ...]]
) -> tuple[T, ...]:
    steps = ddmin(items)
    best = items
    try:
        candidates = next(steps)
        while True:
            chosen = await trial.first([parts_of(candidate) for candidate in candidates])
            if chosen is not None:
                best = candidates[chosen]
            if not trial.left:
                return best
            candidates = steps.send(chosen)
    except StopIteration as end:
        result: tuple[T, ...] = end.value
        return result


class _Trials:
    """Tries candidates, WIDTH at once, none of them twice. ``left`` is False once there was no more time for one."""

    def __init__(self, parts: Parts, passes: Passes, told: Callable[[int], None], trials: int, until: float) -> None:
        self._parts = parts
        self._passes = passes
        self._told = told
        self._limit = trials
        self._until = until
        self._known: dict[tuple[str, ...], bool] = {}
        self.left = True

    async def first(self, candidates: Sequence[tuple[Part, ...]]) -> int | None:
        """The number of the first candidate that passes."""
        for start in range(0, len(candidates), WIDTH):
            if len(self._known) >= self._limit or perf_counter() > self._until:
                self.left = False
                return None
            several = candidates[start : start + WIDTH]
            passed = await asyncio.gather(*(self._try(candidate) for candidate in several))
            if any(passed):
                return start + passed.index(True)
        return None

    async def _try(self, candidate: tuple[Part, ...]) -> bool:
        key = tuple(part.label for part in candidate)
        if key not in self._known:
            try:
                tree = await asyncio.to_thread(self._parts.tree, candidate)
                self._known[key] = await self._passes(tree)
            except GitError:
                self._known[key] = False
            self._told(len(self._known))
        return self._known[key]


def parts_of(diff: Diff) -> Iterator[Part]:
    """The parts that a change is made of."""
    for number, file in enumerate(diff.files):
        if file.status is not FileStatus.MODIFIED or file.binary or not file.hunks:
            yield Part(file.path, file.path, all_of_file(diff, number))
            continue
        if file.mode_changed:
            yield Part(file.path, f"{file.path} (mode)", Selection(headers=frozenset([number])))
        for at in range(len(file.hunks)):
            yield Part(file.path, _label(file, at), lines_of_hunk(diff, number, at))


def _label(file: FileDiff, at: int) -> str:
    hunk = file.hunks[at]
    lines = [new for _, new, line in hunk.numbered() if line.sign != " "]
    first, last = min(lines), max(lines)
    return f"{file.path}:{first}" + (f"-{last}" if last > first else "")


def named_part(diff: Diff, labels: Sequence[str]) -> Selection:
    """What of ``diff`` the labels of parts name, however many lines of context it was made with."""
    chosen = Selection()
    for number, file in enumerate(diff.files):
        spans = [span for label in labels for span in _span(file, label)]
        if file.path in labels:
            chosen |= all_of_file(diff, number)
        if f"{file.path} (mode)" in labels:
            chosen |= Selection(headers=frozenset([number]))
        chosen |= Selection(
            frozenset(
                (number, at, place)
                for at, hunk in enumerate(file.hunks)
                for place, (_, new, line) in enumerate(hunk.numbered())
                if line.sign != " " and any(first <= new <= last for first, last in spans)
            )
        )
    return chosen


def _span(file: FileDiff, label: str) -> Iterator[tuple[int, int]]:
    """First and last line of the new side that a label of this file names."""
    path, _, lines = label.rpartition(":")
    first, _, last = lines.partition("-")
    if path == file.path and first.isdigit():
        yield int(first), int(last or first)
