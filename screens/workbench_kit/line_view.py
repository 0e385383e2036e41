"""The base of every long list, log, code and diff: a row source, a formatter, and a caption on the border."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from textual import events
from textual.message import Message

from workbench_kit.edge import set_subtitle
from workbench_kit.find_view import FindView
from workbench_kit.line import Line, text_of

R = TypeVar("R")


class LineView(FindView, Generic[R]):
    """Shows ``source`` by ``formatter(row, width)``, one :class:`Line` a row.

    Painting, movement, ranges, finding and copying are its bases'; subclasses override the ``row_`` methods instead of
    handing a formatter. ``follow`` keeps the last row in sight as rows are added.
    """

    @dataclass
    class Told(Message):
        """What the lower edge of the border says has changed, for a panel that draws the border itself."""

        view: LineView[Any]
        text: str

    def __init__(
        self,
        source: Sequence[R] = (),
        formatter: Callable[[R, int], Line] | None = None,
        *,
        caption: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.source = source
        self.formatter = formatter
        self.follow = False
        self._caption = caption
        self._told = ""

    def show(self, source: Sequence[R], cursor: int | None = None) -> None:
        """Show ``source`` from now on; the cursor stays on its row number unless ``cursor`` says where."""
        self.source = source
        self.rebuild()
        self.move_to(self.cursor if cursor is None else cursor)

    def grown(self) -> None:
        """Rows were added at the end of the source: paints those in sight, and nothing else."""
        first, self.map = self.map.lines, self.make_map()
        if first < self.scroll_offset.y + self.size.height:
            self.refresh_lines(first, self.map.lines - first)
        if self.follow:
            self.move_to(self.row_count() - 1)
        else:
            self.sync_size()

    def row_count(self) -> int:
        return len(self.source)

    def row_lines(self, row: int, width: int) -> Sequence[Line]:
        if self.formatter is None:
            return [Line(((str(self.source[row]), ""),))]
        return [self.formatter(self.source[row], width)]

    def row_text(self, row: int) -> str:
        return "\n".join(text_of((*line.body, *line.right)) for line in self.row_lines(row, 1000))

    def notes(self) -> list[str]:
        """What the lower edge says before the caption."""
        return [self.finder.status(self.cursor)]

    @property
    def caption(self) -> str:
        """How much or how fresh; stands on the lower edge of the border."""
        return self._caption

    @caption.setter
    def caption(self, text: str) -> None:
        self._caption = text
        self.tell()

    def tell(self) -> None:
        said = " · ".join(note for note in (*self.notes(), self._caption) if note)
        if said != self._told and self.is_mounted:
            self._told = said
            set_subtitle(self, said)
            self.post_message(self.Told(self, said))

    def on_mount(self) -> None:
        self.tell()

    def row_at(self, event: events.MouseEvent) -> int | None:
        """The row under the mouse, or None."""
        offset = event.get_content_offset(self)
        if offset is None:
            return None
        row, _ = self.map.at(self.scroll_offset.y + offset.y)
        return row if row < self.row_count() else None

    def on_click(self, event: events.Click) -> None:
        row = self.row_at(event)
        if row is not None:
            self.move_to(row)
            if event.chain == 2:
                self.action_open()
