"""Answering an exception that reaches the framework: in the request's handler, as the project answers elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from workbench.api import Chunk, FixRequest, Host, Proposal, Step

_NOT_ANSWERED = frozenset({"AssertionError", "Failed", "KeyboardInterrupt", "SystemExit", "MemoryError"})


class AnswerFixer:
    """Implements :class:`workbench.api.Fixer`."""

    def applies(self, request: FixRequest) -> str:
        """An error of the log, or what the failing test raised, with frames in the project."""
        name, frames = _raised(request)
        if not name or name.rpartition(".")[2] in _NOT_ANSWERED:
            return "mends exceptions that reach the framework"
        return "" if frames else "no frame of it is in the project"

    async def plan(self, request: FixRequest, host: Host) -> AsyncIterator[Step]:
        """One chunk."""
        name, frames = _raised(request)
        yield Chunk(answer_chunk, (request.worktree, name.rpartition(".")[2], frames))

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """The proposal, when a handler was written."""
        if not results:
            return None
        where, name, how = results
        return Proposal("", "answer", f"{where}: answer {name}", "unanswered exception", note=how)


def _raised(request: FixRequest) -> tuple[str, tuple[tuple[str, int, str], ...]]:
    """The exception's name, and its frames in the project from the outermost."""
    if request.error is not None:
        frames = request.error.frames
        return request.error.type, tuple((f.path, f.line, f.function) for f in frames if f.mapped)
    if request.raised is not None and request.finding is None and request.change is None:
        return request.raised.type, request.raised.frames
    return "", ()


def answer_chunk(worktree: str, name: str, frames: Sequence[tuple[str, int, str]]) -> list[str]:
    """For a worker: see :func:`workbench_codemods.answer.answer`."""
    from workbench_codemods.answer import answer

    return answer(worktree, name, frames)
