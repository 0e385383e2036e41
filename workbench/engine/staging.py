"""The user's index: parts of the change are put into it and taken out of it, when a person asks and never otherwise."""

from __future__ import annotations

import asyncio

from workbench.analysis.diffs import Diff, Selection, encode_diff, format_diff, subset
from workbench.case.errors import GitError
from workbench.case.events import new_event
from workbench.engine.file_states import RefusedError
from workbench.engine.repo.git import run_git
from workbench.engine.services import Services


async def stage(services: Services, diff: Diff, part: Selection, title: str) -> Diff:
    """Put ``part`` of ``diff``, which leads from the index to the files, into the index; gives what was put there.

    Raises RefusedError, and the index is as it was.
    """
    return await put(services, subset(diff, part), title)


async def unstage(services: Services, diff: Diff, part: Selection, title: str) -> Diff:
    """Take ``part`` of ``diff``, which leads from HEAD to the index, out of the index; gives what was taken.

    Raises RefusedError, and the index is as it was.
    """
    taken = subset(diff, part, reverse=True)
    await put(services, taken, title, back=True)
    return taken


async def put(services: Services, diff: Diff, title: str, back: bool = False) -> Diff:
    """Apply ``diff`` to the index, or take it ``back``; git changes the index as a whole or not at all. Raises
    RefusedError."""
    if why := services.wheel.why_not:
        raise RefusedError(why)
    if not diff.files:
        raise RefusedError("nothing of it can be staged")
    await asyncio.to_thread(_apply, services, diff, back)
    paths = [file.path for file in diff.files]
    data = {"title": title, "paths": paths, "back": back}
    await services.journal.append(new_event("index.changed", services.options.actor, data))
    return diff


def _apply(services: Services, diff: Diff, back: bool) -> None:
    facts = services.repository.facts
    options = ["--reverse"] if back else []
    try:
        patch = encode_diff(format_diff(diff))
        run_git(facts.root, "apply", "--cached", "--whitespace=nowarn", *options, "-", stdin=patch, guard=facts.guard)
    except GitError as error:
        said = str(error.stderr if hasattr(error, "stderr") else error).strip().splitlines()
        raise RefusedError(f"the index is as it was: {said[-1] if said else error}") from error
