"""Movement as in vi, one mixin for every view: j k g G ctrl+d ctrl+u h l, and the arrow and page keys beside them."""

from __future__ import annotations

from textual.binding import Binding, BindingType

NAV_BINDINGS: list[BindingType] = [
    Binding("j,down", "down", "Down", show=False, id="nav.down"),
    Binding("k,up", "up", "Up", show=False, id="nav.up"),
    Binding("g,home", "first", "First", show=False, id="nav.first"),
    Binding("G,end", "last", "Last", show=False, id="nav.last"),
    Binding("ctrl+d", "half_down", "Half a page down", show=False, id="nav.half_down"),
    Binding("ctrl+u", "half_up", "Half a page up", show=False, id="nav.half_up"),
    Binding("pagedown", "page_down", "Page down", show=False, id="nav.page_down"),
    Binding("pageup", "page_up", "Page up", show=False, id="nav.page_up"),
    Binding("h", "fold", "Fold", show=False, id="nav.fold"),
    Binding("l", "unfold", "Unfold", show=False, id="nav.unfold"),
    Binding("left", "left", "Left", show=False, id="nav.left"),
    Binding("right", "right", "Right", show=False, id="nav.right"),
]
"""What a view of lines binds; the ids are what a keymap replaces."""


class ViNav:
    """The actions behind :data:`NAV_BINDINGS`, for a widget that has a cursor on rows."""

    cursor: int

    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def page_rows(self) -> int:
        """How many rows one page shows."""
        raise NotImplementedError

    def move_to(self, row: int) -> None:
        """Put the cursor on ``row``, or the nearest that there is."""
        raise NotImplementedError

    def sideways(self, cells: int) -> None:
        """Scroll sideways by ``cells``."""

    def fold(self, folded: bool) -> None:
        """Fold or unfold what stands at the cursor; a view with nothing to fold scrolls sideways."""
        self.sideways(-8 if folded else 8)

    def action_down(self) -> None:
        self.move_to(self.cursor + 1)

    def action_up(self) -> None:
        self.move_to(self.cursor - 1)

    def action_first(self) -> None:
        self.move_to(0)

    def action_last(self) -> None:
        self.move_to(self.row_count() - 1)

    def action_half_down(self) -> None:
        self.move_to(self.cursor + max(1, self.page_rows() // 2))

    def action_half_up(self) -> None:
        self.move_to(self.cursor - max(1, self.page_rows() // 2))

    def action_page_down(self) -> None:
        self.move_to(self.cursor + max(1, self.page_rows() - 1))

    def action_page_up(self) -> None:
        self.move_to(self.cursor - max(1, self.page_rows() - 1))

    def action_fold(self) -> None:
        self.fold(True)

    def action_unfold(self) -> None:
        self.fold(False)

    def action_left(self) -> None:
        self.sideways(-8)

    def action_right(self) -> None:
        self.sideways(8)
