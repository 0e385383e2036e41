"""How long a view of rows is, told to its scrollbars as seldom as can be: each telling may cost a layout."""

from __future__ import annotations

from time import monotonic

from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.timer import Timer

from workbench_kit.quick_box import QuickBox
from workbench_kit.row_map import RowMap

SIZE_PERIOD = 1.0
"""Seconds between two changes of the virtual size while rows stream in: each costs a layout of the screen."""


class SizedView(QuickBox):
    """``map`` says which line of the view belongs to which row, and so how many lines there are."""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.map = RowMap(0)
        self._sized_at = -SIZE_PERIOD
        self._size_timer: Timer | None = None

    def content_width(self) -> int:
        """Cells of the longest line, in a view that scrolls sideways."""
        return 0

    def sync_size(self, now: bool = False) -> None:
        """Tell the scrollbars how long the view is: at once when ``now``, else at most once a second."""
        wanted = Size(self.content_width(), self.map.lines)
        if wanted == self.virtual_size:
            return
        due = self._sized_at + SIZE_PERIOD - monotonic()
        if now or due <= 0:
            self._sized_at = monotonic()
            self._take_size(wanted)
        elif self._size_timer is None and self.is_mounted:
            self._size_timer = self.set_timer(due, self._size_due)

    def _take_size(self, wanted: Size) -> None:
        """Setting ``virtual_size`` lays the whole screen out anew; a view whose own size does not follow its contents
        needs only its scrollbars told."""
        if self.styles.auto_dimensions or not self.size:
            self.virtual_size = wanted
        else:
            self.set_reactive(ScrollView.virtual_size, wanted)  # pyright: ignore[reportArgumentType]  # typed Reactive[Size] by Textual
            self._scroll_update(wanted)
        if self._vertical_scrollbar is not None:  # hidden, it was not told where the view went meanwhile
            self._vertical_scrollbar.position = self.scroll_y

    def _size_due(self) -> None:
        self._size_timer = None
        self.sync_size(now=True)
