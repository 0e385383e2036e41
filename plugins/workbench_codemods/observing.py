"""The fixer ``observability``: what fails is logged and counted, with a test that it is."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

from workbench.api import Chunk, Command, FixHost, FixRequest, Known, Output, Proposal, Step

TIMEOUT = 120.0


class ObservabilityFixer:
    """Implements :class:`workbench.api.Fixer`."""

    def applies(self, request: FixRequest) -> str:
        """Errors of the log with a frame in the project; a failing test is not mended by being seen."""
        if request.error is None or request.failing_test:
            return "lets errors of the log be seen"
        return "" if any(frame.mapped for frame in request.error.frames) else "no frame of it is in the project"

    async def plan(self, request: FixRequest, host: FixHost) -> AsyncIterator[Step]:
        """The code, then a test of it, which stays only when it passes."""
        assert request.error is not None
        frames = tuple((each.path, each.line, each.function) for each in request.error.frames if each.mapped)
        name = request.error.type.rpartition(".")[2]
        found = await host.run(Chunk(observe_chunk, (request.worktree, name, frames)))
        if not found:
            return
        (made,) = found
        (test,) = await host.run(Chunk(written_chunk, (request.worktree, made)))
        argv = (request.interpreter, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--", test)
        command = Command(argv, passed, cwd=request.worktree, timeout=TIMEOUT, executes=True)
        (why,) = await host.run(command)
        if why:
            await host.run(Chunk(taken_away, (request.worktree, test)))
        yield Known((made, "" if why else test, why))

    def fold(self, request: FixRequest, results: Sequence[Any]) -> Proposal | None:
        """The proposal, when something was written."""
        if not results:
            return None
        made, test, why = results
        metric = f" and counted with {made.idiom.metric}" if made.idiom.metric else ""
        title = f"{made.path}:{made.line}: log{'' if not metric else ' and count'} what fails in {made.function}"
        notes = [f"logged with {made.idiom.log}{metric}, as the project does elsewhere"]
        notes.append(f"{test} shows that it fires" if test else f"no test that it fires could be made: {why}")
        return Proposal("", "observability", title, "unseen failure", note="\n".join(notes))


def observe_chunk(worktree: str, name: str, frames: Sequence[tuple[str, int, str]]) -> list[Any]:
    """For a worker: see :func:`workbench_codemods.observe.observe`."""
    from workbench_codemods.observe import observe

    return list(observe(worktree, name, frames))


def written_chunk(worktree: str, made: Any) -> list[str]:
    """For a worker: write the test beside the project's own; its path."""
    from workbench_codemods.observed_test import text_of

    root = Path(worktree)
    folder = next((name for name in ("tests", "test") if (root / name).is_dir()), "")
    path = f"{folder}/test_seen_{made.function.strip('_')}.py".lstrip("/")
    (root / path).write_text(text_of(made), encoding="utf-8")
    return [path]


def taken_away(worktree: str, path: str) -> list[Any]:
    """For a worker: remove a file."""
    (Path(worktree) / path).unlink()
    return []


def passed(output: Output) -> list[str]:
    """Why the test did not pass, or the empty string."""
    if not output.exit_code:
        return [""]
    lines = output.stdout.decode("utf-8", "replace").splitlines()
    told = [line for line in lines if line.startswith("E ")]
    return [told[-1][1:].strip() if told else f"pytest ended with {output.exit_code}"]
