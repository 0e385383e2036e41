"""Whether tests that run with swapped code say what the same tests say cold, after random edits of a real project.

    [WITHIN=SECONDS] python tests/bench/swap_verdicts.py REPOSITORY PYTHON FOLDER [EDITS] [SEED]

The repository is cloned, ``tests.swap`` is on; after WITHIN seconds no further edit is begun. All tests are collected
ahead before each edit; edits are of bodies, of tests and fixtures too (tests/bench/verdicts.py makes them). What the
edit may reach is run, then, where that was with swapped code, the same tests cold. It is told why other answers were
not swapped (tests/bench/verdicts.py judges these). The bar: all of them, on ten repositories.
"""

from __future__ import annotations

import os
import random
import subprocess
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from suspects import on_a_copy
from verdicts import answered_by, edited, in_time, named_fickle, unended

from workbench.analysis.testruns import BAD
from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.engine.options import from_arguments
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

BODIES = ("body",) * 20 + ("test",) * 6 + ("fixture",) * 2


def decided(results: Sequence[TestResult]) -> dict[str, TestOutcome]:
    """The outcomes of those that ran."""
    undecided = (TestOutcome.NOT_RUN, TestOutcome.RUNNING)
    return {result.id: result.outcome for result in results if result.outcome not in undecided}


def told(ours: Mapping[str, TestOutcome], cold: TestRun, fickle: set[str]) -> str:
    """What a comparison says; ``fickle`` tests are not compared."""
    theirs = decided(cold.results)
    compared = {*ours, *(test for test, outcome in theirs.items() if outcome in BAD)}
    wrong = sorted(test for test in compared if theirs.get(test) is not ours.get(test) and test not in fickle)
    if unended(cold):
        return f"not judged: the cold run, {unended(cold)}"
    if not wrong:
        return "the same"
    return f"DIFFERS: {[f'{test}: {ours.get(test)}, cold {theirs.get(test)}' for test in wrong[:3]]}"


async def bench(repo: Path, folder: str, edits: int, seed: int, data: str) -> None:
    """Edit, answer, compare, take back."""
    settings = Path(data).with_name("settings.toml")
    settings.write_text("[tests]\nswap = true\n")
    given = Namespace(store=data, jobs=os.cpu_count(), trust=True, config=str(settings))
    session = await Session.open(repo, from_arguments(given))
    live, dice, ran = session.tests, random.Random(seed), list[TestResult]()
    how, same = Counter[str](), Counter[str]()
    live.heard = lambda what: ran.append(what) if isinstance(what, TestResult) else None
    await live.start().wait()
    print(f"at rest: {live.board.passed} pass, {live.board.failed} fail {live.problem}", flush=True)
    live.timeout = limit = max(20.0, 4 * (live.last.seconds if live.last else 0.0))
    there = tuple(live.board.files)
    for _ in in_time(edits):
        await live.ahead.start().wait()
        kind = dice.choice(BODIES)
        name = edited(kind, repo, folder, dice, there).relative_to(repo).as_posix()
        ran.clear()
        await live.start_affected([name]).wait()
        ours = decided(ran)
        by, said = answered_by(session) if ours else "nothing was to run", "not compared"
        if by == "swapped":
            cold = await run_tests(session.services, tuple(ours), timeout=limit)
            if ours.keys() - decided(cold.results):  # in a file that cannot be collected no test has a name
                cold = await run_tests(session.services, timeout=limit)
            said = told(ours, cold, set())
            if said.startswith("DIFFERS"):
                fickle = await named_fickle(session, cold, limit, tuple(ours))
                said = told(ours, cold, fickle) + f" ({len(fickle)} end otherwise from cold run to cold run)"
        how[by] += 1
        same[said.partition(":")[0].partition(" (")[0]] += 1
        print(f"{kind:8} {name}: {len(ours)} ran, {len(live.outstanding)} bad, {by}: {said}", flush=True)
        subprocess.run(["git", "-C", str(repo), "checkout", "-q", "."], check=True)
        subprocess.run(["git", "-C", str(repo), "clean", "-fdq"], check=True)
        await live.start_affected([name]).wait()
    await session.close()
    print(", ".join(f"{what}: {many}" for what, many in same.most_common()))
    print("\n".join(f"{many:4} {why}" for why, many in how.most_common()))


if __name__ == "__main__":
    on_a_copy(bench)
