"""Stretches of time that are joined because they hold too much: even, and the same in whatever order parts come."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.analysis.logs.scan import table as tables
from workbench.analysis.logs.scan.stretches import FEW, Segment
from workbench.analysis.logs.scan.table import Shape, Table

MOST = 90
"""Counts that a table may hold here."""
STARTS = st.lists(st.integers(1, 4_000), min_size=FEW + 1, max_size=80)
Stretch = tuple[float, float, int, int, tuple[tuple[str, int], ...]]


def part(starts: list[int]) -> Table:
    """A part whose stretches last a second and hold three shapes each, numbered in the order they are met."""
    words = list(dict.fromkeys((f"shape {(at + n) % 5}",) for at in starts for n in range(3)))
    shapes = {each: Shape(each, number, 0) for number, each in enumerate(words)}
    segments: list[Segment] = []
    for at in starts:
        counts = {shapes[f"shape {(at + n) % 5}",].number: n + 1 for n in range(3)}
        for each in shapes.values():
            each.count += counts.get(each.number, 0)
        segments.append(Segment(float(at), at + 1.0, counts, requests=at, failed=at % 3))
    return Table(lines=len(starts), shapes=shapes, segments=segments)


def added(parts: list[Table]) -> Table:
    """All parts, one by one."""
    total = Table()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tables, "ENTRIES", MOST)
        for each in parts:
            total.add(each)
    return total


def stretches(table: Table) -> list[Stretch]:
    """The stretches of a table, their shapes by name."""
    names = {shape.number: words[0] for words, shape in table.shapes.items()}
    return sorted(
        (each.start, each.end, each.requests, each.failed, tuple(sorted((names[n], c) for n, c in each.counts.items())))
        for each in table.segments
    )


def totals(stretched: list[Stretch]) -> tuple[Counter[str], int, int]:
    """What stretches hold in all."""
    counts: Counter[str] = Counter()
    for *_, held in stretched:
        counts.update(dict(held))
    return counts, sum(each[2] for each in stretched), sum(each[3] for each in stretched)


@given(STARTS, st.lists(st.integers(0, 7), min_size=80, max_size=80), st.randoms(use_true_random=False))
def test_parts_in_any_order_are_joined_to_what_the_whole_is(
    starts: list[int], places: list[int], chance: Random
) -> None:
    pieces = [[at for at, place in zip(starts, places, strict=False) if place == number] for number in range(8)]
    parts = [part(each) for each in pieces if each]
    chance.shuffle(parts)
    one_by_one, whole = added(parts), added([part(starts)])
    assert stretches(one_by_one) == stretches(whole)
    assert one_by_one.width == whole.width > 0
    assert totals(stretches(whole)) == totals(stretches(part(starts)))
    begun = [each.start // whole.width for each in whole.segments]
    assert len(set(begun)) == len(begun), "one stretch for each width"
    assert all(each.end - each.start <= whole.width + 1 for each in whole.segments)


def test_the_first_hours_of_a_long_log_stay_as_fine_as_the_last() -> None:
    hours = [part([*range(hour * 3600, (hour + 1) * 3600, 60)]) for hour in range(1, 25)]
    lengths = [each.end - each.start for each in added(hours).segments]
    assert len(lengths) > 10
    assert max(lengths) < 3 * sorted(lengths)[len(lengths) // 2]


def test_what_has_no_time_takes_none_from_what_has() -> None:
    table = part([*range(1, 200)])
    table.segments[::2] = [Segment(0.0, 0.0, each.counts) for each in table.segments[::2]]
    without, *timed = added([table]).segments
    assert (without.start, without.end) == (0.0, 0.0)
    assert all(each.start > 0 for each in timed)
    assert sum(sum(each.counts.values()) for each in timed) == 99 * 6
