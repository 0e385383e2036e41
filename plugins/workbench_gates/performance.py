"""Benchmarks of base and head in turns, and how many queries each test sends."""

from __future__ import annotations

import json
import os
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from workbench.api import (
    ChangeSubject,
    Command,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    Known,
    Output,
    Step,
    concluded,
    gate_setting,
)

ROUNDS = 5
"""Times each side is measured, in turns with the other, after one time that does not count."""

SLOWER = 1.2
"""Times base's median that head's may be, unless ``gates.performance.threshold`` says otherwise."""

CLEAR = 0.8
"""Cliff's delta from which a difference counts: how much more often a time of head is above one of base than below
(N. Cliff, Psychological Bulletin 114, 1993)."""

TIMEOUT = 300.0
SHOWN = 30
HERE = str(Path(__file__).parent / "project")
_BENCHMARK = re.compile(r"def test_\w+\([^)]*\bbenchmark\b")


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds by benchmark and side, and queries by test and side; ``problem`` where a side could not be measured."""

    times: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = field(default_factory=dict)
    queries: tuple[Mapping[str, int], Mapping[str, int]] = ({}, {})
    problem: str = ""


class PerformanceGate:
    """Implements :class:`workbench.api.Gate`."""

    required = True
    exclusive = True

    def applies(self, subject: ChangeSubject) -> str:
        """Where there is something to measure: a benchmark, or queries that the case asks about."""
        if _program(subject) or _benchmarks(subject) or _counts(subject):
            return ""
        return "there is no benchmark: set gates.performance.benchmark, or write one with pytest-benchmark"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Base and head in turns, then one counted run of the tests on each."""
        times: dict[str, tuple[list[float], list[float]]] = {}
        problem = ""
        program, files = _program(subject), _benchmarks(subject)
        for turn in range(ROUNDS + 1 if program or files else 0):
            for side, root in enumerate((subject.base_worktree, subject.head_worktree)):
                command = _timed(program, root, subject) if program else _suite(files, root, subject, host.scratch())
                (said,) = await host.run(command)
                problem = problem or said.get("problem", "")
                for name, seconds in said.get("times", {}).items():
                    if turn:
                        times.setdefault(name, ([], []))[side].append(seconds)
            host.progress(turn + 1, ROUNDS + 1)
            if problem:
                break
        queries = (await _queries(subject, host)) if _counts(subject) else ({}, {})
        made = {name: (tuple(base), tuple(head)) for name, (base, head) in times.items()}
        yield Known((Measured(made, queries, problem),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on a benchmark that is clearly slower, and on a test that sends more queries."""
        (measured,) = results
        limit = float(gate_setting(subject, "performance", "threshold", SLOWER))
        pairs = {name: sides for name, sides in measured.times.items() if all(sides)}
        ratios = {name: median(head) / median(base) for name, (base, head) in pairs.items() if median(base)}
        slow = [name for name, ratio in ratios.items() if ratio > limit and delta(*pairs[name]) >= CLEAR]
        base, head = measured.queries
        more = {test: (base[test], count) for test, count in head.items() if test in base and count > base[test]}
        examined = len(ratios) + len(base.keys() & head.keys())
        worst = max(ratios, key=lambda name: ratios[name], default="")
        wrong = [
            f"{name} takes {ratios[name]:.2f} × base (effect {delta(*pairs[name]):.2f}, {ROUNDS} rounds in turns)"
            for name in sorted(slow, key=lambda each: -ratios[each])
        ]
        wrong += [
            f"{test} sends {after} queries, {before} at base"
            for test, (before, after) in sorted(more.items(), key=lambda item: item[1][0] - item[1][1])
        ]
        figures = []
        if worst:
            before, after = pairs[worst]
            figures.append(Figure("slowest, × base", ratios[worst], "", limit, 1.0, len(after)))
            figures.append(Figure(worst, median(after), "s", None, median(before), len(after), max(after) - min(after)))
        if head:
            figures.append(Figure("tests with more queries", len(more), "", 0, None, len(base.keys() & head.keys())))
        evidence = [Evidence(name, f"{name}: {ratio:.2f} × base") for name, ratio in ratios.items()]
        evidence += [
            Evidence(test, f"{test}: {after} queries, {before} at base") for test, (before, after) in more.items()
        ]
        passed = f"{len(ratios)} benchmarks, none clearly slower" if ratios else "no more queries"
        unsure = [measured.problem] if measured.problem else []
        said = tuple(evidence[:SHOWN])
        return concluded("performance", passed, wrong, unsure, figures=tuple(figures), examined=examined, evidence=said)


def delta(base: Sequence[float], head: Sequence[float]) -> float:
    """Cliff's delta of head over base, -1..1."""
    above = sum((b > a) - (b < a) for a in base for b in head)
    return above / (len(base) * len(head))


def _program(subject: ChangeSubject) -> Sequence[str]:
    words: Sequence[str] = gate_setting(subject, "performance", "benchmark", ())
    return words


def _benchmarks(subject: ChangeSubject) -> list[str]:
    """Test files, on both sides, that use the fixture of pytest-benchmark."""
    found = []
    for path in Path(subject.head_worktree).rglob("test_*.py"):
        name = path.relative_to(subject.head_worktree).as_posix()
        there = (Path(subject.base_worktree) / name).is_file()
        if there and _BENCHMARK.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(name)
    return sorted(found)


def _counts(subject: ChangeSubject) -> bool:
    asked = "performance" in {*subject.settings.get("proposed", {}), *subject.settings.get("named", ())}
    return asked and (Path(subject.head_worktree) / "manage.py").is_file()


def _timed(program: Sequence[str], root: str, subject: ChangeSubject) -> Command:
    argv = tuple(word.replace("{python}", subject.interpreter).replace("{root}", root) for word in program)
    env = {"PYTHONPATH": os.pathsep.join((root, f"{root}/src"))}
    return Command(argv, read_time, root, env, timeout=TIMEOUT, executes=True)


def read_time(output: Output) -> list[Any]:
    """How long a program took."""
    if output.timed_out or output.exit_code:
        lines = output.stderr.decode("utf-8", "replace").strip().splitlines()
        said = f"{output.argv[0]} ended with {output.exit_code}: {lines[-1][:200] if lines else 'it said nothing'}"
        return [{"problem": said}]
    return [{"times": {"the benchmark": output.seconds}}]


def _suite(files: Sequence[str], root: str, subject: ChangeSubject, scratch: str) -> Command:
    out = str(Path(scratch) / "benchmark.json")
    words = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--benchmark-only", f"--benchmark-json={out}", "--")
    env = {"PYTHONPATH": os.pathsep.join((root, f"{root}/src")), "PYTHONDONTWRITEBYTECODE": "1"}
    argv = (subject.interpreter, *words, *files)
    return Command(argv, partial(read_suite, out), root, env, timeout=TIMEOUT, executes=True)


def read_suite(file: str, output: Output) -> list[Any]:
    """The median of each benchmark, from pytest-benchmark's JSON."""
    path = Path(file)
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        path.unlink()
    except (OSError, ValueError):
        lines = (output.stdout + output.stderr).decode("utf-8", "replace").strip().splitlines()
        return [{"problem": f"pytest-benchmark said nothing: {lines[-1][:200] if lines else output.exit_code}"}]
    return [{"times": {each["fullname"]: each["stats"]["median"] for each in document["benchmarks"]}}]


async def _queries(subject: ChangeSubject, host: GateHost) -> tuple[Mapping[str, int], Mapping[str, int]]:
    sides = []
    for at, tree in enumerate((subject.base, subject.head)):
        out = Path(host.scratch()) / f"queries-{at}.jsonl"
        out.unlink(missing_ok=True)
        env = {"PYTHONPATH": HERE, "PYTEST_PLUGINS": "workbench_queries", "WORKBENCH_QUERIES": str(out)}
        await host.test(tree, (), env)
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        sides.append({str(test): int(count) for test, count in map(json.loads, lines)})
    return sides[0], sides[1]
