"""Seen by everyone: contrast of every text on every ground, and state colours that colour blindness does not merge."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from textual.app import App, ComposeResult
from textual.color import Color
from workbench_kit.line_view import LineView
from workbench_kit.theme import PALETTES, Palette, theme_for, themes
from workbench_kit.tones import TONES

Linear = tuple[float, float, float]
Lab = tuple[float, float, float]

SIMULATIONS: dict[str, tuple[Linear, Linear, Linear]] = {
    "normal": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""On linear RGB, severity 1.0: Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color
Vision Deficiency", IEEE TVCG 15(6), 2009, table of the supplementary material."""

TEXT_CONTRAST = 4.5
GRAPHIC_CONTRAST = 3.0
"""WCAG 2.2, success criteria 1.4.3 (text) and 1.4.11 (graphics: heat, beside its length)."""
APART = 9.0
"""CIEDE2000 between two states at least; about 2.3 is a just noticeable difference."""

STATES = ("error", "warning", "success", "history", "accent")
GRAPHICS = {"hot", "warm", "mild"}
LAID_UNDER = {"cursor", "selected", "match"}


def linear(color: Color) -> Linear:
    """Linear RGB of an sRGB colour (IEC 61966-2-1)."""

    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    return channel(color.r), channel(color.g), channel(color.b)


def contrast(one: Color, other: Color) -> float:
    """Contrast ratio of WCAG 2.2."""
    lights = sorted(
        sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear(each), strict=True)) for each in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def seen(color: Color, kind: str) -> Lab:
    """CIE L*a*b* (D65) of ``color`` as simulated."""
    rgb = linear(color)
    red, green, blue = (
        min(1.0, max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True)))) for row in SIMULATIONS[kind]
    )
    x = 0.4124564 * red + 0.3575761 * green + 0.1804375 * blue
    y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    z = 0.0193339 * red + 0.1191920 * green + 0.9503041 * blue

    def f(t: float) -> float:
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    fx, fy, fz = f(x / 0.95047), f(y), f(z / 1.08883)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def ciede2000(one: Lab, other: Lab) -> float:
    """CIEDE2000 (Sharma, Wu and Dalal, Color Research and Application 30(1), 2005)."""
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (math.hypot(a1, b1) + math.hypot(a2, b2)) / 2
    g = 0.5 * (1 - math.sqrt(mean**7 / (mean**7 + 25**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0
    turn = 0.0 if grey else (h2 - h1 + 180) % 360 - 180
    dh = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    lm, cm = (l1 + l2) / 2, (c1 + c2) / 2
    hm = h1 + h2 if grey else (h1 + turn / 2) % 360
    t = (
        1
        - 0.17 * math.cos(math.radians(hm - 30))
        + 0.24 * math.cos(math.radians(2 * hm))
        + 0.32 * math.cos(math.radians(3 * hm + 6))
        - 0.20 * math.cos(math.radians(4 * hm - 63))
    )
    sl = 1 + 0.015 * (lm - 50) ** 2 / math.sqrt(20 + (lm - 50) ** 2)
    sc, sh = 1 + 0.045 * cm, 1 + 0.015 * cm * t
    rt = -2 * math.sqrt(cm**7 / (cm**7 + 25**7)) * math.sin(math.radians(60 * math.exp(-(((hm - 275) / 25) ** 2))))
    dl, dc = (l2 - l1) / sl, (c2 - c1) / sc
    return math.sqrt(dl**2 + dc**2 + (dh / sh) ** 2 + rt * dc * dh / sh)


class Shown(App[None]):
    """A view in a theme, so that the colours are those that the stylesheet gives."""

    def __init__(self, name: str) -> None:
        super().__init__()
        for theme in themes():
            self.register_theme(theme)
        self.theme = name

    def compose(self) -> ComposeResult:
        yield LineView(["text"])


def test_the_distance_agrees_with_the_published_pairs() -> None:
    pairs = [
        ((50.0, 2.6772, -79.7751), (50.0, 0.0, -82.7485), 2.0425),
        ((50.0, 2.5, 0.0), (73.0, 25.0, -18.0), 27.1492),
    ]
    for one, other, distance in pairs:
        assert ciede2000(one, other) == pytest.approx(distance, abs=1e-4)


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
async def test_every_text_can_be_read_on_every_ground(palette: Palette) -> None:
    app = Shown(palette.name)
    async with app.run_test():
        view = app.query_one(LineView)
        view.focus()
        await app.workers.wait_for_complete()
        ground = Color.parse(palette.ground)
        grounds = {"ground": ground, "bar": Color.parse(palette.bar), "raised": Color.parse(palette.raised)}
        for tone in LAID_UNDER:
            laid = view.style(tone).bgcolor
            assert laid is not None, tone
            grounds[tone] = Color.from_rich_color(laid)
        low = []
        for tone in ("", *TONES):
            least = GRAPHIC_CONTRAST if tone in GRAPHICS else TEXT_CONTRAST
            color = view.style(tone).color
            assert color is not None, tone
            for name, under in grounds.items():
                if (tone in GRAPHICS and name != "ground") or tone in LAID_UNDER:
                    continue
                if (ratio := contrast(Color.from_rich_color(color), under)) < least:
                    low.append((tone, name, round(ratio, 2)))
        assert low == []


@pytest.mark.parametrize("palette", PALETTES, ids=lambda palette: palette.name)
@pytest.mark.parametrize("kind", SIMULATIONS)
def test_states_stay_apart_for_every_eye(palette: Palette, kind: str) -> None:
    colors = {name: seen(Color.parse(getattr(palette, name)), kind) for name in STATES}
    near = {
        (one, other): round(distance, 1)
        for (one, first), (other, second) in combinations(colors.items(), 2)
        if (distance := ciede2000(first, second)) < APART
    }
    assert near == {}


def test_few_colours_and_none_get_the_terminals_own() -> None:
    assert theme_for(None, no_color=False) == "dark"
    assert theme_for(16, no_color=False) == "terminal"
    assert theme_for(None, no_color=True) == "terminal"
