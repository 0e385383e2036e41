"""The collector keeps out of the way of keys, and circles are freed all the same."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from workbench_kit import garbage


class Circle:
    def __init__(self) -> None:
        self.me = self


@pytest.fixture
def collector() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector")
def test_circles_wait_for_a_quiet_moment_and_are_freed_in_it() -> None:
    garbage.at_start()
    garbage.calm()
    gone = weakref.ref(Circle())
    survivors = [[number] for number in range(garbage.YOUNG * 3)]
    gone_old = weakref.ref(survivors.append(Circle()) or survivors[-1])
    while gc.get_count()[1] < garbage.ENOUGH:
        survivors.append([0])
    survivors.clear()
    assert gone() is None
    assert gone_old() is not None
    garbage.tidy()
    assert gone_old() is None


@pytest.mark.usefixtures("collector")
def test_little_garbage_is_not_looked_for() -> None:
    garbage.at_start()
    garbage.calm()
    gone = weakref.ref(Circle())
    garbage.tidy()
    assert gone() is not None


def test_a_program_that_did_not_ask_for_it_keeps_its_collector() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    garbage.calm()
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, frozen)
