"""Joining a case over a real ssh through a slow network: what a guest sees, writes, and keeps when the link is lost."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.sshd import SlowNetwork
from tests.sshd import machine as machine
from workbench.analysis.redact import redact_data
from workbench.case.codec import encode
from workbench.case.enums import Role
from workbench.case.state import CaseState
from workbench.engine.against import Wanted
from workbench.engine.investigation import Question
from workbench.engine.options import Options
from workbench.engine.session import Session
from workbench.engine.store import ledger, writer
from workbench.engine.store.library import Library
from workbench.engine.together.joining import joined
from workbench.engine.together.visit import Visit

LOG = """2026-05-12T14:0{minute}:00Z INFO shop: GET /cart 200
2026-05-12T14:0{minute}:01Z ERROR shop: boom for ann@shop.example
Traceback (most recent call last):
  File "/srv/shop/cart.py", line 2, in total
    return sum(prices) / len(prices)
ZeroDivisionError: division by zero
"""


@dataclass
class There:
    """The case of ann on another machine, and the way there."""

    url: str
    network: SlowNetwork
    case: str
    data: Path
    repo: RepoBuilder


@pytest.fixture
async def there(
    machine: str, tmp_path: Path, make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[There]:
    monkeypatch.setattr(ledger, "RETRY", 0.2)
    monkeypatch.setattr(writer, "POLL", 0.1)
    repo = make_repo()
    repo.write("shop/cart.py", "def total(prices):\n    return sum(prices) / len(prices)\n\nTOKEN = 'hunter2hunter2'\n")
    repo.commit()
    (tmp_path / "app.log").write_text("".join(LOG.replace("{minute}", str(n)) for n in range(3)))
    data = tmp_path / "far"
    session = await Session.open(repo.path, Options(data, tmp_path / "cache", 1, "ann", trust=True))
    await session.investigate(Question("the cart fails", (str(tmp_path / "app.log"),)))
    case = session.state.id
    await session.close()
    user, _, port = machine.rpartition(":")
    network = SlowNetwork(int(port), 0.01, 1e6)
    remote = f"env XDG_DATA_HOME={data.parent} {sys.executable} -P -m workbench --store {data} serve --stdio"
    monkeypatch.setenv("WORKBENCH_REMOTE", remote)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    try:
        yield There(f"ssh://{user}:{network.port}/{case}", network, case, data, repo)
    finally:
        network.close()


@asynccontextmanager
async def guest(there: There, tmp_path: Path, role: Role = Role.DRIVER) -> AsyncIterator[tuple[Session, Visit]]:
    options = Options(tmp_path / "bob", tmp_path / "bob-cache", 1, "bob")
    visit = await asyncio.to_thread(lambda: joined(there.url, options, role=role))
    session = await Session.open(visit.folder, replace(options, visit=visit, case=there.case))
    try:
        await session.idle()
        yield session, visit
    finally:
        await session.close()
        visit.end()


async def until(condition: Callable[[], object], what: str) -> None:
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.02)


def texts(state: CaseState) -> list[str]:
    return [entry.text.removeprefix("note: ") for entry in state.timeline if entry.kind == "note.added"]


async def test_a_guest_without_a_checkout_sees_the_case_its_code_and_its_log(there: There, tmp_path: Path) -> None:
    async with guest(there, tmp_path) as (session, visit):
        assert any("the cart fails" in line for line in visit.link.welcome.brief), "the late joiner's brief"
        told, masked = redact_data(encode(Library(there.data).read(there.case)), emails=True)
        assert encode(session.state) == told
        assert visit.masked == masked > 0
        assert f"in {masked} places" in visit.link.welcome.brief[-1]
        assert session.views.errors[0].name == "ZeroDivisionError"
        assert [file.path for file in session.views.ranking.files] == ["shop/cart.py"]
        await session.bring("shop/cart.py")
        code = (session.services.repository.root / "shop/cart.py").read_text()
        assert ("return sum(prices)" in code, "hunter2" in code) == (True, False)
        await session.bring("../../etc/passwd")
        session.log.open(session.state.log_sources)
        await session.idle()
        lines = [line.text for line in await session.log.lines(range(session.log.rows))]
        assert any("ZeroDivisionError" in line for line in lines)
        assert any("boom for ***" in line for line in lines)
        assert not any("shop.example" in line for line in lines)
        await session.tests.start().wait()
        assert "without the repository" in session.tests.problem
        with pytest.raises(Exception, match="without the repository"):
            await session.investigate(Question("run something", ("cmd:touch /tmp/x",)))
    assert not visit.room.exists(), "nothing of it is left here"


async def test_both_sides_see_what_the_other_writes(there: There, tmp_path: Path) -> None:
    ann = await Session.open(there.repo.path, Options(there.data, tmp_path / "cache", 1, "ann", case=there.case))
    try:
        async with guest(there, tmp_path) as (bob, _):
            await bob.note("from bob")
            await ann.note("from ann")
            await until(lambda: len(texts(ann.state)) == len(texts(bob.state)) == 2, "both notes on both sides")
            assert ann.state.timeline[-2:] == bob.state.timeline[-2:]
            await ann.services.wheel.beat()
            await bob.services.wheel.beat()
            assert [each.name for each in bob.services.wheel.company.people] == ["ann", "bob"]
            assert bob.services.wheel.company.driver == ann.services.wheel.company.driver
        await ann.services.wheel.beat()
        assert [each.name for each in ann.services.wheel.company.people] == ["ann"], "gone at once"
    finally:
        await ann.close()


async def test_a_lost_link_keeps_what_is_done_and_catches_up_without_a_duplicate(there: There, tmp_path: Path) -> None:
    ann = await Session.open(there.repo.path, Options(there.data, tmp_path / "cache", 1, "ann", case=there.case))
    try:
        async with guest(there, tmp_path) as (bob, visit):
            await bob.note("before")
            there.network.cut()
            await until(lambda: not visit.link.up, "the loss is noticed")
            await bob.note("offline 1")
            await ann.note("meanwhile")
            await bob.note("offline 2")
            assert texts(bob.state) == ["before", "offline 1", "offline 2"], "local work goes on"
            assert "in memory" in bob.services.journal.notice
            there.network.mend()
            await until(lambda: len(texts(bob.state)) == len(texts(ann.state)) == 4, "both catch up")
            assert texts(bob.state) == texts(ann.state) == ["before", "meanwhile", "offline 1", "offline 2"]
            assert "saved again" in bob.services.journal.notice
    finally:
        await ann.close()
    events = Library(there.data).events(there.case)
    assert len({event.id for event in events}) == len(events)


async def test_a_viewer_reads(there: There, tmp_path: Path) -> None:
    async with guest(there, tmp_path, role=Role.VIEWER) as (session, _):
        assert "viewer" in session.services.journal.readonly_reason
        with pytest.raises(Exception, match="viewer"):
            await session.note("x")
        assert [each.role for each in session.services.wheel.company.people] == ["viewer"]


async def test_a_guest_with_a_checkout_of_another_commit_is_told(there: There, tmp_path: Path) -> None:
    other = RepoBuilder(tmp_path / "other")
    other.write("shop/cart.py", "other = 1\n")
    other.commit()
    options = Options(tmp_path / "carol", tmp_path / "carol-cache", 1, "carol")
    visit = await asyncio.to_thread(lambda: joined(there.url, options, checkout=other.path))
    session = await Session.open(other.path, replace(options, visit=visit, case=there.case))
    try:
        assert any("your checkout is at" in notice.what for notice in session.notices)
        assert session.services.wheel.why_not == ""
    finally:
        await session.close()
        visit.end()
    assert (other.path / "shop/cart.py").read_text() == "other = 1\n"


def test_what_cannot_be_joined_is_said(there: There, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from workbench.cli.main import main

    port = there.network.port
    assert main(["join", "ssh://-oProxyCommand=id/x", "--brief"]) == 2
    assert main(["join", f"ssh://127.0.0.1:{port}/nosuchcase", "--brief"]) == 3
    assert main(["join", "ssh://127.0.0.1:1/x", "--brief"]) == 3
    said = capsys.readouterr().err
    assert "ssh://HOST/CASE" in said
    assert "there is no case nosuchcase" in said
    assert "refused" in said
    assert main(["join", there.url, "--brief"]) == 0
    assert "the cart fails" in capsys.readouterr().out


async def test_the_change_is_seen_without_a_checkout_and_follows_what_happens_there(
    there: There, tmp_path: Path
) -> None:
    there.repo.write(
        "shop/cart.py", "def total(prices):\n    return sum(prices) / max(1, len(prices))\n\nTOKEN = 'hunter3hunter3'\n"
    )
    ann = await Session.open(there.repo.path, Options(there.data, tmp_path / "cache", 1, "ann", case=there.case))
    try:
        async with guest(there, tmp_path) as (bob, _):
            await bob.follow()
            await until(lambda: bob.change.diff.files, "the change")
            (file,) = bob.change.diff.files
            lines = [line.text for hunk in file.hunks for line in hunk.lines]
            assert file.path == "shop/cart.py"
            assert any("max(1, len(prices))" in line for line in lines)
            assert not any("hunter" in line for line in lines)
            assert bob.change.problem == ""
            with pytest.raises(Exception, match="without the repository"):
                await bob.change.apply(bob.change.diff, "again")
            there.repo.write("shop/more.py", "MORE = 1\n")
            await ann.record("case.facts", {"tree": "t"})
            await until(lambda: len(bob.change.diff.files) == 2, "what came later")
            bob.change.want(Wanted(context=0))
            await until(
                lambda: (
                    len(bob.change.diff.files[0].hunks) >= 1 and bob.change.diff.files[0].hunks[0].lines[0].sign != " "
                ),
                "it",
            )
    finally:
        await ann.close()
