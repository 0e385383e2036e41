"""What the line compositor writes to the terminal is what Textual's own writes; it only asks for fewer lines."""

from __future__ import annotations

import random
import re

from textual._compositor import ChopsUpdate, Compositor
from textual.app import App, ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.widgets import Static
from workbench_kit.compositing import LineCompositor

_MOVES = re.compile(r"\x1b\[\d+;\d+H(?=\s*(?:\x1b\[\d+;\d+H|$))")
"""Moves of the cursor after which nothing is written."""


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


def ours(compositor: Compositor) -> ChopsUpdate | None:
    """Painted by the compositor of our screens."""
    assert isinstance(compositor, LineCompositor)
    return compositor.render_partial_update()


def theirs(compositor: Compositor) -> ChopsUpdate | None:
    """Painted by Textual's own."""
    plain = Compositor()
    plain.__dict__.update(compositor.__dict__)
    return plain.render_partial_update()


async def test_a_partial_paint_writes_what_textual_writes_and_asks_containers_for_less() -> None:
    app: App[None] = App()
    async with app.run_test(size=(71, 23)) as pilot:
        await app.push_screen(Stacked())
        await pilot.pause()
        compositor = app.screen._compositor
        dice = random.Random(3)
        asked = {"ours": 0, "theirs": 0}
        for _ in range(60):
            regions = {_region(dice) for _ in range(dice.randint(1, 6))}
            said = {}
            for name, render in (("ours", ours), ("theirs", theirs)):
                compositor._dirty_regions = set(regions)
                before = Counted.lines
                update = render(compositor)
                asked[name] += Counted.lines - before
                assert isinstance(update, ChopsUpdate)
                said[name] = _MOVES.sub("", update.render_segments(app.console))
            assert said["ours"] == said["theirs"], regions
        assert asked["ours"] < asked["theirs"] / 2


def _region(dice: random.Random) -> Region:
    x, y = dice.randrange(70), dice.randrange(22)
    return Region(x, y, dice.randint(1, 71 - x), dice.randint(1, 23 - y))
