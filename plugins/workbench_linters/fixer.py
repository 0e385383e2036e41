"""Ruff's own fixes as proposals: the one of the finding's line, not of all that ruff would change."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Command, FixHost, FixRequest, Output, Proposal, Step
from workbench_linters.tools import TIMEOUT, read_json

Edit = tuple[int, int, int, int, str]
"""First line and column, last line and column (from 1), and what is to stand there."""


@dataclass(frozen=True, slots=True)
class Fix:
    """What ruff would do at one place. ``safe``: by its word the meaning stays."""

    message: str
    safe: bool
    edits: tuple[Edit, ...]


class RuffFixer:
    """Implements :class:`workbench.api.Fixer`."""

    def applies(self, request: FixRequest) -> str:
        """Findings of ruff in Python files."""
        finding = request.finding
        if finding is None or "ruff" not in (finding.analyzer, *finding.also):
            return "mends findings of ruff"
        return "" if finding.path.endswith((".py", ".pyi")) else f"{finding.path} is no Python file"

    async def plan(self, request: FixRequest, host: FixHost) -> AsyncIterator[Step]:
        """Ruff says what it would do, a worker does it."""
        finding = request.finding
        assert finding is not None
        file = str(Path(request.worktree) / finding.path)
        argv = ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", "--output-format", "json")
        command = Command(
            (*argv, "--select", finding.rule, "--", file), partial(fixes_at, finding.line), timeout=TIMEOUT
        )
        for fix in await host.run(command):
            yield Chunk(edited, (file, fix))

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """The proposal, when ruff has a fix for it."""
        finding = request.finding
        assert finding is not None
        if not results:
            return None
        (fix,) = results
        note = "" if fix.safe else "ruff calls this fix unsafe: the meaning may change"
        title = f"{finding.path}:{finding.line}: {fix.message or finding.message}"
        return Proposal("", "ruff-fix", title, finding.rule, note=note)


def fixes_at(line: int, output: Output) -> list[Any]:
    """The fix of the first finding at ``line`` that has one, or nothing. Raises ToolError."""
    found = (item for item in read_json(output) if item["location"]["row"] == line and item.get("fix"))
    return [_fix(item["fix"]) for item in found][:1]


def _fix(data: Mapping[str, Any]) -> Fix:
    edits = tuple(
        (
            *(each["location"]["row"], each["location"]["column"]),
            *(each["end_location"]["row"], each["end_location"]["column"]),
            each["content"],
        )
        for each in data["edits"]
    )
    return Fix(data.get("message") or "", data.get("applicability") == "safe", edits)


def edited(file: str, fix: Fix) -> list[Any]:
    """For a worker: make the edits in the file; the fix that was made."""
    path = Path(file)
    text = path.read_bytes().decode("utf-8")
    path.write_bytes(with_edits(text, fix.edits).encode("utf-8"))
    return [fix]


def with_edits(text: str, edits: Iterable[Edit]) -> str:
    """``text`` after ``edits``, which do not overlap."""
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    for row, column, end_row, end_column, content in sorted(edits, reverse=True):
        start, end = starts[row - 1] + column - 1, starts[end_row - 1] + end_column - 1
        text = text[:start] + content + text[end:]
    return text
