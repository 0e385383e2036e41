"""A text to read over the pane: the timeline, the commands that ran. Find, copy and open work as everywhere."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from workbench_kit.cursor_view import CursorView
from workbench_kit.desk import Place
from workbench_kit.dialogs import Dialog
from workbench_kit.panel import Build, TextPanel


class Reader(Dialog[Place | None]):
    """Shows the rows of ``build``; gives the place of the row that was opened, or None."""

    DEFAULT_CSS = """
    Reader {
        & > Vertical { width: 94%; height: 90%; }
        TextPanel { height: 1fr; background: $raised; scrollbar-background: $raised; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "close", "Close", show=False, id="reader.close")]

    def __init__(self, title: str, build: Build, empty: str, newest: bool = True) -> None:
        """``newest``: the last row is what matters, else the first."""
        super().__init__(title, "/ find   y copy   esc q close")
        self._build = build
        self._newest = newest
        self._empty = empty

    def compose(self) -> ComposeResult:
        panel = TextPanel()
        panel.empty = self._empty
        panel.show_text(self._build)
        if self._newest:
            panel.move_to(panel.row_count() - 1)
        yield self.frame(panel)

    def on_cursor_view_opened(self, event: CursorView.Opened) -> None:
        row = self.query_one(TextPanel).current
        if row is not None and row.path:
            self.dismiss(Place(row.path, row.at, row.ref))
