"""Two people at one case, each with a screen: where the other looks, following, the wheel, the brief."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from workbench_kit.pane import Pane
from workbench_kit.reader import Reader

from tests.scenarios.driver import Driver, workbench
from tests.snapshots import incident
from workbench.engine import wheel
from workbench.engine.options import from_arguments
from workbench.engine.store import company, writer
from workbench.engine.store.company import Presence
from workbench.engine.store.library import Library


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wheel, "BEAT", 0.1)
    monkeypatch.setattr(wheel, "SOON", 0.01)
    monkeypatch.setattr(writer, "POLL", 0.1)


@asynccontextmanager
async def at(folder: Path, repo: Path, case: str, name: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Driver]:
    monkeypatch.setenv("WORKBENCH_ACTOR", name)
    async with workbench(repo, incident.arguments(folder, case), (160, 48)) as driver:
        await driver.until(lambda: isinstance(driver.app.screen, Pane | Reader), "pane 1")
        await driver.settle()
        yield driver


async def choose(driver: Driver, command: str, text: str = "") -> None:
    """By the palette."""
    await driver.press("colon")
    await driver.type(command)
    await driver.press("enter")
    if text:
        await driver.sees(text)


async def test_two_people_at_one_case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, case = await incident.write_case(tmp_path)
    async with at(tmp_path, repo, case, "ann", monkeypatch) as ann, at(tmp_path, repo, case, "bob", monkeypatch) as bob:
        await bob.until(lambda: isinstance(bob.app.screen, Reader), "the brief of who joins late")
        await bob.sees("asked: 500s on login")
        await bob.press("escape")
        await ann.sees("2 here, you drive (advisory)")
        await bob.sees("2 here, ann drives (advisory)")

        await bob.press("2", "a")
        await bob.sees("ann has the wheel")
        await bob.press("1")
        place = ann.app.desk.place if ann.app.desk else None
        assert place is not None
        await ann.press("j")
        looks = ann.session.services.wheel
        await ann.until(lambda: ":" in looks.looking, "ann looks at a place")
        known = bob.session.services.wheel
        await bob.until(lambda: looks.looking in [each.looking for each in known.company.people], "bob was told")
        await choose(bob, "who is here", "ann: driver, drives")
        await bob.sees(looks.looking)
        await bob.press("enter")
        await bob.sees("following ann")
        await ann.press("2")
        await bob.until(lambda: bob.app.current_mode == "fix", "bob goes where ann goes")
        await ann.press("1", "j", "j")
        await bob.until(lambda: bob.app.current_mode == "investigate", "and back")
        await bob.until(
            lambda: bob.app.desk and f"{bob.app.desk.place.path}:{bob.app.desk.place.line}" in looks.looking
        )

        await choose(bob, "the wheel")
        await ann.sees("bob asks for the wheel")
        await choose(ann, "the wheel")
        await bob.sees("you have the wheel now")
        await bob.sees("2 here, you drive")
        await ann.sees("2 here, bob drives")
        assert ann.told.count("bob has the wheel now") == 1
        assert "bob has the wheel" in ann.session.services.wheel.why_not


async def test_an_invitation_on_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo, case = await incident.write_case(tmp_path)
    async with at(tmp_path, repo, case, "ann", monkeypatch) as ann:
        await choose(ann, "invite somebody", "viewer: reads")
        await ann.press("enter")
        await ann.sees("WORKBENCH_TOKEN=")
        (made,) = ann.session.hosting.invitations.of(case)
        assert (made.role.value, made.used) == ("viewer", False)
        assert "invited somebody as viewer" in ann.session.state.timeline[-1].text


@pytest.mark.parametrize(
    ("name", "who"), [("carol", "carol"), ("bob", "bob, in another window,")], ids=["another", "a window of ours"]
)
async def test_the_wheel_of_a_lost_link_is_free_soon_and_the_screen_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, who: str
) -> None:
    repo, case = await incident.write_case(tmp_path)
    options = from_arguments(incident.arguments(tmp_path, case))
    monkeypatch.setattr(company, "EXPIRY", 600.0)
    with closing(Library(options.data).store(case)) as store:
        far = Presence("another's", name, "elsewhere:1:1")
        assert store.beat(far, True).wheel == far.id
        async with at(tmp_path, repo, case, "bob", monkeypatch) as bob:
            await bob.press("escape")
            await bob.sees(f"2 here, {name} drives")
            assert f"{who} has the wheel" in bob.session.services.wheel.why_not
            monkeypatch.setattr(company, "EXPIRY", 0.5)
            store.beat(far, True)  # the last that is heard of her
            await bob.sees("carol is gone: you have the wheel now" if name == "carol" else "you have the wheel now")
            assert "bob is gone" not in bob.text
            await bob.until(lambda: "drives" not in bob.text, "alone, nothing is said of a wheel")
            assert bob.session.services.wheel.why_not == ""
            assert bob.session.state.driver == "bob"
