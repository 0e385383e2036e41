"""The colours of a diff: code can be read on every ground, and signs stand where colours are few."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.color import Color
from workbench_kit.diff_view import DiffView
from workbench_kit.highlighter import Highlighter
from workbench_kit.theme import PALETTES, TERMINAL, Palette

from tests.diffs import change
from tests.unit.test_widgets_code import Gate, tones
from tests.unit.widget_app import lines_of, shown, until


def contrast(style: Style) -> float:
    assert style.color
    assert style.bgcolor

    def luminance(color: Color) -> float:
        shares = [c / 255 for c in (color.r, color.g, color.b)]
        red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    text, ground = luminance(Color.from_rich_color(style.color)), luminance(Color.from_rich_color(style.bgcolor))
    return (max(text, ground) + 0.05) / (min(text, ground) + 0.05)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
async def test_code_can_be_read_on_every_ground_of_a_diff(palette: Palette) -> None:
    view = DiffView()
    async with shown(view) as (pilot, app):
        for known in PALETTES:
            app.register_theme(known.theme())
        app.theme = palette.name
        await pilot.pause()
        words = (
            "",
            "keyword",
            "name",
            "type",
            "string",
            "comment",
            "literal",
            "decorator",
            "number",
            "faint",
            "success",
            "error",
        )
        for ground in ("added", "removed", "header", "absent"):
            for word in words:
                assert contrast(view.style(f"{ground} {word}")) >= 4.5, (ground, word)
        for kind in ("added", "removed"):
            for word in words:
                assert contrast(view.style(f"{kind} {word} {kind}-word")) >= 4.5, (kind, word)


async def test_the_text_stands_before_its_colours() -> None:
    gate = Gate()
    view = DiffView(Highlighter(gate))
    async with shown(view, width=90, height=48) as (pilot, _):
        view.show_diff(change())
        await pilot.pause()
        y = next(y for y, line in enumerate(lines_of(view)) if "def refresh" in line)
        before = tones(view, y)
        await until(pilot, lambda: gate.waiting)
        gate.open()
        await until(pilot, lambda: len(tones(view, y)) > len(before))


async def test_with_sixteen_colours_signs_and_words_still_stand_out() -> None:
    view = DiffView()
    async with shown(view) as (pilot, app):
        app.register_theme(TERMINAL)
        app.theme = TERMINAL.name
        await pilot.pause()
        for kind, sign in (("added", "success"), ("removed", "error")):
            style = view.style(f"{kind} {sign}")
            assert style.color != style.bgcolor
            assert view.style(f"{kind} {kind}-word").underline
            assert not view.style(kind).underline
