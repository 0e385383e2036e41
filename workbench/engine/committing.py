"""Out of the door: a branch and a commit of what was accepted, with the project's own hooks, never skipped."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass

from workbench.analysis.diffs import Diff, Selection, size, subset
from workbench.api import Command, Output
from workbench.case.enums import CauseStatus, ProofStatus
from workbench.case.errors import CommandMissingError, GitError
from workbench.case.events import new_event
from workbench.case.model import Evidence
from workbench.case.state import CaseState
from workbench.engine.drive import UntrustedError
from workbench.engine.file_states import RefusedError
from workbench.engine.process.commands import ReaperLostError
from workbench.engine.services import Services
from workbench.engine.staging import put
from workbench.engine.views import Views

LIMIT = 900.0
"""Seconds that git and the hooks may take."""

WIDTH = 72
"""Characters of a commit's first line."""


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of a commit: its id, the branch it is on, and all that git and the hooks said."""

    commit: str
    branch: str
    said: str


class CommitRefusedError(Exception):
    """No commit was made, and index and branch are as they were; ``said`` is what git and the hooks printed."""

    def __init__(self, why: str, said: str = "") -> None:
        super().__init__(why)
        self.said = said


async def commit(services: Services, message: str, branch: str = "", accepted: Diff | None = None) -> Committed:
    """Commit what is staged, with ``accepted`` (a diff from HEAD) staged first; on a new ``branch``, or the one that is
    checked out. Raises CommitRefusedError."""
    if not any(line.strip() and not line.startswith("#") for line in message.splitlines()):
        raise CommitRefusedError("a commit needs a message: nothing was done")
    if accepted is not None:
        if already := await _said(services, "diff", "--cached", "--name-only"):
            names = ", ".join(already.split("\n")[:5])
            raise CommitRefusedError(f"the index holds other changes: {names}; commit or unstage them first (b)")
        try:
            await put(services, accepted, "what is to be committed")
        except RefusedError as refusal:
            raise CommitRefusedError(str(refusal)) from refusal
    before, head = services.repository.facts.branch, services.repository.facts.head
    made = ""
    try:
        if branch and branch != before:
            await _done(services, "switch", "--quiet", "--create", branch)
            made = branch
        said = await _done(services, "commit", "--file=-", stdin=message)
    except CommitRefusedError:
        await _as_before(services, accepted, before, made)
        raise
    except asyncio.CancelledError:
        if await _said(services, "rev-parse", "HEAD") == head:
            await _as_before(services, accepted, before, made)
        raise
    await services.repository.refresh()
    facts = services.repository.facts
    subject = next(line for line in message.splitlines() if line.strip())
    data = {"commit": facts.head, "branch": facts.branch, "subject": subject, "said": said[-4000:]}
    await services.journal.append(new_event("change.committed", services.options.actor, data))
    return Committed(facts.head, facts.branch, said)


async def to_commit(services: Services, branch: str, accepted: Diff | None) -> str:
    """What a commit on ``branch`` would hold, before a message is written for it. Raises CommitRefusedError where there
    is nothing, or git makes no branch of that name."""
    if branch != services.repository.facts.branch:
        try:
            await services.repository.git("check-ref-format", f"refs/heads/{branch}")
        except GitError as error:
            raise CommitRefusedError(
                f"{branch} is no name for a branch: no blanks, no .. and none of ~^:?*["
            ) from error
        if await services.repository.resolve(f"refs/heads/{branch}"):
            raise CommitRefusedError(f"there is a branch {branch} already: switch to it first, or name another")
    if accepted is not None:
        return f"what was accepted, {size(accepted)}"
    if not (staged := await _said(services, "diff", "--cached", "--shortstat")):
        raise CommitRefusedError("nothing is staged: space stages what the cursor is on")
    return f"what is staged, {staged}"


async def _as_before(services: Services, accepted: Diff | None, before: str, made: str) -> None:
    """Nothing was committed: what was staged for it is not any more, and the branch ``made`` for it is gone."""
    if accepted is not None:
        await put(services, accepted, "what was not committed", back=True)
    if made and before:
        await _done(services, "switch", "--quiet", before)
        await _done(services, "branch", "--quiet", "--delete", "--force", made)


def accepted_part(diff: Diff, accepted: Selection) -> Diff | None:
    """What was accepted of a diff from HEAD; None when nothing was."""
    return subset(diff, accepted) if accepted else None


def draft(state: CaseState, views: Views, tree: str) -> str:
    """A message from what the case knows: what was wrong, the cause with its evidence, how it is proven."""
    proposed = [record.title.partition(": ")[2] for record in state.patches.values() if not record.undone]
    first = next((title for title in reversed(proposed) if title), state.question)
    paragraphs = [_subject(first) or "Fix"]
    if state.question and _subject(first) != _subject(state.question):
        paragraphs.append(f"It was asked: {' '.join(state.question.split())}")
    supported = (each for each in views.causes if each.status is CauseStatus.SUPPORTED)
    paragraphs += ["\n- ".join([f"Cause: {each.statement}", *_texts(each.supporting[:3])]) for each in supported]
    proofs = [each for each in state.proofs.values() if each.status is ProofStatus.PROVEN]
    if proofs:
        fresh = "" if proofs[-1].head == tree else " (on an earlier state of the files)"
        paragraphs.append(f"Red without it, green with it, red again: {', '.join(proofs[-1].tests[:3])}{fresh}")
    return "\n\n".join(paragraphs) + "\n"


def _texts(evidence: Sequence[Evidence]) -> list[str]:
    return [each.text for each in evidence]


def branch_name(state: CaseState) -> str:
    """A name for the branch, from the question."""
    words = re.findall(r"[a-z0-9]+", state.question.lower())
    return f"fix/{'-'.join(words)[:40].strip('-')}" if words else "fix/change"


def _subject(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"


async def _done(services: Services, *args: str, stdin: str = "") -> str:
    """What the user's own git says, hooks and all. Raises CommitRefusedError."""
    root = str(services.repository.root)
    command = Command(("git", *args), _said_of, root, {}, stdin.encode(), LIMIT, executes=True, merged=True)
    try:
        ((code, said),) = await services.work.run(command)
    except (UntrustedError, CommandMissingError, ReaperLostError, OSError) as error:
        raise CommitRefusedError(str(error)) from error
    if code:
        last = said.splitlines()[-1] if said else f"exit code {code}"
        raise CommitRefusedError(f"git {args[0]} refused: {last}", said)
    return str(said)


async def _said(services: Services, *args: str) -> str:
    return (await services.repository.git(*args)).decode("utf-8", "replace").strip()


def _said_of(output: Output) -> list[tuple[int, str]]:
    """Exit code and all that was printed."""
    code = output.exit_code or int(output.timed_out)
    return [(code, output.stdout.decode("utf-8", "replace").strip())]
