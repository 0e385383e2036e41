"""Taking a proposal, or a part of it, into the working tree; rejecting it with a reason; finding the part needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from workbench.analysis.diffs import Diff, Selection, everything, subset
from workbench.analysis.tamper import clean_part
from workbench.case.events import new_event
from workbench.case.model import Proposal
from workbench.case.state import PatchRecord
from workbench.engine.file_states import RefusedError
from workbench.engine.proof.needed import Needed, Parts, named_part, search
from workbench.engine.proof.record import workshop_of
from workbench.engine.proposals.asking import NothingToFixError
from workbench.engine.proposals.making import diff_of
from workbench.engine.proposals.offering import journal
from workbench.engine.proposals.testing import Verdicts
from workbench.engine.reach import Reach
from workbench.engine.services import Services
from workbench.engine.working import WorkingChange


def taken_by_default(proposal: Proposal, diff: Diff) -> Selection:
    """What is applied unless a person chose: all, or of a stranger's fix what touches no test, CI or setting."""
    return clean_part(diff) if proposal.denied else everything(diff)


def minimal(proposal: Proposal, diff: Diff) -> Selection:
    """What its test needs, as far as that was found; else what is taken by default. Of a stranger's fix never what
    touches tests, CI or settings."""
    default = taken_by_default(proposal, diff)
    return default - (default - named_part(diff, proposal.needed)) if proposal.needed else default


async def take(
    services: Services, change: WorkingChange, proposal: Proposal, part: Selection | None = None
) -> PatchRecord:
    """Apply ``part`` of the proposal (see :func:`taken_by_default`) and journal it. Nothing is forced.

    Raises RefusedError, and ConflictError where the files are not what it was made for.
    """
    if proposal.state == "conflicts":
        raise RefusedError(f"cannot be applied: {proposal.note}")
    diff = await diff_of(services, proposal)
    chosen = taken_by_default(proposal, diff) if part is None else part
    if not chosen:
        why = "all of it touches tests, CI or settings: choose the hunks by hand"
        raise RefusedError(why if part is None else "nothing of it is accepted")
    record = await change.apply(subset(diff, chosen), f"{proposal.fixer}: {proposal.title}")
    left = left_out(diff, everything(diff) - chosen)
    await judged(services, proposal, "partly" if left else "applied", f"left out: {', '.join(left)}" if left else "")
    return record


def left_out(diff: Diff, part: Selection) -> tuple[str, ...]:
    """The hunks and files that ``part`` holds something of, as a fixer is told that they were not taken."""
    hunks = sorted({(file, hunk) for file, hunk, _ in part.lines})
    named = [f"{diff.files[file].path}:{diff.files[file].hunks[hunk].new_start}" for file, hunk in hunks]
    return (*named, *(diff.files[file].path for file in sorted(part.headers - {file for file, _ in hunks})))


async def judged(services: Services, proposal: Proposal, state: str, reason: str = "") -> None:
    """Journal what a person (or what was done) made of a proposal; a reason goes back to its fixer."""
    data = {"proposal": proposal.id, "title": proposal.title, "state": state, "reason": reason}
    await services.journal.append(new_event("proposal.judged", services.options.actor, data))


async def needed_for_green(
    services: Services, proposal: Proposal, told: Callable[[int], None] = lambda trials: None
) -> tuple[Proposal, Needed]:
    """Which parts of the proposal the failing test needs, found by trying; journaled with it.

    Raises NothingToFixError where no test of it was green, NoChangeError, NoInterpreterError, GitError.
    """
    test = next((each for each in proposal.tests if each.name == "test" and each.outcome == "green"), None)
    if test is None or services.trees is None or not proposal.test:
        raise NothingToFixError("no failing test became green by it: there is nothing to try its parts with")
    workshop = await workshop_of(services)
    async with workshop:
        verdicts = Verdicts(workshop, Reach(services), proposal.base, proposal.test)
        await verdicts.red()

        async def passes(tree: str) -> bool:
            return (await verdicts.test(tree)).outcome == "green"

        parts = await asyncio.to_thread(Parts, services.trees, proposal.base, proposal.head)
        found = await search(parts, passes, told)
    known = replace(proposal, needed=tuple(part.label for part in found.parts))
    await journal(services, known)
    return known, found
