"""Agents over the Agent Client Protocol: real processes, judged by the tests and by nothing that they say."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.scenarios.project import RIGHT, SHOP, quick, session_on
from tests.scenarios.test_fix_proposals import TEST
from workbench.engine.file_states import RefusedError
from workbench.engine.process.confine import can_confine
from workbench.engine.proposals.offering import Offered, offer
from workbench.engine.proposals.taking import take
from workbench.engine.session import Session

PROGRAM = str(Path(__file__).parents[1] / "agents.py")


def described(behaviour: str, argument: str = "", **more: object) -> str:
    """The manifest of an agent that behaves so."""
    command = [sys.executable, PROGRAM, behaviour, *([argument] if argument else [])]
    lines = [f'name = "{behaviour}"', 'kind = "fixer"', 'protocol = "acp"', f"command = {command!r}"]
    return "\n".join([*lines, *(f"{key} = {value!r}" for key, value in more.items())])


def configure(repo: RepoBuilder, monkeypatch: pytest.MonkeyPatch, **manifests: str) -> None:
    """Have the user describe these agents, in their own settings."""
    quick(monkeypatch)
    home = repo.path.parent / "config"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    for name, text in manifests.items():
        place = home / "workbench" / "fixers" / f"{name}.toml"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)


async def asked(session: Session, *names: str) -> Offered:
    return await offer(session.services, TEST, names)


async def transcript(session: Session) -> str:
    events = await session.services.journal.events()
    said = [line for event in events if event.kind == "agent.talked" for line in event.data["said"]]
    return "\n".join(f"{who}: {text}" for who, text in said)


async def test_a_good_agent_is_judged_as_any_fixer_and_its_words_are_no_evidence(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    configure(
        repo,
        monkeypatch,
        good=described("good"),
        same=described("good").replace('"good"', '"same"', 1),
        lies=described("lies", attempts=2),
        learns=described("learns"),
    )
    before = repo.git("status", "--porcelain", "--ignored")
    async with session_on(repo) as session:
        await session.pin("an order was a price short", "shop.py", 5)
        offered = await asked(session, "good", "same", "lies", "learns")
        by = {each.fixer: each for each in offered.proposals}
        assert [each.fixer for each in offered.proposals][-1] == "lies", "what is red comes last"
        assert {each.outcome for each in by["good"].tests} == {"green"}
        assert "it says, and nobody checked: The first price is left out. Mended." in by["good"].note
        assert offered.said == ("same: the same change as good",)
        assert by["lies"].tests[0].outcome == "red"
        assert "red after 2 attempts" in by["lies"].note
        assert by["learns"].tests[0].outcome == "green"
        assert "attempt 2 of 3" in by["learns"].note
        told = await transcript(session)
        assert f"This test fails and is to pass: {TEST}" in told
        assert "It raises AssertionError" in told
        assert "Evidence:\n  shop.py:5: an order was a price short" in told
        assert "lies: All tests pass now. I ran them." in told
        assert "workbench: the test is red: " in told
        assert repo.git("status", "--porcelain", "--ignored") == before, "the user's tree was not touched"
        assert any(entry.text.startswith("talked with good: ended") for entry in session.state.timeline)
        await take(session.services, session.change, by["good"])
        assert (repo.path / "shop.py").read_text() == RIGHT
        await session.idle()


async def test_what_an_agent_does_to_tests_is_left_out_and_so_judged(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    configure(repo, monkeypatch, edits_tests=described("edits_tests"), mixed=described("mixed"))
    async with session_on(repo) as session:
        by = {each.fixer: each for each in (await asked(session)).proposals}
        assert by["edits_tests"].denied
        assert {each.name: each.outcome for each in by["edits_tests"].tests}["clean"] == "red"
        with pytest.raises(RefusedError, match="choose the hunks by hand"):
            await take(session.services, session.change, by["edits_tests"])
        assert {each.name: each.outcome for each in by["mixed"].tests}["clean"] == "green"
        await take(session.services, session.change, by["mixed"])
        assert (repo.path / "shop.py").read_text() == RIGHT
        assert (repo.path / "test_shop.py").read_text() == SHOP["test_shop.py"]
        partly = session.state.proposals[by["mixed"].id]
        assert (partly.state, partly.rejected) == ("partly", ("left out: test_shop.py:2",)), "its fixer is told"
        await session.idle()


@pytest.mark.skipif(not can_confine(), reason="this kernel has no Landlock")
async def test_an_agent_writes_nowhere_but_in_its_worktree(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    outside = repo.path.parent / "outside.txt"
    configure(repo, monkeypatch, wanders=described("wanders", str(outside)))
    async with session_on(repo) as session:
        (made,) = (await asked(session, "wanders")).proposals
        told = await transcript(session)
        assert told.count("[PermissionError]") == 2, told
        assert told.count("is outside of the worktree") == 4, told
        assert not outside.exists()
        assert (repo.path / "shop.py").read_text() == SHOP["shop.py"]
        assert made.paths == ("shop.py",)
        assert made.tests[0].outcome == "green"
        assert "confined" not in made.note


async def test_agents_that_die_hang_babble_or_do_not_end_are_a_line_and_leave_nothing_behind(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    pid = repo.path.parent / "pid"
    configure(
        repo,
        monkeypatch,
        dies=described("dies"),
        hangs=described("hangs", str(pid), timeout=4, writes=[str(pid.parent)]),
        babbles=described("babbles"),
        busy=described("busy", turns=5),
        gone='name = "gone"\nprotocol = "acp"\ncommand = ["no-such-agent"]\n',
        other='name = "other"\nprotocol = "smoke"\ncommand = ["sh"]\n',
        broken="name = ",
        revert='name = "revert"\ncommand = ["sh"]\n',
    )
    async with session_on(repo) as session:
        offered = await asked(session)
        said = "\n".join(offered.said)
        assert "dies: failed: AgentError: the agent ended: out of credit" in said
        assert "hangs: stopped after its limit" in said
        assert "babbles: failed: AgentError: the agent said what is no message of the protocol" in said
        assert "gone: failed: CommandMissingError: no-such-agent was not found" in said
        assert "nothing here speaks 'smoke'" in said
        assert "broken.toml cannot be read" in said
        assert "there is a built-in fixer revert" in said
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid.read_text()), 0)
        told = await transcript(session)
        assert "stopped after 5 uses of its tools" in told
        assert not [each for each in offered.proposals if each.fixer in ("dies", "hangs", "babbles", "busy")]


async def test_where_nobody_can_be_asked_the_answer_is_no(
    make_repo: Callable[..., RepoBuilder], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo = make_repo(SHOP)
    configure(repo, monkeypatch, polite=described("polite"))
    async with session_on(repo) as session:
        offered = await asked(session, "polite")
        assert not offered.proposals
        assert offered.said == ("polite: failed: AgentError: stopped when it asked: Edit shop.py",)
        assert "Edit shop.py: stop" in await transcript(session)
