"""Finding in a view of rows: the keys, the prompt on its last line, going from match to match."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType

from workbench_kit.cursor_view import CursorView
from workbench_kit.finder import Finder
from workbench_kit.line import Line, text_of, toned

FIND_BINDINGS: list[BindingType] = [
    Binding("slash", "find", "Find", show=False, id="find.ask"),
    Binding("n", "find_next", "Next match", show=False, id="find.next"),
    Binding("N", "find_previous", "Previous match", show=False, id="find.previous"),
]


class FindView(CursorView):
    """Adds / n N. While it asks, every key goes to the prompt: Enter keeps the query, Esc drops it."""

    BINDINGS: ClassVar[list[BindingType]] = FIND_BINDINGS

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.finder = Finder()

    def tell(self) -> None:
        """Show where among the matches the cursor is."""

    def overlay(self, y: int) -> Line | None:
        if not self.finder.asking or y != self.size.height - 1:
            return None
        return Line(((f"/{self.finder.query}▏", "accent"),), ((self.finder.status(self.cursor), "muted"),))

    def marked(self, row: int, part: int, line: Line) -> Line:
        if self.finder.query and (spans := self.finder.spans(text_of(line.body))):
            line = replace(line, body=toned(line.body, spans))
        return super().marked(row, part, line)

    def action_find(self) -> None:
        self.finder = Finder(asking=True, origin=self.cursor)
        self.repaint()

    def action_find_next(self) -> None:
        self._run(self._seek(self.finder, self.cursor))

    def action_find_previous(self) -> None:
        self._run(self._seek(self.finder, self.cursor, forward=False))

    def action_cancel(self) -> None:
        if self.finder.query:
            self._drop()
        else:
            super().action_cancel()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("find_next", "find_previous"):
            return bool(self.finder.query)
        if action == "cancel" and self.finder.query:
            return True
        return super().check_action(action, parameters)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self.finder.asking and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if not self.finder.asking:
            return
        if event.key == "enter":
            self.finder.asking = False
            self.repaint()
        elif event.key == "escape":
            origin = self.finder.origin
            self._drop()
            self.move_to(origin)
        elif event.key == "backspace":
            self._ask(self.finder.query[:-1])
        elif event.is_printable and event.character:
            self._ask(self.finder.query + event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        if self.finder.asking:
            event.stop()
            self._ask(self.finder.query + event.text.partition("\n")[0])

    def _drop(self) -> None:
        self.finder = Finder()
        self.repaint()
        self.tell()

    def _ask(self, query: str) -> None:
        self.finder.query = query
        self.repaint()
        if query:
            self._run(self._seek(self.finder, self.finder.origin, first=True))
        else:
            self.move_to(self.finder.origin)

    def _run(self, work: Coroutine[None, None, None]) -> None:
        self.run_worker(work, group="find", exclusive=True)

    async def _seek(self, finder: Finder, start: int, forward: bool = True, first: bool = False) -> None:
        """Search on, and go to the match after (or before) ``start`` as soon as it is known."""
        shown = False
        async for _ in finder.search(self.row_count(), self.row_text):
            if first and not shown and finder.matches and finder.matches[-1] >= start:
                shown = self._show(finder.after(start, inclusive=True))
        if not shown:
            self._show(finder.after(start, inclusive=first) if forward else finder.before(start))
        self.tell()
        if finder.asking:
            self.refresh_lines(self.scroll_offset.y + self.size.height - 1)

    def _show(self, row: int | None) -> bool:
        if row is not None:
            self.move_to(row)
        return row is not None
