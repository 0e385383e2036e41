"""Whether live tests say what a cold run of everything says, after random edits of a real project.

    [WITHIN=SECONDS] python tests/bench/verdicts.py REPOSITORY PYTHON FOLDER [EDITS] [SEED]

The repository is cloned; after WITHIN seconds no further edit is begun. All tests are collected ahead before each edit,
as they are while somebody thinks. An edit changes a body, a signature or a module's own lines, a fixture (in a
repository that has none it adds a conftest with one), a test or a test file's own lines, adds a file with tests,
deletes a module or a test file, or breaks the syntax of one of all these. Then what failed and what the edit may reach
is run (code swapped or forked where that can be), then everything, cold: the same tests must be bad, and every test
that ran cold must stand on the board as it ended. An edit with which the cold run never ends, or pytest itself fails,
is not judged, nor one whose live run had no time left where the cold one took a third of it; nor is, where there is a
difference, a test that three more cold runs of the same files do not end alike: all are named. The edit is taken back
and answered again before the next one. The bar: all of 200 for each repository.
"""

from __future__ import annotations

import ast
import os
import random
import subprocess
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from suspects import faults, on_a_copy

from workbench.analysis.testruns import BAD
from workbench.case.enums import RunStatus, TestOutcome
from workbench.case.model import TestRun
from workbench.engine.live import LiveTests
from workbench.engine.options import from_arguments
from workbench.engine.runs import run_tests
from workbench.engine.session import Session

KINDS = ("body", "body", "body", "signature", "module", "fixture", "fresh", "deleted", "test", "syntax")


WITHIN = float(os.environ.pop("WITHIN", "inf"))
"""Seconds after which no further edit is begun."""


def in_time(edits: int) -> Iterator[int]:
    """Their numbers, from 1, as long as there is time."""
    began = perf_counter()
    for number in range(1, edits + 1):
        if perf_counter() - began > WITHIN:
            return
        yield number


def answered_by(session: Session) -> str:
    """How the latest run was answered."""
    warm = session.tests.warm
    return "swapped" if warm.swapped else warm.unswapped or warm.problem or "all were to run"


