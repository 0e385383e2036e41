"""What each function of the checkout answers for: its own weight, and that of the libraries that it calls."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from workbench.api import Checkout, Frame, RawFrame
from workbench_profiles.model import At, RawProfile
from workbench_profiles.read import read_profile

Spot = tuple[str, str]
"""A file of the checkout and a function in it."""


@dataclass
class Charged:
    """``lines`` weigh the lines of the function, ``beneath`` the outside functions that the weight lies in."""

    weight: float = 0.0
    lines: defaultdict[int, float] = field(default_factory=lambda: defaultdict(float))
    beneath: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


@dataclass
class Profile:
    """A profile on the checkout. ``calls`` counts calls by the calling function of ours and what it calls, ``times``
    how often that function itself ran; ``outside`` is weight that no function of ours answers for."""

    name: str
    format: str
    unit: str
    total: float
    outside: float
    spots: dict[Spot, Charged]
    calls: dict[tuple[Spot, str], int]
    times: dict[Spot, int]


def charge(repo: str, paths: Sequence[str], path: str) -> list[Profile]:
    """For a worker: the profile at ``path`` on the files ``paths``. Raises ProfileError."""
    raw = read_profile(path)
    find = _finder(repo, paths, raw)
    spots: defaultdict[Spot, Charged] = defaultdict(Charged)
    outside = 0.0
    for stack, weight in raw.stacks.items():
        depth = next((n for n in range(len(stack) - 1, -1, -1) if find(stack[n]) is not None), None)
        if depth is None:
            outside += weight
            continue
        frame = find(stack[depth])
        assert frame is not None
        spot = spots[frame.path, frame.function]
        spot.weight += weight
        spot.lines[frame.line] += weight
        if depth + 1 < len(stack):
            spot.beneath[outside_name(stack[depth + 1 :])] += weight
    calls: Counter[tuple[Spot, str]] = Counter()
    for (caller, callee), count in raw.calls.items():
        frame = find(caller)
        if frame is not None:
            calls[(frame.path, frame.function), _called(callee)] += count
    times: Counter[Spot] = Counter()
    for at, count in raw.times.items():
        frame = find(at)
        if frame is not None:
            times[frame.path, frame.function] += count
    return [Profile(Path(path).name, raw.format, raw.unit, raw.total, outside, dict(spots), dict(calls), dict(times))]


def outside_name(frames: Iterable[At]) -> str:
    """``package: function`` of the last of the frames that stands in a file, the built-in's name where none does."""
    known = list(frames)
    last = next((frame for frame in reversed(known) if frame.file), known[-1])
    return _called(last) if last.file else last.function


def _called(at: At) -> str:
    if not at.file:
        return at.function.strip("<>").replace("built-in method ", "").replace("method ", "")
    file = at.file.replace("\\", "/")
    for mark in ("site-packages/", "dist-packages/"):
        if mark in file:
            package = file.rpartition(mark)[2].split("/")[0].removesuffix(".py")
            return f"{package}: {at.function or at.line}"
    return f"{file.rpartition('/')[2]}: {at.function or at.line}"


def _finder(repo: str, paths: Sequence[str], raw: RawProfile) -> Callable[[At], Frame | None]:
    names = {at.file.replace("\\", "/").rpartition("/")[2] for stack in raw.stacks for at in stack}
    names |= {at.file.replace("\\", "/").rpartition("/")[2] for pair in raw.calls for at in pair}
    checkout = Checkout([path for path in paths if path.rpartition("/")[2] in names], lambda path: _lines(repo, path))

    @lru_cache(maxsize=100_000)
    def find(at: At) -> Frame | None:
        if not at.file:
            return None
        frame = checkout.frame(RawFrame(at.file, at.line, at.function or "<module>"))
        if not frame.mapped:
            return None
        function = at.function.rpartition(".")[2] or _function_at(repo, frame.path, frame.line)
        return Frame(frame.path, frame.line, function, True)

    return find


@lru_cache(maxsize=200)
def _lines(repo: str, path: str) -> Sequence[str]:
    try:
        return (Path(repo) / path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()


@lru_cache(maxsize=10_000)
def _function_at(repo: str, path: str, line: int) -> str:
    """The name of the innermost function around a line, for formats that give none."""
    try:
        tree = ast.parse("\n".join(_lines(repo, path)))
    except (SyntaxError, ValueError, RecursionError):
        return "<module>"
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno).name if around else "<module>"
