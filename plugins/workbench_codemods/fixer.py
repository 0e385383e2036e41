"""A codemod as a fixer: one place of one file, rewritten by a worker in the fixer's worktree."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from workbench.api import Chunk, FixRequest, Host, Proposal, Step
from workbench_codemods.catalogue import CODEMODS, RULES


class Codemod:
    """Implements :class:`workbench.api.Fixer`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def applies(self, request: FixRequest) -> str:
        """Only findings of its rules in Python files."""
        finding = request.finding
        if finding is None or finding.rule not in RULES[self.name]:
            return f"mends findings of {', '.join(sorted(RULES[self.name]))}"
        return "" if finding.path.endswith(".py") else f"{finding.path} is no Python file"

    async def plan(self, request: FixRequest, host: Host) -> AsyncIterator[Step]:
        """One chunk."""
        assert request.finding is not None
        yield Chunk(rewrite, (self.name, request.worktree, request.finding.path, request.finding.line))

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """The proposal, when something was rewritten."""
        if not results:
            return None
        finding = request.finding
        assert finding is not None
        where = finding.symbol or f"{finding.path}:{finding.line}"
        return Proposal("", self.name, f"{where}: {CODEMODS[self.name]}", finding.rule, note="\n".join(results))


def rewrite(name: str, worktree: str, path: str, line: int) -> list[str]:
    """Rewrite the place and write the file; gives what is to be known of it, nothing where it has not the shape.

    Runs in a worker. A codemod is a module with ``change(source, line) -> (source, note) | None``.
    """
    file = Path(worktree) / path
    source = file.read_bytes().decode("utf-8")
    made = import_module(f"workbench_codemods.{name.replace('-', '_')}").change(source, line)
    if made is None or made[0] == source:
        return []
    file.write_bytes(made[0].encode("utf-8"))
    return [made[1]]
