"""A list of things with ids whose cursor stays on its thing, and whose order stands still while it has the focus."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.message import Message

from workbench_kit.faults import fault
from workbench_kit.line import Line
from workbench_kit.line_view import LineView
from workbench_kit.row_map import RowMap

R = TypeVar("R")

JUDGE_BINDINGS: list[BindingType] = [
    Binding("space", "judge('yes')", "Yes", show=False, id="judge.yes"),
    Binding("x", "judge('no')", "No", show=False, id="judge.no"),
    Binding("u", "judge('undecided')", "Undecided", show=False, id="judge.undecided"),
]
"""One idea in every list and diff: yes (relevant, supported, accept), no (noise, refuted, reject), undecided."""

MARK = 2
"""Cells that the cursor's mark takes before every row."""


class ListView(LineView[R], Generic[R]):
    """Rows named by ``key``; ``lines(row, width)`` gives the lines of one, ``height`` says how many they are.

    ``update`` takes the rows in the order they should have. While the list has the focus, known rows keep their place
    and new ones come last; the lower edge counts them, and ``.`` or leaving puts everything in order. With ``judges``
    space, x and u post :class:`Judged`.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *JUDGE_BINDINGS,
        Binding("full_stop", "sort", "Re-sort", show=False, id="list.sort"),
    ]

    free = False
    """Whether nobody has worked with it yet: then its rows come in order even while it has the focus."""

    @dataclass
    class Judged(Message):
        """The driver judged rows: ``verdict`` is yes, no or undecided."""

        view: ListView[Any]
        verdict: str
        keys: tuple[str, ...]

        @property
        def control(self) -> ListView[Any]:
            """The view that sent it."""
            return self.view

    def __init__(
        self,
        key: Callable[[R], str],
        lines: Callable[[R, int], Sequence[Line]],
        *,
        height: int | Callable[[R], int] = 1,
        judges: bool = False,
        caption: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(caption=caption, name=name, id=id, classes=classes)
        self.judges = judges
        self._key = key
        self._lines = lines
        self._height = height
        self._keys: list[str] = []
        self._wanted: Sequence[R] = ()
        self._newer = 0
        self._at = ""
        self._held = False
        """Whether somebody put the cursor where it is; until then it is on the first row."""

    @property
    def current(self) -> R | None:
        """The row under the cursor."""
        return self.source[self.cursor] if self.source else None

    def update(self, rows: Sequence[R]) -> None:
        """Show ``rows``; the cursor stays on its row, and only lines that changed are painted."""
        if rows and len(rows) == len(self._wanted) and rows == self._wanted:
            return
        self._wanted = rows
        self.place(self.arranged(rows) if self.has_focus and not self.free and self.source else rows)

    def show(self, source: Sequence[R], cursor: int | None = None) -> None:
        self.update(source)
        if cursor is not None:
            self.move_to(cursor)

    def go(self, key: str) -> bool:
        """Put the cursor on the row named ``key``; False when there is none."""
        if key not in self._keys:
            return False
        self._held = True
        self.move_to(self._keys.index(key))
        return True

    def arranged(self, rows: Sequence[R]) -> Sequence[R]:
        """``rows`` in the order that stands on screen, new ones last; vanished ones stay until the next sort."""
        fresh = dict(zip(map(self._key, rows), rows, strict=True))
        known = list(map(fresh.pop, self._keys, self.source))
        self._newer += len(fresh)
        return [*known, *fresh.values()]

    def place(self, rows: Sequence[R]) -> None:
        """Put ``rows`` on screen in this order; the cursor's row stays on its screen line where it can."""
        old_rows, old_keys, old_top = self.source, self._keys, self.map.top(min(self.cursor, self.map.count))
        if not self.has_focus:
            self._newer = 0
        self.source, self._keys = rows, list(map(self._key, rows))
        held = self._held or (self.has_focus and not self.free)
        if held and self._at and (self.cursor >= len(rows) or self._keys[self.cursor] != self._at):
            self.cursor = self._keys.index(self._at) if self._at in self._keys else min(self.cursor, len(rows) - 1)
        self.cursor = max(0, self.cursor)
        before, self.map = self.map, self.make_map()
        moved = self.map.top(self.cursor) - old_top
        if moved and self.scroll_offset.y:
            self.sync_size(now=True)
            self.scroll_to(y=self.scroll_offset.y + moved, animate=False, force=True)
        self._paint(old_rows, old_keys, before)
        self.sync_size()
        self.tell()
        self._tell_cursor()

    def _paint(self, old_rows: Sequence[R], old_keys: list[str], before: RowMap) -> None:
        """Paint the rows in sight that are not what they were."""
        if callable(self._height) or self.range_start is not None:
            self.repaint()
            return
        first, _ = before.at(self.scroll_offset.y)
        last = first + self.size.height // before.height + 1
        for row in range(first, min(last, max(len(self.source), len(old_rows)))):
            same = (
                row < len(old_rows)
                and row < len(self.source)
                and old_keys[row] == self._keys[row]
                and (old_rows[row] is self.source[row] or old_rows[row] == self.source[row])
            )
            if not same:
                self.rows_changed(row)
        self._strips = {at: strip for at, strip in self._strips.items() if first <= at[0] < last}

    def _tell_cursor(self) -> None:
        key = self.row_key(self.cursor)
        if key != self._at:
            self._at = key
            self.rows_changed(self.cursor)
            self.post_message(self.Moved(self, self.cursor, key))

    def cursor_moved(self, old: int) -> None:
        self._held = True
        self._tell_cursor()

    def on_focus(self) -> None:
        self._held = self._held or (bool(self.source) and not self.free)

    def row_key(self, row: int) -> str:
        return self._keys[row] if row < len(self._keys) else ""

    def row_lines(self, row: int, width: int) -> Sequence[Line]:
        return self._lines(self.source[row], width - MARK)

    def make_map(self) -> RowMap:
        if not callable(self._height):
            return RowMap(len(self.source), self._height)
        height = self._height
        return RowMap(len(self.source), 1, {at: height(row) - 1 for at, row in enumerate(self.source)})

    def marked(self, row: int, part: int, line: Line) -> Line:
        mark = "▸ " if row == self.cursor and not part else "  "
        line = replace(line, gutter=((mark, "accent"), *line.gutter))
        return super().marked(row, part, line)

    def notes(self) -> list[str]:
        return [*super().notes(), f"{self._newer} newer" if self._newer else ""]

    def action_sort(self) -> None:
        """Put everything in order; the cursor stays on its row."""
        self._newer = 0
        self.place(self._wanted)

    def on_blur(self) -> None:
        if self.source:
            self.action_sort()

    def action_judge(self, verdict: str) -> None:
        keys = tuple(self._keys[row] for row in self.chosen() if row < len(self._keys))
        if keys:
            self.post_message(self.Judged(self, verdict, keys))
            self.set_range(None)
        else:
            todo = "select a row that can be judged: one that is not a heading"
            fault(self.app, "there is nothing here to judge", "nothing was changed", todo, timeout=4)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "judge":
            return self.judges
        return super().check_action(action, parameters)
