"""Repetitions of tests in few processes, each within a limit of its own: one beyond it ends its process, counts as a
failure, and those after it are run in another one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from workbench.engine.proof.workshop import Ran, Workshop

TURNS = 10
"""Repetitions of a test in one process, its own fixtures made anew for each."""

GIVEN_UP = 3
"""Repetitions of a test beyond their limit in one batch, after which the rest of the batch is not run."""

Run = Callable[[Sequence[str], dict[str, str], int], Awaitable[Ran]]
"""Runs tests with a part of an environment; gets the number of their first repetition too."""


def limited(workshop: Workshop, turns: int) -> dict[str, str]:
    """The environment that makes ``turns`` repetitions, each with its share of what a run may take."""
    most = workshop.timeout / max(1, turns)
    return {"WORKBENCH_REPEAT": str(turns), "WORKBENCH_TURN": f"{most:.3f}"}


async def repeated(
    workshop: Workshop, run: Run, tests: Sequence[str], turns: int, first: int = 0
) -> dict[str, list[Ran]]:
    """The runs in which each test was repeated, ``turns`` times in all; fewer where a run says nothing, or where
    GIVEN_UP repetitions of it went beyond their limit."""
    found: dict[str, list[Ran]] = {test: [] for test in tests}
    waiting = [(tuple(tests), first, turns)]
    while waiting:
        some, at, left = waiting.pop(0)
        ran = await run(some, limited(workshop, left), at)
        over = [test for test in some if overran(test, ran)]
        reached = [test for test in some if test in over or not over or repetitions(test, ran)]
        for test in reached:
            found[test].append(ran)
        later = tuple(test for test in some if test not in reached)
        if later and len(later) < len(some):
            waiting.append((later, at, left))
        for test in over:
            done = repetitions(test, ran)
            if done < left and sum(overran(test, each) for each in found[test]) < GIVEN_UP:
                waiting.append(((test,), at + done, left - done))
    return found


def belongs(test: str, ident: str) -> bool:
    """Whether a result is one of ``test``: itself, a parameter or member of it, or its file or class that fell."""
    inside = ident == test or ident.startswith((f"{test}[", f"{test}::"))
    return inside or (test.startswith(f"{ident}::") and bool(ident))


def repetitions(test: str, run: Ran) -> int:
    """How often the test began in one process; 0 for a run that fell before it did."""
    return max([0, *(n for ident, n in run.finished.tracker.turns.items() if belongs(test, ident))])


def overran(test: str, run: Ran) -> bool:
    """Whether a repetition of the test went beyond its limit, and so ended the run."""
    return any(belongs(test, ident) for ident in run.finished.tracker.overran)
