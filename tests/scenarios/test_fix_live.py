"""Live tests without a screen: what a save calls for, what is no save, and selections that are no more."""

from __future__ import annotations

import asyncio
import time
from argparse import Namespace
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick
from workbench.analysis.diffs import Diff, diff_texts
from workbench.case.enums import RunStatus
from workbench.engine.changes import Changes
from workbench.engine.options import from_arguments
from workbench.engine.session import Session
from workbench.engine.store.vault import Vault

PATIENCE = 120.0


@asynccontextmanager
async def followed(
    repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, trust: bool = True, jobs: int = 1
) -> AsyncIterator[Session]:
    """A session that sees every file that changes."""
    quick(monkeypatch)
    given = Namespace(store=str(repo.path.parent / "data"), jobs=jobs, trust=trust)
    session = await Session.open(repo.path, from_arguments(given))
    try:
        await session.follow()
        await session.idle()
        yield session
    finally:
        await session.close()


async def until(condition: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def test_a_failing_test_that_was_renamed_does_not_keep_the_others_from_running(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo({"test_a.py": "def test_old():\n    assert False\n\n\ndef test_ok():\n    pass\n"})
    async with followed(repo, monkeypatch) as session:
        session.tests.start()
        await session.idle()
        assert session.tests.outstanding == ("test_a.py::test_old",)
        repo.write("test_a.py", "def test_new():\n    assert False\n\n\ndef test_ok():\n    pass\n")
        session.tests.start_failed()
        await session.idle()
        assert session.tests.outstanding == ("test_a.py::test_new",)
        assert session.tests.problem == ""
        repo.write("test_a.py", "")
        session.tests.start_failed()
        await session.idle()
        assert session.tests.last is not None
        assert session.tests.last.status is RunStatus.NO_TESTS
        assert session.tests.problem, "nothing ran: never green"


async def test_a_file_that_cannot_be_collected_any_more_takes_no_other_test_from_the_board(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = "def test_bad():\n    assert False\n"
    repo = make_repo({"test_a.py": bad, "test_b.py": bad})
    async with followed(repo, monkeypatch) as session:
        await session.tests.start().wait()
        assert session.tests.outstanding == ("test_a.py::test_bad", "test_b.py::test_bad")
        repo.write("test_a.py", bad.replace("False", "True"))
        repo.write("test_b.py", "import nowhere_to_be_found\n\n\n" + bad)
        failed = session.tests.start_failed()
        assert failed is not None
        await failed.wait()
        assert session.tests.outstanding == ("test_b.py",), "both ran, and the one stands for all of its file"
        assert session.tests.board.known() == ["test_a.py::test_bad", "test_b.py"]
        assert session.tests.problem == ""


async def test_what_the_tests_write_is_no_save(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    writes = "import time\n\n\ndef test_writes():\n    open('left.txt', 'w').write(str(time.time()))\n"
    monkeypatch.setattr("workbench.engine.live.GRACE", PATIENCE)
    repo = make_repo({"test_w.py": writes})
    async with followed(repo, monkeypatch) as session:
        session.tests.watch(True)
        runs: list[str] = []
        session.services.jobs.subscribe(lambda job: runs.append(job.name) if job.running and not job.done else None)
        session.tests.start()
        await until(lambda: (repo.path / "left.txt").exists())
        await until(lambda: session.tests.last is not None)
        await session.idle()
        await until(lambda: any(file.path == "left.txt" for file in session.change.diff.files))
        await session.idle()
        assert "tests on save" not in runs, "it would never end"
        assert session.tests.board.stale(session.change.tree) == 1, "but the result is stale: files changed meanwhile"


async def test_a_save_runs_what_imports_the_file_and_says_why(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workbench.engine.live.GRACE", 0.0)
    repo = make_repo(SHOP)
    async with followed(repo, monkeypatch) as session:
        session.tests.watch(True)
        repo.write("shop.py", RIGHT)
        await until(lambda: session.tests.pace is not None and session.tests.pace.tests)
        await session.idle()
        assert session.tests.pace is not None
        assert session.tests.pace.tests == 2
        assert "test files import shop.py" in session.tests.why
        repo.write("notes.md", "nothing to run\n")
        await until(lambda: session.tests.why == "no test enters what changed")
        await session.idle()
        assert not session.tests.problem


async def test_the_engine_itself_runs_nothing_before_trust(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo({"test_trap.py": "open('ran', 'w').close()\n\n\ndef test_ok():\n    pass\n"})
    async with followed(repo, monkeypatch, trust=False) as session:
        repo.write("new.py", "x = 1\n")
        session.change.refresh()
        await session.idle()
        session.tests.watch(True)
        session.tests.saved(["test_trap.py"])
        session.prove()
        session.validate()
        await session.idle()
        assert not (repo.path / "ran").exists()
        for said in (session.tests.problem, session.proof.problem, session.gates.problem):
            assert said == "not run before you trust this repository"


async def test_a_run_that_is_stopped_leaves_nothing_running(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = "import time\n\n\ndef test_slow():\n    time.sleep(60)\n"
    repo = make_repo({"test_s.py": slow})
    async with followed(repo, monkeypatch) as session:
        session.tests.start()
        await until(lambda: session.tests.board.now)
        session.tests.stop()
        await session.idle()
        assert not session.tests.running
        assert not session.tests.board.now
        assert session.tests.board.waiting() == 1, "it has still never run"


async def test_what_a_kill_left_undone_is_journaled_at_the_next_start(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    data = repo.path.parent / "data"
    changes = Changes(repo.path, Vault(data / "vault"), data / "intents")
    record = changes.apply(Diff((diff_texts("shop.py", SHOP["shop.py"], RIGHT),)), "a fix")
    async with followed(repo, monkeypatch) as session:
        assert [(each.id, each.undone) for each in session.state.patches.values()] == [(record.id, False)]
        assert [each.what for each in session.change.notices] == [
            "apply of “a fix” was interrupted and was carried to its end"
        ]
        assert not list((data / "intents").glob("*.intent"))
        await session.change.undo(record)
        assert (repo.path / "shop.py").read_text() == SHOP["shop.py"]
        assert session.state.patches[record.id].undone


async def test_a_folder_without_git_and_one_without_a_commit_run_tests_too(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(name="fresh")
    repo.write("test_a.py", "def test_ok():\n    print('x' * 50_000)\n    assert False\n")
    async with followed(repo, monkeypatch) as session:
        assert "no commit to compare with" in session.change.problem
        session.tests.start()
        await session.idle()
        assert session.tests.board.failed == 1
        assert session.tests.board.stale(session.change.tree) == 0
        (kept,) = session.state.test_runs[-1].results
        assert "... cut ..." in kept.output, "what is journaled is bounded"
        assert len(kept.output) < 25_000
    plain = repo.path.parent / "plain"
    plain.mkdir()
    (plain / "test_a.py").write_text("def test_ok():\n    pass\n")
    repo.path = plain
    async with followed(repo, monkeypatch) as session:
        assert "no git repository" in session.change.problem
        session.tests.start()
        await session.idle()
        assert (session.tests.board.passed, session.tests.board.stale(session.change.tree)) == (1, 0)
        session.prove()
        await session.idle()
        assert "no git repository" in session.proof.problem


async def test_a_file_that_an_editor_made_and_took_away_widens_no_guess(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo({**SHOP, "rates.json": "{}"})
    async with followed(repo, monkeypatch) as session:
        await session.services.repository.files()
        found = await session.tests.reach.of("", "", ["4913", "shop.py"])
        assert (found.everything, "import shop.py" in found.why) == (False, True), found.why
        (repo.path / "rates.json").unlink()
        found = await session.tests.reach.of("", "", ["rates.json"])
        assert found.everything, "what was there may have been read"
