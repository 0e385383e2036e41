"""Trying the roll-back: the exact commands on a worktree of head, then the suite of base on the schema left behind."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from workbench.analysis.plan.facts import Migration
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.errors import GitError
from workbench.case.model import TestRun
from workbench.case.plan import Rehearsal
from workbench.engine.gates.host import ChangeHost
from workbench.engine.proof.change import base_commit
from workbench.engine.repo.git import git
from workbench.engine.validate import Validation

_WHO = {
    f"GIT_{role}_{what}": f"workbench{at}"
    for role in ("AUTHOR", "COMMITTER")
    for what, at in [("NAME", ""), ("EMAIL", "@localhost")]
}
_GOOD = (TestOutcome.PASSED, TestOutcome.XFAILED, TestOutcome.SKIPPED)


@dataclass(frozen=True, slots=True)
class _Reverted:
    """Whether the commands gave base, how long they took, and what went wrong."""

    clean: bool
    seconds: float
    problem: str = ""


async def rehearse(validation: Validation, migrations: Sequence[Migration]) -> Rehearsal:
    """Try it. A roll-back that was not tried, or did not work, says so; nothing of the user's files is touched."""
    argv = await asyncio.to_thread(_revert, validation)
    lost = tuple(f"{each.app}.{name}" if each.app else name for each in migrations for name in each.adds)
    back = tuple(each.back for each in reversed(migrations) if each.back)
    command = shlex.join(("git", *argv))
    reverted = await _tried(validation, argv)
    change = validation.change
    made = Rehearsal(
        "failed", reverted.problem, (command,), reverted.seconds, lost=(), base=change.base, head=change.head
    )
    if not reverted.clean:
        return made
    services = validation.services
    assert services.trees is not None
    paths = [migration.path for migration in migrations]
    left = await asyncio.to_thread(services.trees.overlay, change.base, change.head, paths)
    schema = f"head's, with {', '.join(m.name for m in migrations)}" if migrations else "unchanged"
    host = ChangeHost(validation.bench)
    run = await host.test(left)
    alone = run if left == change.base else await host.test(change.base)
    status, reason = _judged(run, alone)
    note = f"; taking the schema back too ({'; '.join(back)}) loses it and was not tried" if back and lost else ""
    ran = [result for result in run.results if result.outcome is not TestOutcome.NOT_RUN]
    return Rehearsal(
        status,
        reason + note,
        (command,),
        reverted.seconds,
        len(ran),
        sum(result.outcome in _GOOD for result in ran),
        schema,
        lost,
        change.base,
        change.head,
    )


def _judged(run: TestRun, alone: TestRun) -> tuple[str, str]:
    ran = {result.id: result.outcome for result in run.results if result.outcome is not TestOutcome.NOT_RUN}
    if run.status not in (RunStatus.PASSED, RunStatus.FAILED) or not ran:
        return "failed", f"the revert applies, but base's suite could not be run: {run.message or run.status.value}"
    before = {result.id for result in alone.results if result.outcome not in _GOOD}
    new = [name for name, outcome in ran.items() if outcome not in _GOOD and name not in before]
    if new:
        return "failed", f"the revert applies, but on the schema left behind {new[0]} of base fails"
    bad = sum(outcome not in _GOOD for outcome in ran.values())
    known = f", {bad} fail at base whatever the schema" if bad else ""
    return "rehearsed", f"the revert applies clean on head and gives base{known}"


def _revert(validation: Validation) -> tuple[str, ...]:
    """The arguments of git: a revert of the commits where the change is committed, else base's files again."""
    services, change = validation.services, validation.change
    assert services.trees is not None
    facts = services.repository.facts
    source = change.base_name or base_commit(facts)
    if facts.head and services.trees.tree_of(facts.head) == change.head:
        return ("revert", "--no-edit", f"{source}..{facts.head[:10]}")
    paths = [changed.path for changed in change.paths]
    return ("restore", f"--source={source}", "--staged", "--worktree", "--", *paths)


async def _tried(validation: Validation, argv: Sequence[str]) -> _Reverted:
    services, change = validation.services, validation.change
    assert services.worktrees is not None
    worktree = await asyncio.to_thread(services.worktrees.checkout, change.head)
    began = perf_counter()
    try:
        await git(worktree.path, *argv, env=_WHO, guard=services.repository.facts.guard)
        seconds = perf_counter() - began
        left = await asyncio.to_thread(services.worktrees.state, worktree)
    except GitError as error:
        return _Reverted(False, perf_counter() - began, f"git {argv[0]} does not apply on head: {error}")
    finally:
        await asyncio.to_thread(services.worktrees.remove, worktree)
    if left != change.base:
        return _Reverted(False, seconds, "after it the files are not those of base")
    return _Reverted(True, seconds)
