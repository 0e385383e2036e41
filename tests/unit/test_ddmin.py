"""Delta debugging finds a part that cannot be made smaller, whatever the rule is."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.ddmin import ddmin

Items = tuple[int, ...]


def drive(items: Items, passes: Callable[[Items], bool]) -> tuple[Items, int]:
    """What the search finds, and how many candidates were tried."""
    search = ddmin(items)
    tried = 0
    try:
        candidates = next(search)
        while True:
            chosen = None
            for number, candidate in enumerate(candidates):
                tried += 1
                if passes(candidate):
                    chosen = number
                    break
            candidates = search.send(chosen)
    except StopIteration as end:
        return end.value, tried


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.sets(st.integers(0, n - 1), min_size=1))))
def test_exactly_what_is_needed_is_found(case: tuple[int, set[int]]) -> None:
    count, needed = case
    found, _ = drive(tuple(range(count)), lambda part: needed <= set(part))
    assert set(found) == needed


@given(st.integers(2, 25), st.integers(0, 2**16))
def test_no_item_of_what_is_found_can_be_spared(count: int, seed: int) -> None:
    def passes(part: Items) -> bool:
        return len(part) == count or (bool(part) and hash((part, seed)) % 3 == 0)

    found, _ = drive(tuple(range(count)), passes)
    assert passes(found)
    assert not any(passes(tuple(other for other in found if other != item)) for item in found if len(found) > 1)


def test_one_of_many_takes_few_trials() -> None:
    found, tried = drive(tuple(range(64)), lambda part: 37 in part)
    assert found == (37,)
    assert tried <= 12
