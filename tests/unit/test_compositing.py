"""What the line compositor shows is what Textual's own shows; it only asks for fewer lines, and paints in more goes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from textual._compositor import Compositor
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static
from workbench_kit.compositing import LineCompositor, PiecesUpdate
from workbench_kit.pens import PLAIN, Pen, moved_on
from workbench_kit.thrift import Thrift

_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;]*)m|([^\x1b])", re.DOTALL)

Grid = dict[tuple[int, int], tuple[str, Pen]]


class Counted(Vertical):
    """A container that counts the lines it is asked for."""

    lines = 0

    def render_lines(self, crop: Region) -> list[Strip]:
        Counted.lines += crop.height
        return super().render_lines(crop)


class Stacked(Screen[None]):
    CSS = """
    Stacked { layers: below above; }
    Vertical { width: 1fr; border: round white; }
    Static { height: 1fr; }
    #over { layer: above; width: 20; height: 5; offset: 11 3; border: solid red; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._compositor = LineCompositor()

    def compose(self) -> ComposeResult:
        with Horizontal():
            for column in range(3):
                with Counted():
                    yield Static("words " * 30, id=f"top{column}")
                    yield Static("more \N{CJK UNIFIED IDEOGRAPH-4E00} words " * 30)
        yield Static("over all", id="over")


def shown(said: str) -> Grid:
    """The cells that a terminal shows after ``said``."""
    cells: Grid = {}
    row = column = 0
    pen = PLAIN
    for down, across, codes, char in _TOKEN.findall(said):
        if down:
            row, column = int(down) - 1, int(across) - 1
        elif codes:
            pen = moved_on(pen, codes)
        elif char and char != "\n":
            cells[row, column] = (char, pen)
            column += get_character_cell_size(char)
    return cells


def ours(compositor: Compositor) -> Iterator[PiecesUpdate]:
    """Painted by the compositor of our screens, go after go."""
    assert isinstance(compositor, LineCompositor)
    while compositor._dirty_regions:
        if (update := compositor.render_partial_update()) is not None:
            yield update


def theirs(compositor: Compositor) -> Compositor:
    """Textual's own in its place."""
    plain = Compositor()
    plain.__dict__.update(compositor.__dict__)
    return plain


async def test_a_partial_paint_shows_what_textual_shows_and_asks_containers_for_less() -> None:
    app: App[None] = App()
    async with app.run_test(size=(71, 23)) as pilot:
        await app.push_screen(Stacked())
        await pilot.pause()
        compositor = app.screen._compositor
        expected = shown(theirs(compositor).render_full_update().render_segments(app.console))
        dice = random.Random(3)
        asked = {"ours": 0, "theirs": 0}
        for _ in range(60):
            regions = {_region(dice) for _ in range(dice.randint(1, 6))}
            compositor._dirty_regions, Counted.lines = set(regions), 0
            painted = shown("".join(update.render_segments(app.console) for update in ours(compositor)))
            asked["ours"] += Counted.lines
            compositor._dirty_regions, Counted.lines = set(regions), 0
            theirs(compositor).render_partial_update()
            asked["theirs"] += Counted.lines
            inside = {(y, x) for region in regions for y in region.line_range for x in range(*region.column_span)}
            assert painted.items() <= expected.items(), regions
            assert painted.keys() >= inside & expected.keys(), regions
        assert asked["ours"] < asked["theirs"] / 2


async def test_the_panel_that_is_worked_in_is_painted_first_and_much_in_several_goes() -> None:
    app: App[None] = App()
    async with app.run_test(size=(71, 23)) as pilot:
        await app.push_screen(Stacked())
        await pilot.pause()
        compositor = app.screen._compositor
        assert isinstance(compositor, LineCompositor)
        compositor.front = app.screen.query_one("#top2")
        places = {widget.id: widget.region for widget in app.screen.query(Static) if widget.id}
        compositor._dirty_regions = set(places.values())
        goes = [{(piece.y, piece.first) for piece in update.pieces} for update in ours(compositor)]
        assert len(goes) == 2
        assert goes[0] >= {(y, places["top2"].x) for y in places["top2"].line_range}
        assert (1, places["top1"].x) not in goes[0]
        assert (1, places["top1"].x) in goes[1]


async def test_pieces_reach_the_terminal_as_cells_as_their_text_would() -> None:
    app: App[None] = App()
    async with app.run_test(size=(71, 23)) as pilot:
        await app.push_screen(Stacked())
        await pilot.pause()
        compositor = app.screen._compositor
        dice = random.Random(4)
        by_cells, by_text, taken = Thrift(), Thrift(), 0
        system = app.console._color_system or ColorSystem.TRUECOLOR
        for _ in range(40):
            compositor._dirty_regions = {_region(dice)}
            for update in ours(compositor):
                if by_cells.put(update.pieces, system):
                    taken += 1
                    assert not by_text.write(update.render_segments(app.console) + "\x1b[1;1H")
                    assert not by_cells.write("\x1b[1;1H")
                    app.screen.query_one("#over", Static).update(str(dice.random()))
                    assert by_cells.flush() == by_text.flush()
        assert 0 < taken < 40, "those with a wide character are written as text"


async def test_what_moved_is_painted_also_where_its_new_place_was_looked_up_before_the_layout() -> None:
    app: App[None] = App()
    async with app.run_test(size=(71, 23)) as pilot:
        await app.push_screen(Stacked())
        await pilot.pause()
        compositor, static = app.screen._compositor, app.screen.query_one("#top0")
        static.styles.height = 3
        for each in static.ancestors_with_self:
            if isinstance(each, Widget):
                each._clear_arrangement_cache()  # as it does when it is idle
        compositor._full_map_invalidated = True  # as by a widget that was mounted, or painted out of sight
        assert static.region.height == 3
        compositor._dirty_regions.clear()
        compositor.reflow(app.screen, app.screen.size)
        assert static.region in compositor._dirty_regions


def _region(dice: random.Random) -> Region:
    x, y = dice.randrange(70), dice.randrange(22)
    return Region(x, y, dice.randint(1, 71 - x), dice.randint(1, 23 - y))
