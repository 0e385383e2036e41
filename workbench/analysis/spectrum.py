"""Finding the fault from tests: which functions failing tests enter and passing ones do not. Pure.

The score is Ochiai's coefficient (Abreu, Zoeteweij, van Gemund, "An Evaluation of Similarity Coefficients for Software
Fault Localization", PRDC 2006), joined by where on the failing tests' tracebacks a function stands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from workbench.case.code import Boost
from workbench.case.signals import Signal

TRACE = 0.5
"""What the innermost frame of every failing test counts against a perfect coefficient."""

FADE = 0.7
"""What a frame counts of the one inside it."""

MOST = 30
"""Functions that are told."""

Name = tuple[str, str]
"""(path, key of the block) of a function."""


@dataclass(frozen=True, slots=True)
class Touched:
    """A function at lines ``line`` to ``end_line`` that ``red`` failing and ``green`` passing tests enter; ``trace`` is
    how near to the end of their tracebacks it stands, 0 (on none) to 1 (the innermost frame of all)."""

    path: str
    key: str
    line: int
    end_line: int
    red: int
    green: int
    trace: float = 0.0


@dataclass(frozen=True, slots=True)
class Spectrum:
    """What ``failed`` and ``passed`` tests entered, by file."""

    failed: int = 0
    passed: int = 0
    files: Mapping[str, tuple[Touched, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A function with its coefficient and its score, both 0 to 1."""

    touched: Touched
    ochiai: float
    score: float


def ochiai(red: int, green: int, failed: int) -> float:
    """red / sqrt(failed * (red + green)): 1 for what all failing tests enter and no passing one."""
    return red / sqrt(failed * (red + green)) if red else 0.0


def spectrum_of(
    runs: Iterable[tuple[frozenset[Name], int, int]],
    places: Mapping[Name, tuple[int, int]],
    tracebacks: Sequence[Sequence[Name]],
) -> Spectrum:
    """``runs`` are sets of functions with how many failing and passing tests entered exactly these, ``places`` the
    lines of every function, ``tracebacks`` of failing tests their functions from the outermost to the innermost."""
    red: Counter[Name] = Counter()
    green: Counter[Name] = Counter()
    failed = passed = 0
    for names, bad, good in runs:
        failed, passed = failed + bad, passed + good
        for name in names:
            red[name] += bad
            green[name] += good
    near = _traces(tracebacks, places)
    files: dict[str, list[Touched]] = {}
    for (path, key), (line, end) in places.items():
        name = (path, key)
        if red[name] or green[name] or name in near:
            files.setdefault(path, []).append(
                Touched(path, key, line, end, red[name], green[name], near.get(name, 0.0))
            )
    return Spectrum(failed, passed, {path: tuple(sorted(found, key=_by_line)) for path, found in files.items()})


def suspects(spectrum: Spectrum) -> list[Suspect]:
    """The functions that failing tests enter, most suspect first; of equal ones the longest."""
    found = []
    for touched in (each for functions in spectrum.files.values() for each in functions):
        if touched.red or touched.trace:
            likeness = ochiai(touched.red, touched.green, spectrum.failed) if spectrum.failed else 0.0
            found.append(Suspect(touched, likeness, (likeness + TRACE * touched.trace) / (1 + TRACE)))
    return sorted(found, key=_worst)


def boosts(spectrum: Spectrum, run: str) -> Iterator[Boost]:
    """The most suspect functions as signals of the ranking, with the test run ``run`` as their evidence."""
    for suspect in suspects(spectrum)[:MOST]:
        at = suspect.touched
        said = f"{at.red} of {spectrum.failed} failing and {at.green} of {spectrum.passed} passing tests enter it"
        said += f" (Ochiai {suspect.ochiai:.2f})" + (", on their tracebacks" if at.trace else "")
        yield Boost(at.path, Signal("spectrum", round(suspect.score, 4), said, (run,)), _qualname(at.key), at.line)


def _qualname(key: str) -> str:
    return key.partition("#")[0].replace(".<locals>", "")


def _traces(tracebacks: Sequence[Sequence[Name]], known: Mapping[Name, object]) -> dict[Name, float]:
    near: Counter[Name] = Counter()
    for frames in tracebacks:
        own: dict[Name, float] = {}
        for depth, name in enumerate(name for name in reversed(frames) if name in known):
            own.setdefault(name, FADE**depth)
        near.update(own)
    return {name: share / len(tracebacks) for name, share in near.items()}


def _by_line(touched: Touched) -> int:
    return touched.line


def _worst(suspect: Suspect) -> tuple[float, int, str, int]:
    at = suspect.touched
    return -suspect.score, at.line - at.end_line, at.path, at.line
