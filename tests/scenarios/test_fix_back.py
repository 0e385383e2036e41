"""An edit that is taken back: results are of the code as it is, whether or not the runs in between were traced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.test_fix_affected import APART
from tests.scenarios.test_fix_live import followed, until
from workbench.case.enums import TestOutcome
from workbench.case.model import TestResult, TestRun
from workbench.engine import ready
from workbench.engine.session import Session

FILES = {
    "shop.py": "def total(prices):\n    return sum(prices)\n",
    "test_shop.py": "import pytest\n\nfrom shop import total\n\n\n"
    "def test_total():\n    assert total([1, 2]) == 3\n\n\n"
    "@pytest.mark.xfail\ndef test_known():\n    assert total([1, 2]) == 4\n\n\ndef test_apart():\n    pass\n",
}
WRONG = "def total(prices):\n    return sum(prices) + 1\n"
LEAVES, FINDS = "test_a_leaves.py::test_leaves", "test_finds.py::test_finds"
TOTAL, KNOWN = "test_shop.py::test_total", "test_shop.py::test_known"


def outcome(session: Session, test: str) -> TestOutcome:
    standing = session.tests.board.of(test)
    assert standing is not None
    return standing.result.outcome


@pytest.mark.parametrize("cheap", [False, True])
async def test_what_ran_on_the_edit_runs_again(
    cheap: bool, make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "_is_cheap", lambda interpreter: cheap)
    repo = make_repo(FILES)
    async with followed(repo, monkeypatch) as session:
        await session.tests.start().wait()
        repo.write("shop.py", WRONG)
        await session.tests.start_affected(["shop.py"]).wait()
        assert session.tests.outstanding == (TOTAL,)
        assert outcome(session, KNOWN) is TestOutcome.XPASSED
        repo.write("shop.py", FILES["shop.py"])
        await session.tests.start_affected(["shop.py"]).wait()
        assert not session.tests.outstanding
        assert outcome(session, KNOWN) is TestOutcome.XFAILED
        assert ("ran untraced on other code" in session.tests.why) is not cheap
        await session.tests.start_affected(["shop.py"]).wait()
        assert session.tests.why == "no test enters what changed", "it is as it was when they were traced"


async def test_the_rest_is_run_and_traced_while_idle_though_failures_stand(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "_is_cheap", lambda interpreter: False)
    repo = make_repo(FILES)
    async with followed(repo, monkeypatch) as session:
        await session.tests.start().wait()
        why: list[str] = []
        session.tests.heard = lambda what: why.append(session.tests.why)
        session.tests.watch(True)
        repo.write("shop.py", WRONG)
        session.tests.saved(["shop.py"])
        await session.idle()
        assert session.tests.outstanding == (TOTAL,)
        assert "the rest, while idle" in why
        assert session.tests.board.stale(session.tests.last.tree if session.tests.last else "") == 0
        repo.write("notes.md", "nothing\n")
        await session.tests.start_affected(["notes.md"]).wait()
        assert session.tests.why == "no test enters what changed"


async def test_a_test_file_that_goes_leaves_the_board_and_runs_when_it_comes_back_as_it_was(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(FILES)
    async with followed(repo, monkeypatch) as session:
        for _ in range(2):
            repo.write("test_more.py", "def test_more():\n    pass\n")
            await session.tests.start_affected(["test_more.py"]).wait()
            assert outcome(session, "test_more.py::test_more") is TestOutcome.PASSED
            assert not session.tests.problem
            await session.tests.start().wait()
            (repo.path / "test_more.py").unlink()
            await session.tests.start_affected(["test_more.py"]).wait()
            assert session.tests.board.of("test_more.py::test_more") is None


async def test_the_rest_is_run_while_idle_though_the_tests_that_failed_were_all_that_a_save_reaches(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ready, "_is_cheap", lambda interpreter: True)
    own = FILES["test_shop.py"].replace("total([1, 2]) == 4", "0")
    repo = make_repo({**FILES, "test_shop.py": own, "test_more.py": "def test_more():\n    pass\n"})
    async with followed(repo, monkeypatch) as session:
        await session.tests.start().wait()
        session.tests.watching = True
        for text, failed in ((WRONG, 1), (FILES["shop.py"] + "# as before\n", 0)):
            repo.write("shop.py", text)
            session.tests.saved(["shop.py"])
            await until(lambda: not session.tests.running)
            await session.idle()
            board, last = session.tests.board, session.tests.last
            assert last is not None
            assert (board.failed, board.stale(last.tree)) == (failed, 0)
        repo.write("notes.md", "# Nothing\n")
        session.tests.saved(["notes.md"])
        await session.idle()
        assert session.tests.last is last, "a document reaches no test"
        (repo.path / "test_more.py").unlink()
        session.tests.saved(["test_more.py"])
        await session.idle()
        assert session.tests.last is not None
        assert session.tests.last is not last
        assert (len(board), board.stale(session.tests.last.tree)) == (3, 0)


async def test_a_run_that_was_stopped_leaves_no_result_standing_for_other_code(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "import os\nimport time\n\n\ndef test_slow():\n    time.sleep(600 if os.path.exists('hold') else 0)\n"
    repo = make_repo({**FILES, "test_slow.py": slow, ".gitignore": "hold\n"})
    async with followed(repo, monkeypatch) as session:
        await session.tests.start().wait()
        repo.write("hold", "")
        repo.write("shop.py", WRONG)
        session.tests.start([KNOWN, "test_slow.py"])
        await until(lambda: "test_slow.py::test_slow" in session.tests.board.now)
        session.tests.stop()
        await session.idle()
        assert outcome(session, KNOWN) is TestOutcome.XPASSED
        repo.write("shop.py", FILES["shop.py"])
        (repo.path / "hold").unlink()
        await session.tests.start_affected(["shop.py"]).wait()
        assert outcome(session, KNOWN) is TestOutcome.XFAILED
        assert "1 whose latest run was not ended" in session.tests.why


async def test_what_a_test_leaves_is_found_where_nothing_cleans_up_any_more(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(APART)
    async with followed(repo, monkeypatch) as session:
        await session.tests.start().wait()
        ran: list[tuple[str, ...]] = []

        def heard(what: TestResult | TestRun) -> None:
            if isinstance(what, TestRun):
                ran.append(tuple(each.id for each in what.results))

        session.tests.heard = heard
        for text, bad in ((APART["conftest.py"].replace("clear", "sort"), (FINDS,)), (APART["conftest.py"], ())):
            repo.write("conftest.py", text)
            await session.tests.start_affected(["conftest.py"]).wait()
            assert session.tests.outstanding == bad
        assert ran[0] == (LEAVES,), "what enters it comes first"
        assert ran[1] == (LEAVES, FINDS), "then all, in the order of a cold run"
