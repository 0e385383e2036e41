"""Which of the changed lines the tests execute."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import CodeType
from typing import Any

from workbench.api import (
    ChangeSubject,
    Chunk,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    GateStatus,
    Known,
    RunStatus,
    Step,
    TestRun,
    concluded,
    gate_setting,
    parse_diff,
)

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Covered:
    """The run, the executable changed lines of each path, those of them that ran, and files that could not be read."""

    run: TestRun
    wanted: Mapping[str, tuple[int, ...]]
    ran: Mapping[str, frozenset[int]]
    unread: tuple[str, ...]


class CoverageGate:
    """Implements :class:`workbench.api.Gate`. Lines in processes that the tests start count as well."""

    required = True

    def applies(self, subject: ChangeSubject) -> str:
        """Only Python that is no test."""
        return "" if any(map(_wanted, subject.paths)) else "the change touches no Python file but tests"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """The changed lines, then one run of the whole suite at head that is watched."""
        found = await host.run(Chunk(changed_lines, (subject.diff, subject.head_worktree)))
        wanted = {path: lines for path, lines, _ in found if lines}
        unread = tuple(problem for _, _, problem in found if problem)
        run, ran = await host.lines(subject.head, wanted)
        yield Known((Covered(run, wanted, ran, unread),))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails when nothing executes the change, or more lines are left than ``gates.coverage.threshold`` allows; what
        is left is listed. A run that ended early says nothing."""
        (covered,) = results
        limit = gate_setting(subject, "coverage", "threshold", None)
        missed = [
            (path, sorted(set(lines) - covered.ran.get(path, frozenset()))) for path, lines in covered.wanted.items()
        ]
        missed = [(path, lines) for path, lines in missed if lines]
        n, left = sum(map(len, covered.wanted.values())), sum(len(lines) for _, lines in missed)
        wrong, unsure = [], list(covered.unread)
        if covered.run.status not in (RunStatus.PASSED, RunStatus.FAILED):
            unsure = [covered.run.message or f"the run ended {covered.run.status.value}"]
        elif not n and not covered.unread:
            said = "no changed line can be executed"
            return GateResult("coverage", "coverage", GateStatus.SKIPPED, said, required=False)
        elif n and (left == n if limit is None else left > limit):
            path, lines = missed[0]
            wrong = [f"{left} of {n} changed lines are executed by no test: {path}:{', '.join(spans(lines)[:3])}"]
        passed = f"{n - left} of {n} changed lines are executed by tests"
        figures = (
            Figure("lines not executed", left, threshold=limit, n=n),
            Figure("diff coverage", (n - left) / n if n else None, n=n),
        )
        evidence = tuple(
            Evidence(f"{path}:{span}", f"not executed: lines {span}", path, int(span.partition("-")[0]))
            for path, lines in missed
            for span in spans(lines)
        )[:SHOWN]
        return concluded("coverage", passed, wrong, unsure, figures=figures, examined=n, evidence=evidence)


def changed_lines(diff: str, root: str) -> list[tuple[str, tuple[int, ...], str]]:
    """(path, its added lines that can be executed, why it could not be read) of each changed Python file but tests."""
    found: list[tuple[str, tuple[int, ...], str]] = []
    for file in parse_diff(diff).files:
        path = file.new_path
        if not _wanted(path):
            continue
        added = {new for hunk in file.hunks for _, new, line in hunk.numbered() if line.sign == "+"}
        try:
            code = compile((Path(root) / path).read_bytes(), path, "exec", dont_inherit=True)
            executable = frozenset(_executable(code))
        except FileNotFoundError:
            continue
        except (SyntaxError, ValueError, OSError) as error:
            found.append((path, (), f"{path} cannot be read: {error}"))
            continue
        found.append((path, tuple(sorted(executable & added)), ""))
    return found


def _executable(code: CodeType) -> Iterator[int]:
    """Lines that have instructions of their own (but not the first of a function, which only enters it)."""
    yield from (
        line for _, _, line in code.co_lines() if line and (line != code.co_firstlineno or code.co_name == "<module>")
    )
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _executable(constant)


def spans(lines: Sequence[int]) -> list[str]:
    """Sorted line numbers as ``3`` and ``5-9``."""
    made: list[list[int]] = []
    for line in lines:
        if made and line == made[-1][1] + 1:
            made[-1][1] = line
        else:
            made.append([line, line])
    return [str(first) if first == last else f"{first}-{last}" for first, last in made]


def _wanted(path: str) -> bool:
    name = PurePosixPath(path)
    tests = name.name.startswith("test_") or name.stem.endswith("_test") or name.name in ("conftest.py", "tests.py")
    return name.suffix == ".py" and not tests and not {"tests", "test", "migrations"} & set(name.parts[:-1])
