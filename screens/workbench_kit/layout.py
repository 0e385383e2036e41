"""The layout of a pane: three columns, two, or one panel with a strip of tabs, by the size of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import monotonic

from textual import events
from textual.app import ComposeResult
from textual.containers import Container, Horizontal, Vertical
from textual.timer import Timer

from workbench_kit.arrange import FOLDED, heights
from workbench_kit.bar import Bar
from workbench_kit.compositing import LineCompositor
from workbench_kit.fitting import Part
from workbench_kit.footer import Footer
from workbench_kit.header import Header, ImpactLine
from workbench_kit.list_view import ListView
from workbench_kit.pacing import PacedScreen
from workbench_kit.panel import Panel
from workbench_kit.tabs import TabStrip

NARROW, WIDE, LOW = 100, 140, 30
"""Columns under which one panel is shown, columns from which three stand side by side, rows under which two open."""
COLUMNS = ("left", "middle", "right")
SMALLEST = (60, 15)
PERIOD = 1.0
"""Seconds between two layouts while results come in; each costs several milliseconds."""


class TooSmall(Bar):
    """All that is shown in a terminal that is too small."""

    DEFAULT_CSS = "TooSmall { display: none; background: $background; }"

    def parts(self, width: int) -> Sequence[Part]:
        size = self.app.size
        return [Part(f"workbench needs {SMALLEST[0]} × {SMALLEST[1]}, this is {size.width} × {size.height}"[:width])]


class Columns(PacedScreen[None]):
    """A screen of panels in columns, with the bars around them. Subclasses give ``columns``."""

    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - declared so by Textual
    VERTICAL_BREAKPOINTS = [(0, "-low"), (LOW, "-high")]  # noqa: RUF012 - declared so by Textual
    DEFAULT_CSS = Path(__file__).with_name("pane.tcss").read_text(encoding="utf-8")
    """Not CSS_PATH: that has every rule of the app parsed again when a screen is first shown."""

    def __init__(self) -> None:
        super().__init__()
        self._compositor = self._lines = LineCompositor()
        self.stacks = [list(column) for column in self.columns()]
        self.panels: list[Panel] = [panel for stack in self.stacks for panel in stack]
        self._stacked = [Vertical(*stack, id=name) for stack, name in zip(self.stacks, COLUMNS, strict=True)]
        self._strip = TabStrip()
        self._main = Container(*self._stacked[1:], id="main")
        self.front = self.panels[0]
        self.zoomed = False
        self.touched = False
        """Whether a key or the mouse was used here: from then on nothing moves under the cursor."""
        self._arranged: object = None
        self._arranged_at = 0.0
        self._later: Timer | None = None

    def columns(self) -> tuple[Sequence[Panel], Sequence[Panel], Sequence[Panel]]:
        """The panels of the left, middle and right column, from the top."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        yield Header()
        yield ImpactLine()
        yield self._strip
        with Horizontal(id="body"):
            yield self._stacked[0]
            yield self._main
        yield Footer()
        yield TooSmall()

    def on_resize(self, event: events.Resize) -> None:
        self.set_class(event.size.width < SMALLEST[0] or event.size.height < SMALLEST[1], "-tiny")
        self.query_one(Header).low = event.size.height < LOW
        self.query_one(Header).refresh()
        self.lay_out()

    def _on_timer_update(self) -> None:
        self._lines.front = self.focused
        super()._on_timer_update()

    def on_key(self) -> None:
        self._touch()

    def on_mouse_down(self) -> None:
        self._touch()

    def _touch(self) -> None:
        if not self.touched:
            self.touched = True
            for panel in self.panels:
                if isinstance(panel, ListView):
                    panel.free = False

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        if isinstance(event.widget, Panel) and event.widget in self.panels:
            entered = event.widget is not self.front
            self.front = event.widget
            self.lay_out()
            if entered:
                self.entered(self.front)

    def entered(self, panel: Panel) -> None:
        """The focus came to ``panel`` from another one."""

    def on_line_view_told(self) -> None:
        strip = self._strip
        if strip.display:
            strip.renew()

    def settle(self) -> None:
        """Lay out if the contents ask for it, at most once a second; the panel that is worked in stays where it is."""
        due = self._arranged_at + PERIOD - monotonic()
        if due <= 0:
            self.lay_out(steady=self.touched)
        elif self._later is None:
            self._later = self.set_timer(due, self._settle_later)

    def _settle_later(self) -> None:
        self._later = None
        self.lay_out(steady=self.touched)

    def lay_out(self, steady: bool = False) -> None:
        """Give every panel its height, fold what has no room, show one alone where there is room for one.

        ``steady`` leaves the panels above the focused one as they are, so that its rows stay where they are.
        """
        asked = (self.size, self.front, self.zoomed, steady, tuple(panel.want() for panel in self.panels))
        if asked == self._arranged or not self.is_mounted or not self.size.height:
            return
        self._arranged, self._arranged_at = asked, monotonic()
        alone = self.zoomed or self.size.width < NARROW
        strip = self._strip
        strip.panels, strip.front = self.panels, self.front
        strip.refresh()
        for panel in self.panels:
            panel.display = not alone or panel is self.front
            panel.set_class(alone and not self.zoomed and self.size.height < LOW, "-bare")
        for column, stack in zip(self._stacked, self.stacks, strict=True):
            column.display = any(panel.display for panel in stack)
        self._main.display = any(column.display for column in self._stacked[1:])
        if alone:
            self.front.set_folded(False)
            self.front.styles.height = "1fr"
        else:
            self._share(steady and bool(self.front.row_count()))

    def _share(self, steady: bool) -> None:
        rows = self.size.height - (2 if self.size.height < LOW else 3)
        left, middle, right = self.stacks
        wide = self.size.width >= WIDE
        for stack in [left, middle, right] if wide else [left, [*middle, *right]]:
            most = 2 if self.size.height < LOW else max(2, rows // 8)
            at = stack.index(self.front) if steady and self.front in stack else 0
            above = [panel.outer_size.height for panel in stack[:at]]
            most = max(1, most - sum(height > FOLDED for height in above))
            below = heights([panel.want() for panel in stack[at:]], rows - sum(above), most)
            for panel, height in zip(stack, (*above, *below), strict=True):
                panel.set_folded(height == FOLDED)
                panel.styles.height = height
