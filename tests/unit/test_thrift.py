"""Whatever is written, the screen is as if all of it had been: a terminal of our own shows both."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from workbench_kit.thrift import Thrift

WIDTH, HEIGHT = 24, 4
OFF = {22: {1, 2}, 23: {3}, 24: {4}, 25: {5}, 27: {7}, 28: {8}, 29: {9}}


class Screen:
    """A terminal: cells with their attributes, colour and background, and the cursor."""

    def __init__(self) -> None:
        self.cells: dict[tuple[int, int], tuple[str, str, str, str]] = {}
        self.row = self.column = 0
        self.plain()

    def plain(self) -> None:
        self.attributes: set[int] = set()
        self.colour = self.ground = ""

    def write(self, data: str) -> None:
        for codes, kind, char in re.findall(r"\x1b\[([\d;?]*)([A-Za-z])|(.)", data, re.DOTALL):
            if kind == "H":
                self.row, self.column = (int(each) - 1 for each in codes.split(";"))
            elif kind == "m":
                self.sgr([int(each or 0) for each in codes.split(";")])
            elif kind == "C":
                self.column += int(codes)
            elif kind == "X":
                blank = (" ", "", "", self.ground)
                self.cells.update(((self.row, self.column + at), blank) for at in range(int(codes)))
            elif kind == "J":
                self.cells.clear()
            elif char == "\n":
                self.row, self.column = self.row + 1, 0
            elif char:
                shown = (str(sorted(self.attributes)), self.colour, self.ground)
                if char == " " and not self.attributes & {4, 7, 9}:
                    shown = ("", "", self.ground)
                self.cells[self.row, self.column] = (char, *shown)
                self.column += 1

    def sgr(self, codes: list[int]) -> None:
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.plain()
            elif code in (38, 48):
                given = str([code, codes.pop(0), codes.pop(0), codes.pop(0), codes.pop(0)])
                self.colour, self.ground = (given, self.ground) if code == 38 else (self.colour, given)
            elif 30 <= code <= 37:
                self.colour = str(code)
            elif code == 39:
                self.colour = ""
            elif 40 <= code <= 47:
                self.ground = str(code)
            elif code == 49:
                self.ground = ""
            else:
                self.attributes = self.attributes - OFF[code] if code in OFF else self.attributes | {code}


codes = st.lists(
    st.sampled_from(["1", "2", "3", "4", "7", "9", "31", "42", "38;2;1;2;3", "48;2;9;9;9", "48;2;7;7;7"]), max_size=4
).map(";".join)
piece = st.builds(
    lambda row, column, code, text: f"\x1b[{row + 1};{column + 1}H\x1b[{code}m{text[: WIDTH - column]}\x1b[0m",
    st.integers(0, HEIGHT - 1),
    st.integers(0, WIDTH - 1),
    codes,
    st.one_of(
        st.text("ab │✘ ", min_size=1, max_size=WIDTH),
        st.builds(
            "{}{}{}".format, st.text("ab", max_size=3), st.integers(6, WIDTH).map(" ".__mul__), st.text("a", max_size=3)
        ),
    ),
)
strange = st.sampled_from(["\x1b[2J", "\x1b[?25l", "\x1b[2;2H\x1b[1mx\x1b[0m\n"])


frame = st.lists(st.one_of(piece, piece, piece, strange), max_size=6).map("".join)


@given(st.lists(st.tuples(frame, st.booleans()), max_size=8).map(lambda frames: [*frames, *frames]), st.booleans())
@settings(max_examples=200)
def test_the_screen_is_the_same(frames: list[tuple[str, bool]], erases: bool) -> None:
    """Whatever comes, and however much of it waits for what comes next."""
    whole, spared, thrift = Screen(), Screen(), Thrift(erases)
    for data, shown in [*frames, ("", True)]:
        whole.write(data)
        spared.write(thrift.write(data))
        if shown:
            spared.write(thrift.flush())
            assert spared.cells == whole.cells
            assert (spared.row, spared.column) == (whole.row, whole.column)


def written(thrift: Thrift, data: str) -> str:
    return thrift.write(data) + thrift.flush()


def line(text: str, row: int = 1) -> str:
    return f"\x1b[{row};1H\x1b[38;2;1;2;3;48;2;9;9;9m{text}\x1b[0m"


def test_what_stands_there_is_not_written_again() -> None:
    thrift = Thrift()
    written(thrift, line("the quick brown fox"))
    assert len(written(thrift, line("the quick brown fox"))) == 0
    again = written(thrift, line("the quick tepid fox"))
    assert "tepid" in again
    assert "quick" not in again
    thrift.forget()
    assert "the quick tepid fox" in written(thrift, line("the quick tepid fox"))


def test_many_blanks_are_erased_where_the_terminal_can() -> None:
    thrift = Thrift(erases=True)
    written(thrift, line("x" * 40))
    said = written(thrift, line("x" + " " * 30 + "y" + " " * 8))
    assert "\x1b[30X" in said
    assert len(said) < 80


def test_each_colour_is_taken_once_a_frame() -> None:
    thrift = Thrift()
    pieces = [f"\x1b[38;2;{1 + at % 2};2;3mword{at} \x1b[0m" for at in range(8)]
    said = written(thrift, "\x1b[1;1H" + "".join(pieces) + "\x1b[2;1H" + "".join(pieces))
    assert said.count("38;2;1;2;3") == said.count("38;2;2;2;3") == 1
    assert all(said.count(f"word{at}") == 2 for at in range(8))


def test_wide_characters_go_whole_and_their_line_is_not_relied_upon() -> None:
    thrift = Thrift()
    wide = line("日本 e\u0301x")
    assert "日本 e\u0301x" in written(thrift, wide)
    assert "日本 e\u0301x" in written(thrift, wide)


def test_a_sequence_that_is_not_known_passes_as_it_is() -> None:
    thrift = Thrift()
    written(thrift, line("abc"))
    link = "\x1b]8;;http://x\x1b\\\x1b[1mabc\x1b[0m\x1b]8;;\x1b\\"
    assert written(thrift, link).endswith(link)
    assert "abc" in written(thrift, line("abc"))


def test_what_was_laid_out_for_a_taller_terminal_does_not_land_on_its_last_line() -> None:
    """A terminal puts what lies below it on its last line, and what lies beside it in its last column."""
    thrift = Thrift()
    thrift.forget(8, 4)
    written(thrift, "".join(line("whole", row) for row in range(1, 5)))
    thrift.forget(6, 2)
    late = written(thrift, line("late", 4) + line("wide wide", 1))
    assert "late" not in late
    assert "\x1b[4;" not in late
    assert "wide w" in late
    again = written(thrift, line("first", 1) + line("whole", 2) + line("last", 4))
    assert "first"[:2] in again
    assert "last" not in again
    thrift.forget(8, 4)
    grown = written(thrift, "".join(line("whole", row) for row in range(1, 5)))
    assert grown.count("whole") == 4
