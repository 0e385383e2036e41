"""A cursor on the rows of a view: moving, ranges, opening, copying, by keys and by mouse."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from workbench_kit.line import Line
from workbench_kit.strip_view import StripView
from workbench_kit.vi_nav import NAV_BINDINGS, ViNav

CURSOR_BINDINGS: list[BindingType] = [
    Binding("enter", "open", "Open", show=False, id="view.open"),
    Binding("v", "range", "Select", show=False, id="view.range"),
    Binding("y", "copy", "Copy", show=False, id="view.copy"),
    Binding("escape", "cancel", "Cancel", show=False, id="view.cancel"),
]


class CursorView(ViNav, StripView, can_focus=True):
    """A view of rows with a cursor: ``cursor`` is its row, ``range_start`` the row where a range began, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*NAV_BINDINGS, *CURSOR_BINDINGS]

    TOP: ClassVar[int] = 0
    """Lines at the top that are covered by an overlay, where the cursor never stands (but on the first row)."""

    cursor: int = 0
    range_start: int | None = None
    _stands: int | None = None
    """The row that was brought to the upper third."""

    @dataclass
    class Moved(Message):
        """The cursor is on another row; ``key`` names it (an id in lists, the row number elsewhere)."""

        view: CursorView
        row: int
        key: str

        @property
        def control(self) -> CursorView:
            """The view that sent it."""
            return self.view

    @dataclass
    class Opened(Moved):
        """Enter or a double click on a row."""

    def row_key(self, row: int) -> str:
        """What names the row in messages."""
        return str(row)

    def row_text(self, row: int) -> str:
        """The whole text of the row, however much of it is cut on screen."""
        raise NotImplementedError

    def page_rows(self) -> int:
        return max(1, self.size.height // self.map.height)

    def move_to(self, row: int) -> None:
        row = min(max(0, row), max(0, self.row_count() - 1))
        old, self.cursor = self.cursor, row
        if old != row:
            crossed = range(min(old, row), max(old, row) + 1)
            self.rows_changed(*((old, row) if self.range_start is None else crossed))
        self.reveal()
        if old != row:
            self._stands = None
            self.cursor_moved(old)

    def cursor_moved(self, old: int) -> None:
        """The cursor came from row ``old``: say so."""
        self.post_message(self.Moved(self, self.cursor, self.row_key(self.cursor)))

    def reveal(self) -> None:
        """Scroll as little as needed for the cursor's row to be in sight, the whole of it where it fits."""
        height = self.size.height
        if not height or not self.row_count():
            return
        self.sync_size(now=True)
        top, end = self.map.top(self.cursor), self.map.top(self.cursor + 1)
        now = self.scroll_offset.y
        covered = self.TOP if self.cursor else 0
        target = min(max(0, top - covered), max(now, end - height))
        if target != now:
            self.scroll_to(y=target, animate=False, force=True)

    def show_row(self, row: int) -> None:
        """Put the cursor on ``row``; when it was out of sight it comes to stand in the upper third."""
        row = min(max(0, row), max(0, self.row_count() - 1))
        top, height = self.map.top(row), self.size.height
        out_of_sight = not self.scroll_offset.y + self.TOP <= top < self.scroll_offset.y + height
        if height and out_of_sight:
            _stand(self, row)
        self.move_to(row)
        if out_of_sight:
            self._stands = row

    def stand(self) -> None:
        """Bring the cursor's row to the upper third; in another height too, until the cursor moves."""
        self._stands = self.cursor
        if self.size.height:
            _stand(self, self.cursor)

    def chosen(self) -> range:
        """The rows of the range, or the cursor's row alone."""
        start = self.cursor if self.range_start is None else self.range_start
        return range(min(start, self.cursor), min(max(start, self.cursor) + 1, self.row_count()))

    def set_range(self, start: int | None) -> None:
        """Begin a range at row ``start``, or end it with None."""
        before = self.chosen()
        self.range_start = start
        self.rows_changed(*before)

    def marked(self, row: int, part: int, line: Line) -> Line:
        if row == self.cursor:
            return self.at_cursor(line)
        return self.in_range(line) if self.range_start is not None and row in self.chosen() else line

    def at_cursor(self, line: Line) -> Line:
        """``line`` as it looks under the cursor."""
        return replace(line, tone=f"{line.tone} cursor")

    def in_range(self, line: Line) -> Line:
        """``line`` as it looks in a range, the cursor aside."""
        return replace(line, tone=f"{line.tone} selected")

    def sideways(self, cells: int) -> None:
        self.scroll_relative(x=cells, animate=False, force=True)

    def action_open(self) -> None:
        if self.row_count():
            self.post_message(self.Opened(self, self.cursor, self.row_key(self.cursor)))

    def action_range(self) -> None:
        self.set_range(self.cursor if self.range_start is None else None)

    def action_copy(self) -> None:
        self.app.copy_to_clipboard("\n".join(self.row_text(row) for row in self.chosen()))

    def action_cancel(self) -> None:
        self.set_range(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "cancel":
            return self.range_start is not None
        return super().check_action(action, parameters)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(_resized, self)


def _stand(view: CursorView, row: int) -> None:
    """Scroll so that ``row`` stands in the upper third."""
    view.sync_size(now=True)
    view.scroll_to(y=max(0, view.map.top(row) - view.size.height // 3), animate=False, force=True)


def _resized(view: CursorView) -> None:
    if view._stands == view.cursor and view.size.height:
        _stand(view, view.cursor)
    view.reveal()
