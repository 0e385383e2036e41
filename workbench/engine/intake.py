"""Opening a case from the page: documents are read in a worker, and what they say fills the question."""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbench.analysis.intake.notes import moment
from workbench.analysis.intake.read import LIMIT, IntakeError, intake_chunk
from workbench.api import Chunk
from workbench.case.errors import GitError
from workbench.case.intake import Intake, Taken
from workbench.engine.investigation import Question
from workbench.engine.services import Services

_REVISION = re.compile(r"[\w.+/-]{1,100}")
_NUMBER = re.compile(r"[0-9a-fA-F]{1,6}|\d+")
"""What may be a number of a build, and is no commit whose hash happens to begin so."""


async def taken_over(services: Services, question: Question, sources: Sequence[str]) -> Question:
    """``question`` with what the documents at ``sources`` (``-``: standard input) say. What was asked for stands before
    what was taken over. Raises IntakeError."""
    for source in sources:
        found = await _read(services, source)
        question = await _with(services, question, found)
    return question


async def _read(services: Services, source: str) -> Intake:
    path, name = source, Path(source).name or source
    if source == "-":
        name = "standard input"
        path = str(Path(services.feeds.scratch()) / "standard-input")
        data = await asyncio.to_thread(sys.stdin.buffer.read, LIMIT + 1)
        await asyncio.to_thread(Path(path).write_bytes, data)
    try:
        (found,) = await services.pool.run_chunk(Chunk(intake_chunk, (str(Path(path).absolute()), name), 60.0))
    except TimeoutError as late:
        raise IntakeError(f"{name}: reading it took more than 60 s") from late
    assert isinstance(found, Intake)
    return found


async def _with(services: Services, question: Question, found: Intake) -> Question:
    revision, release = "", found.value("release")
    for candidate in _candidates(release):
        name = f"refs/tags/{candidate}" if _NUMBER.fullmatch(candidate) else candidate
        try:
            out = await services.repository.git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
        except GitError:
            continue
        revision = out.decode("ascii", "replace").strip()
        taken = (*found.taken, Taken("deployed", revision, f"release {release} is {candidate} here"))
        found = replace(found, taken=taken)
        break
    return replace(
        question,
        text=question.text or _question(found),
        since=question.since or moment(found.value("since")),
        deployed=question.deployed or revision,
        intake=(*question.intake, found),
    )


def _question(found: Intake) -> str:
    """What is wrong, and where: the words that the ranking reads."""
    parts = [found.value(name) for name in ("question", "detail")]
    where = found.value("endpoint")
    if where and not found.errors and not any(where in part for part in parts):
        parts.append(where)
    said = "\n".join(part for part in parts if part)
    return said or (f"{found.errors[0].type}: {found.errors[0].message}" if found.errors else "")


def _candidates(release: str) -> list[str]:
    """``shop@1.4.2`` and ``1.4.2+ab12`` as revisions, the likeliest first."""
    bare = release.rpartition("@")[2]
    found = [release, bare, bare.partition("+")[0], f"v{bare}", bare.rpartition("+")[2], bare.rpartition("-")[2]]
    return [each for each in dict.fromkeys(found) if each and not each.startswith("-") and _REVISION.fullmatch(each)]
