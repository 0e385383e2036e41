"""One driver at a time, on every kind of store: who executes, who asks, who falls silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import RepoBuilder
from tests.stores import store_at
from workbench.engine.file_states import RefusedError
from workbench.engine.options import Options
from workbench.engine.session import Session
from workbench.engine.store.company import EXPIRY, Presence, Round
from workbench.engine.store.owners import owner

ANN, BOB = Presence("a", "ann", owner()), Presence("b", "bob", owner())
WATCHER = Presence("w", "wendy", owner(), role="viewer")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A case on each kind of store."""
    if request.param == "postgresql":
        return f"{request.getfixturevalue('postgres_url')}|c"
    return str(tmp_path / "c.sqlite")


def test_the_wheel_is_the_first_ones_until_handed_over_or_left(address: str) -> None:
    with closing(store_at(address)) as one, closing(store_at(address)) as two:
        assert one.beat(ANN, True).wheel == "a"
        seen = two.beat(replace(BOB, wants=True, looking="shop/a.py:3"), True)
        assert (seen.wheel, [each.name for each in seen.people]) == ("a", ["ann", "bob"])
        assert one.beat(ANN, True).people[1] == replace(BOB, wants=True, looking="shop/a.py:3")
        assert two.hand_over("b", "b").wheel == "a", "only its holder gives it"
        assert one.hand_over("a", "nobody").wheel == "a", "nobody is not here"
        assert one.hand_over("a", "b").wheel == "b"
        two.leave("b")
        assert one.beat(ANN, False).wheel == ""
        assert one.beat(WATCHER, True).wheel == "", "a viewer never drives"
        assert one.beat(ANN, True).wheel == "a"
        assert one.hand_over("a", "w").wheel == "a"


def test_who_falls_silent_or_dies_loses_the_wheel() -> None:
    people = Round()
    far = replace(ANN, host="elsewhere:1:1")
    assert people.beat(far, True, 0.0).wheel == "a"
    assert people.beat(BOB, True, EXPIRY - 0.1).wheel == "a"
    assert people.beat(BOB, True, EXPIRY + 0.1).wheel == "b"
    dead = Round({"a": (replace(ANN, host=owner().rpartition(":")[0] + ":1"), 100.0)}, "a")
    assert dead.beat(BOB, True, 1.0).wheel == "b", "at once where it is known to be dead"


async def test_only_the_driver_executes(make_repo: Callable[..., RepoBuilder], tmp_path: Path) -> None:
    repo = make_repo()
    repo.write("test_a.py", "def test_a():\n    open('ran', 'w').close()\n")
    repo.commit()
    options = Options(tmp_path / "data", tmp_path / "cache", 1, "ann", trust=True)
    first = await Session.open(repo.path, options)
    second = await Session.open(repo.path, replace(options, actor="bob", case=first.state.id))
    try:
        await second.tests.start().wait()
        assert "ann has the wheel" in second.tests.problem
        with pytest.raises(RefusedError, match="ann has the wheel"):
            await second.change.apply(second.change.diff, "x")
        assert not (repo.path / "ran").exists()
        second.services.questions.heard = True
        assert await second.services.questions.ask("may it?", ("yes", "no")) == "no", "permissions are the driver's"
        await second.note("notes are everyone's")
        first.services.questions.heard = True
        permission = asyncio.create_task(first.services.questions.ask("may it?", ("yes", "no")))
        await asyncio.sleep(0)
        (waiting,) = first.services.questions.waiting
        await second.services.wheel.ask()
        await first.services.wheel.beat()
        (asking,) = first.services.wheel.asking
        await first.services.wheel.hand_over(asking.id)
        await second.services.wheel.beat()
        assert second.services.wheel.why_not == ""
        assert "bob has the wheel" in first.services.wheel.why_not
        first.services.questions.answer(waiting, "yes")
        assert await permission == "no", "nor who handed it over while it was asked"
        await second.tests.start().wait()
        assert (repo.path / "ran").exists()
        assert second.state.driver == "bob"
    finally:
        await asyncio.gather(first.close(), second.close())
