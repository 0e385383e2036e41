"""A fixer that is another program: it prints a patch, or edits the worktree that it is started in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from workbench.api import Command, FixHost, FixRequest, Output, Proposal, Step
from workbench.case.playbook import chosen
from workbench.engine.described.words import filled

OUTPUTS = ("patch",)


class FixerOutputError(Exception):
    """The program ran and left nothing that can be used."""


@dataclass(frozen=True, slots=True)
class Described:
    """One fixer as it was described. In ``command``, ``{python}``, ``{root}`` (the worktree), ``{path}``, ``{line}``,
    ``{rule}`` and ``{test}`` are filled in; ``rules`` are patterns of the rules whose findings it mends, none when
    it is for failing tests; ``stdin`` asks for the request as JSON; ``writes`` are folders beside the worktree that it
    may write to; ``problem`` says why the description cannot be used."""

    name: str
    title: str
    command: tuple[str, ...]
    timeout: float = 600.0
    stdin: bool = False
    rules: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    problem: str = ""


class CommandFixer:
    """Implements :class:`workbench.api.Fixer`."""

    def __init__(self, described: Described) -> None:
        self._described = described
        self.limit = described.timeout

    def applies(self, request: FixRequest) -> str:
        """Findings of its rules, else a failing test."""
        rules = self._described.rules
        if rules:
            finding = request.finding
            return "" if finding is not None and chosen(finding.rule, rules) else f"mends {', '.join(rules)}"
        alone = request.finding is None and request.error is None and request.change is None
        return "" if alone and request.failing_test else "mends failing tests"

    async def plan(self, request: FixRequest, host: FixHost) -> AsyncIterator[Step]:
        """The program, then git, which applies its patch. Raises FixerOutputError."""
        described = self._described
        if described.problem:
            raise FixerOutputError(described.problem)
        finding = request.finding
        fill = {"python": request.interpreter or "python3", "root": request.worktree, "test": request.failing_test}
        fill |= {"path": finding.path, "line": str(finding.line), "rule": finding.rule} if finding else {}
        argv = filled(described.command, fill)
        stdin = json.dumps(_case(request)).encode() if described.stdin else b""
        writes = (request.worktree, host.scratch(), *described.writes)
        env = {"TMPDIR": host.scratch()}
        wanted = Command(argv, patch_of, request.worktree, env, stdin, described.timeout, executes=True, writes=writes)
        (patch,) = await host.run(wanted)
        if patch.strip():
            apply = ("git", "-c", "core.hooksPath=/dev/null", "apply", "--whitespace=nowarn", "-")
            yield Command(apply, applied, request.worktree, stdin=patch)

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """A proposal in the words of its description: whether anything was changed, git says."""
        finding = request.finding
        where = f"{finding.path}:{finding.line}: " if finding else ""
        title, rule = self._described.title, finding.rule if finding else "failing test"
        return Proposal("", self._described.name, f"{where}{title}", rule)


def patch_of(output: Output) -> list[Any]:
    """The patch it printed. Raises FixerOutputError where it failed."""
    if output.timed_out:
        raise FixerOutputError(f"{output.argv[0]} was stopped after {output.seconds:.0f} s")
    if output.exit_code:
        raise FixerOutputError(f"{output.argv[0]} ended with {output.exit_code}: {_last(output)}")
    return [output.stdout]


def applied(output: Output) -> list[Any]:
    """Nothing, or why git would not have the patch. Raises FixerOutputError."""
    if output.exit_code:
        raise FixerOutputError(f"its patch does not apply: {_last(output)}")
    return []


def _last(output: Output) -> str:
    lines = (output.stdout + b"\n" + output.stderr).decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:200] if lines else "it said nothing"


def _case(request: FixRequest) -> dict[str, Any]:
    told = asdict(request)
    return {"schema": 1, "request": json.loads(json.dumps({**told, "settings": {}}, default=str))}
