"""Mutants of the changed lines: whether the tests notice. Off unless it is named or turned on."""

from __future__ import annotations

import ast
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.api import (
    ChangeSubject,
    Chunk,
    Evidence,
    Figure,
    GateHost,
    GateResult,
    Known,
    RunStatus,
    Step,
    concluded,
    gate_setting,
)
from workbench_gates.coverage import changed_lines

MOST = 20
"""Mutants that are tried, spread over the changed lines."""

ALLOWED = 0
"""Mutants that may live, unless ``gates.mutation.threshold`` says otherwise."""

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_BINARY: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file with one thing in it changed."""

    path: str
    line: int
    what: str
    text: str


class MutationGate:
    """Implements :class:`workbench.api.Gate`."""

    required = False
    enabled = False

    def applies(self, subject: ChangeSubject) -> str:
        """Changed Python, and tests that could notice."""
        return "" if any(path.endswith(".py") for path in subject.paths) else "the change touches no Python file"

    async def plan(self, subject: ChangeSubject, host: GateHost) -> AsyncIterator[Step]:
        """Each mutant with the change's tests; one that they do not notice with all tests. Tests that fail without one
        would notice all of them."""
        plain = await host.test(subject.head)
        if plain.status is not RunStatus.PASSED:
            failed = next((each.id for each in plain.results if each.outcome.value in ("failed", "error")), "")
            said = f"{failed} fails as it is" if failed else plain.message or f"the suite ended {plain.status.value}"
            yield Known((f"no mutant was tried: {said}",))
            return
        mutants: list[Mutant] = await host.run(Chunk(mutants_of, (subject.diff, subject.head_worktree)))
        trees = [await host.edited(subject.head, {mutant.path: mutant.text}) for mutant in mutants]
        runs = list(await host.spread([(tree, subject.tests) for tree in trees]))
        if subject.tests:
            living = [at for at, run in enumerate(runs) if run.status is RunStatus.PASSED]
            for at, run in zip(living, await host.spread([(trees[at], ()) for at in living]), strict=True):
                runs[at] = run
        yield Known(tuple((mutant, run.status) for mutant, run in zip(mutants, runs, strict=True)))

    def fold(self, subject: ChangeSubject, results: Sequence[Any]) -> GateResult:
        """Fails on mutants that live; those whose tests took too long count as neither."""
        unsure = [each for each in results if isinstance(each, str)]
        tried: list[tuple[Mutant, RunStatus]] = [each for each in results if not isinstance(each, str)]
        slow = [mutant for mutant, status in tried if status is RunStatus.TIMED_OUT]
        alive = [mutant for mutant, status in tried if status is RunStatus.PASSED]
        n = len(tried) - len(slow)
        limit = gate_setting(subject, "mutation", "threshold", ALLOWED)
        lives = [f"{len(alive)} of {n} mutants live: {m.path}:{m.line} {m.what}" for m in alive[:1]]
        figures = (
            Figure("mutants that live", len(alive), threshold=limit, n=n),
            Figure("timeouts", len(slow), n=len(tried)),
        )
        evidence = tuple(Evidence(f"{m.path}:{m.line}", f"no test notices: {m.what}", m.path, m.line) for m in alive)
        wrong = lives if len(alive) > limit else []
        passed = f"{n - len(alive)} of {n} mutants are noticed"
        return concluded("mutation", passed, wrong, unsure, figures=figures, examined=n, evidence=evidence)


def mutants_of(diff: str, root: str) -> list[Mutant]:
    """At most MOST mutants of the changed lines of each Python file but tests."""
    found: list[Mutant] = []
    for path, lines, _ in changed_lines(diff, root):
        text = (Path(root) / path).read_text(encoding="utf-8", errors="replace") if lines else ""
        found += [Mutant(path, line, what, made) for line, what, made in _of_text(text, frozenset(lines))]
    step = max(1, -(-len(found) // MOST))
    return found[::step]


def _of_text(text: str, lines: frozenset[int]) -> Iterator[tuple[int, str, str]]:
    """(line, what was done, the whole text): one piece of the source is replaced, the rest stays as it is."""
    data = text.encode()
    starts = [0]
    for line in data.split(b"\n"):
        starts.append(starts[-1] + len(line) + 1)
    for node in ast.walk(ast.parse(text)) if text else ():
        new = _mutated(node) if isinstance(node, ast.expr) and node.lineno in lines else None
        if isinstance(node, ast.expr) and new is not None and node.end_lineno and node.end_col_offset is not None:
            first = starts[node.lineno - 1] + node.col_offset
            last = starts[node.end_lineno - 1] + node.end_col_offset
            old = data[first:last].decode()
            yield node.lineno, f"{old} as {new}", (data[:first] + f"({new})".encode() + data[last:]).decode()


def _mutated(node: ast.expr) -> str | None:
    """The source of a wrong form of ``node``; None where there is none."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARE:
        return ast.unparse(ast.Compare(node.left, [_COMPARE[type(node.ops[0])](), *node.ops[1:]], node.comparators))
    if isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        return ast.unparse(ast.BoolOp(other, node.values))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ast.unparse(node.operand)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return ast.unparse(ast.BinOp(node.left, _BINARY[type(node.op)](), node.right))
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return str(not node.value) if isinstance(node.value, bool) else str(node.value + 1)
    return None
