"""The heights of a column's panels: they fill it, the focused one is open, nothing is cut to uselessness."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from workbench_kit.arrange import EDGE, FOLDED, LEAST, Want, heights

wants = st.lists(st.builds(Want, st.integers(0, 200), st.just(False), st.booleans()), min_size=1, max_size=7)


@settings(max_examples=300)
@given(wants, st.integers(12, 120), st.integers(1, 7), st.integers(0, 6))
def test_a_column_is_filled_and_the_focused_panel_is_open(asked: list[Want], rows: int, most: int, at: int) -> None:
    at %= len(asked)
    asked[at] = Want(asked[at].lines, True, asked[at].elastic)
    made = heights(asked, rows, most)
    opened = [height for height in made if height > FOLDED]
    assert sum(made) == rows
    assert made[at] > FOLDED
    assert 1 <= len(opened) <= most
    assert min(opened) >= min(LEAST, rows // len(asked))


def test_panels_take_what_they_hold_and_the_main_one_the_rest() -> None:
    causes, errors, files = Want(6), Want(8), Want(200, elastic=True)
    assert heights([causes, errors, files], 45, 5) == [8, 10, 27]


def test_the_main_panel_gets_half_before_the_others() -> None:
    made = heights([Want(40, elastic=True), Want(40), Want(40)], 40, 3)
    assert made[0] == 20
    assert sum(made) == 40


def test_the_focused_panel_grows() -> None:
    quiet = heights([Want(30), Want(30), Want(30)], 30, 3)
    focused = heights([Want(30), Want(30, True), Want(30)], 30, 3)
    assert focused[1] > quiet[1]


def test_in_a_low_terminal_two_are_open_and_the_others_are_titles() -> None:
    made = heights([Want(6), Want(8, True), Want(9, elastic=True), Want(4)], 22, 2)
    assert made[0] == made[3] == FOLDED
    assert made[1] == 8 + EDGE


def test_the_main_panel_is_never_down_to_a_line_while_others_have_many() -> None:
    code, log, why, changed = Want(40, elastic=True), Want(12), Want(12), Want(12)
    made = heights([code, log, why, changed, Want(1), Want(1), Want(1)], 37, 4)
    assert made[0] >= 12
    assert all(height >= 6 for height in made[1:4])
