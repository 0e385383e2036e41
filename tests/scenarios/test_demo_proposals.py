"""The demo's three defects: for a test that shows each, the fixers propose what turns it green."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from tests.scenarios.demo_tests import TESTS
from workbench.engine.investigation import Question
from workbench.engine.options import from_arguments
from workbench.engine.proposals.offering import offer
from workbench.engine.proposals.taking import take
from workbench.engine.session import Session

SHOWN = {
    "tests/test_refreshed_once.py::test_of_two_that_overlap_one_wins": "conditional-update",
    "tests/test_login_limit.py::test_too_many_sign_ins_are_told_when_to_come_back": "answer",
    "tests/test_busy_token.py::test_a_busy_database_is_a_reason_to_come_back": "answer",
}


async def test_the_written_failing_tests_turn_green(clean_demo: Path) -> None:
    repo = clean_demo
    for path, text in TESTS.items():
        (repo / path).write_text(text)
    given = Namespace(store=str(repo.parent / "data"), jobs=1, trust=True)
    session = await Session.open(repo, from_arguments(given))
    try:
        await session.investigate(Question("500s on login, intermittently", playbook="review"))
        for test, fixer in SHOWN.items():
            offered = await offer(session.services, test, [fixer])
            best = offered.proposals[0]
            assert [tested.outcome for tested in best.tests if tested.name in ("test", "suite")] == ["green", "green"]
            await take(session.services, session.change, best)
    finally:
        await session.close()
