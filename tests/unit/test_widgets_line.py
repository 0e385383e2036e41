"""Views of lines: what is painted, moved over, found, copied; and that text from outside stays text."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from workbench_kit.line import Line, chopped, compose, painted, text_of, toned
from workbench_kit.line_view import LineView
from workbench_kit.marks import heat_bar, sparkline
from workbench_kit.row_map import RowMap
from workbench_kit.text import clip, fit, plain, width_of, wrap

from tests.unit.widget_app import lines_of, shown, until

MODEST = settings(max_examples=60)
anything = st.text(st.characters(), max_size=40)


def numbers(count: int) -> LineView[int]:
    return LineView(range(count), lambda row, width: Line(((f"row {row}", ""),)))


@MODEST
@given(anything)
def test_no_character_of_outside_text_reaches_the_terminal_as_a_command(text: str) -> None:
    made = plain(text)
    assert made.isprintable()
    assert not set(map(ord, made)) & {*range(32), *range(127, 160), *range(0x202A, 0x202F), *range(0x2066, 0x206A)}
    made.encode()


def test_what_cannot_be_seen_is_shown() -> None:
    assert plain("\x1b[31mred\x00\r") == "␛[31mred␀␍"
    assert plain("a\tb\tc") == "a   b   c"
    assert plain("b\tc", column=3) == "b" + " " * 4 + "c"
    assert plain("x\u202ey\x9b31m\udcff") == "x⟨202e⟩y⟨9b⟩31m⟨ff⟩"
    assert plain("[bold]not markup[/]") == "[bold]not markup[/]"
    assert width_of("漢字❤") == 5


@MODEST
@given(anything, st.integers(0, 30))
def test_text_is_cut_and_padded_to_cells(text: str, width: int) -> None:
    assert width_of(clip(text, width)) <= width
    assert width_of(fit(text, width)) == width
    assert width_of(fit(text, width, right=True)) == width


@MODEST
@given(anything, st.integers(2, 20))
def test_wrapping_loses_no_word(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(plain(text).split())


@MODEST
@given(st.lists(st.tuples(anything, st.just("")), max_size=4), st.integers(10, 30))
def test_chopping_loses_nothing(pieces: list[tuple[str, str]], width: int) -> None:
    lines = list(chopped(pieces, width))
    column, whole = 0, ""
    for text, _ in pieces:
        shown_text = plain(text, column)
        column += width_of(shown_text)
        whole += shown_text
    assert "".join(text_of(line) for line in lines) == whole
    assert all(sum(width_of(text) for text, _ in line) <= width for line in lines)


@MODEST
@given(
    body=st.lists(st.tuples(anything, st.just("")), max_size=3),
    right=st.lists(st.tuples(anything, st.just("")), max_size=2),
    width=st.integers(0, 50),
    scroll=st.integers(0, 20),
    scrolls=st.booleans(),
)
def test_every_strip_is_as_wide_as_the_view(
    body: list[tuple[str, str]], right: list[tuple[str, str]], width: int, scroll: int, scrolls: bool
) -> None:
    line = Line(tuple(body), tuple(right), (("12 ", ""),))
    strip = compose(line, width, lambda tone: Style.null(), scroll if scrolls else 0, scrolls)
    assert cell_len(strip.text) == width


def test_tones_are_laid_over_pieces() -> None:
    pieces = painted("def f(x):", [(0, 3, "keyword"), (4, 5, "name")])
    assert pieces == (("def ", "keyword"), ("f", "name"), ("(x):", ""))
    assert toned(pieces, [(2, 6, "match")]) == (
        ("de", "keyword"),
        ("f ", "keyword match"),
        ("f", "name match"),
        ("(", "match"),
        ("x):", ""),
    )


@MODEST
@given(st.integers(0, 40), st.integers(1, 3), st.dictionaries(st.integers(0, 50), st.integers(0, 4), max_size=8))
def test_a_row_map_agrees_with_counting(count: int, height: int, extra: dict[int, int]) -> None:
    lines = [(row, part) for row in range(count) for part in range(height + extra.get(row, 0))]
    row_map = RowMap(count, height, extra)
    assert row_map.lines == len(lines)
    assert [row_map.at(line) for line in range(len(lines))] == lines
    assert row_map.at(len(lines))[0] >= count
    for row in range(count):
        assert lines[row_map.top(row)] == (row, 0)


def test_heat_and_sparklines_say_it_without_colour() -> None:
    assert ["".join(text for text, _ in heat_bar(heat)) for heat in (0, 0.05, 0.5, 1)] == [
        "·····",
        "■····",
        "■■···",
        "■■■■■",
    ]
    assert sparkline([0, 1, 2, 4]) == "▁▃▅█"
    assert len(sparkline(range(100))) <= 8
    assert sparkline([0, 0]) == "▁▁"


async def test_movement_as_in_vi() -> None:
    async with shown(numbers(1000), height=20) as (pilot, app):
        view = app.view
        assert isinstance(view, LineView)
        for keys, row in [
            ("j", 1),
            ("j", 2),
            ("k", 1),
            ("G", 999),
            ("k", 998),
            ("ctrl+u", 988),
            ("ctrl+d", 998),
            ("g", 0),
            ("pagedown", 19),
            ("home", 0),
            ("k", 0),
        ]:
            await pilot.press(keys)
            assert view.cursor == row, keys
            assert f"row {row}" in lines_of(view), keys
        moved = [message for message in app.heard if isinstance(message, LineView.Moved)]
        assert [(message.row, message.key) for message in moved[:2]] == [(1, "1"), (2, "2")]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.heard[-1], LineView.Opened))


async def test_only_lines_in_sight_are_made() -> None:
    made: list[int] = []

    def line(row: int, width: int) -> Line:
        made.append(row)
        return Line(((f"row {row}", ""),))

    view = LineView(range(100_000), line)
    async with shown(view, height=20) as (pilot, _):
        await pilot.press("G")
        await pilot.pause()
        assert len(made) < 100
        made.clear()
        await pilot.press("k")
        await pilot.pause()
        assert set(made) == {99_998, 99_999}
        made.clear()
        view.rows_changed(3, 99_990)
        await pilot.pause()
        assert made == [99_990]


async def test_rows_that_stream_in_are_painted_without_a_layout() -> None:
    source = ["first"]
    view = LineView(source)
    async with shown(view, height=10) as (pilot, _):
        size = view.virtual_size.height
        source.append("second")
        view.grown()
        source.append("third")
        view.grown()
        assert lines_of(view, 3) == ["first", "second", "third"]
        assert view.virtual_size.height == size, "the scrollbars are told at most once a second"
        await pilot.press("G")
        assert (view.cursor, view.virtual_size.height) == (2, 3)
        view.follow = True
        source.extend(f"more {n}" for n in range(50))
        view.grown()
        assert view.cursor == 52
        await until(pilot, lambda: "more 49" in lines_of(view))


async def test_finding_goes_on_and_back_and_lets_go() -> None:
    rng = random.Random(7)
    rows = [rng.choice(["plain", "Needle here", "needle"]) if n % 10 == 0 else "plain" for n in range(500)]
    small = [n for n, row in enumerate(rows) if "needle" in row.lower()]
    capital = [n for n, row in enumerate(rows) if "Needle" in row]
    view = LineView(rows)
    async with shown(view, height=12) as (pilot, _):
        await pilot.press("slash", *"needle")
        await until(pilot, lambda: view.cursor == small[0])
        await until(pilot, lambda: f"1 of {len(small)}" in lines_of(view)[-1])
        assert lines_of(view)[-1].startswith("/needle")
        await pilot.press("enter", "n")
        await until(pilot, lambda: view.cursor == small[1])
        await pilot.press("N", "N")
        await until(pilot, lambda: view.cursor == small[-1])
        assert view.notes() == [f"{len(small)} of {len(small)}"]
        await pilot.press("escape", "slash", *"Needle")
        await until(pilot, lambda: view.cursor == next((n for n in capital if n >= small[-1]), capital[0]))
        await pilot.press("escape")
        assert view.cursor == small[-1], "Esc goes back to where the search began"
        await pilot.press("slash", *"nowhere")
        await until(pilot, lambda: view.finder.status(0) == "not found")


async def test_keys_typed_into_a_search_move_nothing() -> None:
    async with shown(numbers(100)) as (pilot, app):
        await pilot.press("slash", "j", "G", "v", "1", "space")
        assert isinstance(app.view, LineView)
        assert app.view.finder.query == "jGv1 "
        assert app.view.cursor == 0
        await pilot.press(*["backspace"] * 5, "escape", "j")
        assert app.view.cursor == 1


async def test_a_range_is_selected_and_copied_whole() -> None:
    view = LineView([f"{n} " + "long " * 40 for n in range(10)])
    async with shown(view, width=30) as (pilot, app):
        await pilot.press("j", "v", "j", "j")
        assert list(view.chosen()) == [1, 2, 3]
        await pilot.press("y")
        assert app.clipboard == "\n".join(view.source[1:4])
        await pilot.press("escape", "y")
        assert app.clipboard == view.source[3]


async def test_the_mouse_moves_the_cursor_and_opens() -> None:
    async with shown(numbers(100)) as (pilot, app):
        await pilot.click(offset=(3, 5))
        assert isinstance(app.view, LineView)
        assert app.view.cursor == 5
        await pilot.click(offset=(3, 7), times=2)
        await until(pilot, lambda: any(isinstance(m, LineView.Opened) and m.row == 7 for m in app.heard))


@pytest.mark.parametrize("text", ["\x1b]0;title\x07", "[red]x[/red]", "a\nb"])
async def test_outside_text_on_the_border_and_in_rows_is_text(text: str) -> None:
    view = LineView([text], caption=text)
    view.styles.border = ("round", "white")
    async with shown(view) as (_, app):
        assert lines_of(view, 1) == [plain(text)]
        assert "\x1b" not in app.export_screenshot()
        assert view.notes() == [""]