def fixtures(text: str) -> set[str]:
    """The names of the fixtures in a file."""
    made = [each for each in ast.walk(ast.parse(text)) if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return {each.name for each in made if any("fixture" in ast.unparse(mark) for mark in each.decorator_list)}


def faulty(text: str, dice: random.Random, within: set[str] | None = None) -> str:
    """``text`` with a fault in one of its functions (``within`` those of these names), or with a line more."""
    found = (whole for key, whole in faults(text, dice) if within is None or within & set(key.split(".")))
    return next(found, text + "\n")


def edited(kind: str, repo: Path, folder: str, dice: random.Random, ran: Collection[str]) -> Path:
    """Make one edit; gives the file. New ones come beside a file of which tests ``ran``."""
    tests = sorted({*repo.rglob("test_*.py"), *(path for at in ran if (path := repo / at).suffix == ".py")})
    code = [path for path in sorted((repo / folder).rglob("*.py")) if path not in tests]
    shared = [path for path in (*tests, *sorted(repo.rglob("conftest.py"))) if fixtures(path.read_text())]
    fresh = (repo / min(ran)).with_name("conftest.py" if kind == "fixture" else "test_fresh_of_ours.py")
    bodies = [path for path in code if next(faults(path.read_text()), None)] if kind == "body" else []
    among = {"body": bodies, "test": tests, "fixture": shared or [fresh], "fresh": [fresh], "deleted": code + tests}
    path = dice.choice(among["deleted"] if kind == "syntax" else among.get(kind, code))
    text, holds = path.read_text() if path.exists() else "", dice.choice([True, False])
    if kind == "body":
        text = faulty(text, dice)
    elif kind == "signature":
        text = text.replace("(self,", "(self, _more=None,", 1).replace("(self)", "(self, _more=None)", 1)
    elif kind == "module":
        text += f"\n_ADDED = {dice.random()}\n"
    elif kind == "fixture" and shared:
        text = faulty(text, dice, fixtures(text))
    elif kind == "fixture":
        text += f"\n\nimport pytest\n\n\n@pytest.fixture(autouse=True)\ndef _ours():\n    assert {holds}\n"
    elif kind == "test" and dice.choice([True, False]):
        text = faulty(text, dice)
    elif kind in ("fresh", "test"):
        text += f"\n\ndef test_added_by_us():\n    assert {holds}\n"
    elif kind == "syntax":
        text += "\ndef (:\n"
    if kind == "deleted":
        path.unlink()
    else:
        path.write_text(text)
    return path


async def named_anew(session: Session, known: set[str]) -> set[str]:
    """The tests whose ids are others in every run (a time or address among their parameters): not compared."""
    again = {result.id for result in (await run_tests(session.services)).results}
    changing = {test.partition("[")[0] for test in known ^ again}
    print(f"left out, their ids change from run to run: {sorted(changing)}" if changing else "", end="", flush=True)
    return changing


def unended(run: TestRun | None) -> str:
    """Why a run did not say how each test ends, or nothing."""
    if run is None:
        return ""
    itself = run.message.startswith("pytest failed itself")
    return run.message if itself or run.status is RunStatus.TIMED_OUT else ""


async def named_fickle(session: Session, cold: TestRun, limit: float, tests: Sequence[str] = ()) -> set[str]:
    """The tests that end otherwise in one of three more cold runs of the very same files (all, or ``tests``)."""
    ended = {result.id: {result.outcome} for result in cold.results}
    for _ in range(3):
        for result in (await run_tests(session.services, tests, timeout=limit)).results:
            ended.setdefault(result.id, set()).add(result.outcome)
    return {test for test, outcomes in ended.items() if len(outcomes) > 1}


def on_board(live: LiveTests, changing: set[str]) -> dict[str, TestOutcome]:
    """How each test stands, without those whose ids change."""
    standings = [each for tests in live.board.files.values() for each in tests.values()]
    return {each.result.id: each.result.outcome for each in standings if not is_of(each.result.id, changing)}


def ended_cold(cold: TestRun, changing: set[str]) -> dict[str, TestOutcome]:
    """How each test of a cold run ended that ran, without those whose ids change."""
    ran = [result for result in cold.results if result.outcome is not TestOutcome.NOT_RUN]
    return {result.id: result.outcome for result in ran if not is_of(result.id, changing)}


def is_of(test: str, names: set[str]) -> bool:
    """Whether ``test``, without its parameters, is among ``names``."""
    return test.partition("[")[0] in names


async def bench(repo: Path, folder: str, edits: int, seed: int, data: str) -> None:
    """Edit, answer, compare, take back."""
    session = await Session.open(repo, from_arguments(Namespace(store=data, jobs=os.cpu_count(), trust=True)))
    live, dice, same = session.tests, random.Random(seed), 0
    await live.start().wait()
    print(f"at rest: {live.board.passed} pass, {live.board.failed} fail {live.problem}", flush=True)
    print(f"in one process: {live.beside.problem}" if live.beside.problem else "in parts", flush=True)
    live.timeout = limit = max(40.0, 4 * (live.last.seconds if live.last else 0.0))
    changing, unjudged = await named_anew(session, set(live.board.known())), 0
    there, how = tuple(live.board.files), Counter[str]()
    for _ in in_time(edits):
        await live.ahead.start().wait()
        kind = dice.choice(KINDS)
        path = edited(kind, repo, folder, dice, there)
        name = path.relative_to(repo).as_posix()
        before = live.last
        await live.start_affected([name]).wait()
        by = answered_by(session) if live.last is not before else "nothing was to run"
        how["swapped" if by == "swapped" else "not swapped"] += 1
        cold = await run_tests(session.services, timeout=limit)
        found, ran = on_board(live, changing), ended_cold(cold, changing)
        wrong = {test for test, outcome in ran.items() if found.get(test) is not outcome}
        wrong |= {test for test, outcome in found.items() if outcome in BAD and test not in ran}
        wrong |= {live.problem} if live.problem.startswith("the run itself failed") else set()
        if not cold.results:  # a conftest that cannot be imported: nothing is said of any test, and that it is so
            wrong = set() if live.problem else {f"nothing ran cold, {cold.message}"}
        late = unended(cold) or (unended(live.last) if cold.seconds > limit / 3 else "")
        if late:
            unjudged, wrong = unjudged + 1, set[str]()
        elif fickle := wrong & await named_fickle(session, cold, limit) if wrong and cold.results else set():
            print(f"not judged, cold runs of these very files differ among themselves: {sorted(fickle)}", flush=True)
            wrong -= fickle
        same += not wrong and not late
        told = [f"{test}: {found.get(test)}, cold {ran.get(test)}" for test in sorted(wrong)[:3]]
        said = "the same" if not wrong else f"DIFFERS: {told}"
        said = f"not judged, {'the cold run' if unended(cold) else 'live'}: {late}" if late else said
        print(f"{kind:9} {name}: {len(live.outstanding)} bad, {live.why[:60]}, {by}: {said}", flush=True)
        subprocess.run(["git", "-C", str(repo), "checkout", "-q", "."], check=True)
        subprocess.run(["git", "-C", str(repo), "clean", "-fdq"], check=True)
        await live.start_affected([name]).wait()
    await session.close()
    print(f"{same} of {how.total() - unjudged} edits with the verdicts of a cold run; {dict(how)}")


if __name__ == "__main__":
    on_a_copy(bench)
