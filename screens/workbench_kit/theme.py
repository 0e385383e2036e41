"""The themes: dark, light, high contrast, and one made of the terminal's own sixteen colours.

Every text tone reaches 4.5 : 1 on every ground it may stand on, and the colours of the states stay apart when seen with
protanopia, deuteranopia or tritanopia; a test computes both. No colour ever says anything alone.
"""

from __future__ import annotations

from typing import NamedTuple

from textual.theme import Theme


class Palette(NamedTuple):
    """The colours of one theme.

    ``error`` to ``info`` are text; ``fill`` and ``glow`` are laid thinly under lines (cursor and range, match);
    ``bar`` is the ground of header and footer, ``raised`` that of dialogs.
    """

    name: str
    dark: bool
    ground: str
    bar: str
    raised: str
    text: str
    muted: str
    faint: str
    line: str
    accent: str
    error: str
    warning: str
    success: str
    history: str
    info: str
    fill: str
    glow: str
    boost: str

    def theme(self) -> Theme:
        """The Textual theme of these colours."""
        return Theme(
            name=self.name,
            dark=self.dark,
            primary=self.fill,
            secondary=self.history,
            warning=self.glow,
            error=self.error,
            success=self.success,
            accent=self.accent,
            foreground=self.text,
            background=self.ground,
            surface=self.ground,
            panel=self.bar,
            boost=self.boost,
            variables={
                "text": self.text,
                "text-muted": self.muted,
                "text-disabled": self.faint,
                "text-accent": self.accent,
                "text-error": self.error,
                "text-warning": self.warning,
                "text-success": self.success,
                "text-secondary": self.history,
                "text-primary": self.info,
                "border": self.accent,
                "border-blurred": self.line,
                "raised": self.raised,
                "scrollbar": self.line,
                "scrollbar-hover": self.muted,
                "scrollbar-active": self.accent,
                "scrollbar-background": self.ground,
                "scrollbar-corner-color": self.ground,
                "input-selection-background": f"{self.fill} 50%",
            },
        )


DARK = Palette(
    name="dark",
    dark=True,
    ground="#12151e",
    bar="#1c2030",
    raised="#1c2030",
    text="#d7dcf2",
    muted="#9aa2c2",
    faint="#8e96b5",
    line="#3d4460",
    accent="#6ca4ff",
    error="#ff7a85",
    warning="#ffc56b",
    success="#6be3c1",
    history="#dcc4ff",
    info="#9cc4ff",
    fill="#4b65ad",
    glow="#7c5e25",
    boost="#1a1f2e",
)
LIGHT = Palette(
    name="light",
    dark=False,
    ground="#fafafa",
    bar="#eceef5",
    raised="#ffffff",
    text="#1b2030",
    muted="#4c5369",
    faint="#575e74",
    line="#b4bace",
    accent="#1553c7",
    error="#86101c",
    warning="#8a5800",
    success="#005c50",
    history="#5b0a75",
    info="#1a4a8c",
    fill="#9db8f2",
    glow="#f0cf80",
    boost="#eff1f7",
)
HIGH_CONTRAST = Palette(
    name="high-contrast",
    dark=True,
    ground="#000000",
    bar="#161616",
    raised="#161616",
    text="#ffffff",
    muted="#d4d4d4",
    faint="#bdbdbd",
    line="#8c8c8c",
    accent="#6db0ff",
    error="#ff8589",
    warning="#ffd24d",
    success="#7dffd6",
    history="#ecd6ff",
    info="#b0d4ff",
    fill="#0080ff",
    glow="#b08a20",
    boost="#1c1c1c",
)
PALETTES = (DARK, LIGHT, HIGH_CONTRAST)

TERMINAL = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_magenta",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_cyan",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    variables={
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_cyan",
        "border-blurred": "ansi_bright_black",
        "raised": "ansi_default",
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
    },
)
"""For terminals of sixteen colours, and for NO_COLOR: then not even these are sent."""


def themes() -> list[Theme]:
    """All of them, the first one first."""
    return [*(palette.theme() for palette in PALETTES), TERMINAL]


def theme_for(colors: int | None, no_color: bool) -> str:
    """The theme to begin with on a terminal of so many colours (None: full colour)."""
    return TERMINAL.name if no_color or (colors is not None and colors <= 16) else DARK.name
