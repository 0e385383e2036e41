"""When a screen is painted: at once for who presses keys, now and then for what comes by itself."""

from __future__ import annotations

import asyncio

import pytest
from workbench_kit.pacing import Pace

HOUR = 3600.0


async def test_what_a_key_changed_is_painted_right_after_another_paint_and_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workbench_kit.pacing.CALM", HOUR)
    painted = asyncio.Event()
    pace = Pace(painted.set)
    pace.painted()
    pace.resume()
    assert _due(pace) > HOUR / 2, "nobody waits for it"
    pace.hurry()
    await asyncio.wait_for(painted.wait(), 5)


async def test_keys_hold_back_what_was_to_be_painted_and_what_they_change_does_not_wait_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workbench_kit.pacing.HELD", HOUR)
    painted = asyncio.Event()
    pace = Pace(painted.set)
    pace.resume()
    pace.hurry()
    due = _due(pace)
    assert due > HOUR / 2
    pace.hurry()
    assert _due(pace) <= due, "held back once"
    pace.resume()
    await asyncio.wait_for(painted.wait(), 5)


async def test_a_paint_in_several_goes_is_finished_without_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench_kit.pacing.CALM", HOUR)
    painted = asyncio.Event()
    pace = Pace(painted.set)
    pace.painted()
    pace.go_on()
    await asyncio.wait_for(painted.wait(), 5)


def _due(pace: Pace) -> float:
    """Seconds until it paints."""
    assert pace._next is not None
    return pace._next.when() - asyncio.get_running_loop().time()
