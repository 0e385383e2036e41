"""The first bad one of a row is found, whatever cannot be tried and however many are tried at once."""

from __future__ import annotations

from math import log2

from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.bisection import Trial, next_tries, suspects


def search(count: int, first_bad: int, skipped: set[int], width: int) -> tuple[tuple[int, ...], int]:
    said: dict[int, Trial] = {}
    rounds = 0
    while tries := next_tries(said, count, width):
        rounds += 1
        assert len(tries) <= width
        assert not set(tries) & said.keys()
        for at in tries:
            said[at] = Trial.SKIP if at in skipped else Trial.BAD if at >= first_bad else Trial.GOOD
    return suspects(said, count), rounds


@given(st.data(), st.integers(1, 60), st.integers(1, 4))
def test_the_first_bad_one_is_among_the_suspects_and_only_what_was_skipped_stands_beside_it(
    data: st.DataObject, count: int, width: int
) -> None:
    first_bad = data.draw(st.integers(0, count - 1))
    skipped = data.draw(st.sets(st.integers(0, count - 1))) - {count - 1}
    found, _ = search(count, first_bad, skipped, width)
    assert first_bad in found
    assert all(at in skipped or at == found[-1] for at in found)


@given(st.integers(2, 1000), st.data())
def test_two_at_once_need_fewer_rounds(count: int, data: st.DataObject) -> None:
    first_bad = data.draw(st.integers(0, count - 1))
    found, rounds = search(count, first_bad, set(), 2)
    assert found == (first_bad,)
    assert rounds <= log2(count) / log2(3) * 1.3 + 2
