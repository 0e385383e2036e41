"""Searching the log: the box on its last line, three modes, next and previous match."""

from __future__ import annotations

from textual import events
from textual.timer import Timer
from workbench_kit.line import Line
from workbench_kit.text import wrap

from workbench.analysis.logs.rows.match import Query
from workbench.engine.logs.search import CONTEXT, Search
from workbench_investigate.log_paper import LogPaper
from workbench_investigate.log_query import Mode, QueryBox, Sought

PAUSE = 0.15
"""Seconds after a letter before the log is searched for what stands in the box."""


class LogSearch(LogPaper):
    """Adds / with its box, n and N."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.box = QueryBox()
        self._asked: Timer | None = None
        self._origin: int | None = None

    def overlay(self, y: int) -> Line | None:
        if self.box.asking and y == self.size.height - 1:
            return self.box.line(self.found(), self.size.width)
        if self.rows.sought.text and not self.row_count():
            return self._without_rows(y)
        return super().overlay(y)

    def _without_rows(self, y: int) -> Line | None:
        """That it is the search which shows no line, not the log that has none."""
        lines = wrap(f"{self.rows.sought}: {self.found()}; Esc shows every line again", max(10, self.size.width))
        return Line(((lines[y], "muted"),)) if y < len(lines) else None

    def found(self) -> str:
        """How much was found, or what went wrong."""
        log = self.rows.log
        search = log.searching if log is not None else None
        if log is None or search is None:
            return ""
        if search.problem:
            return search.problem
        rows, upto = len(search.rows), search.upto
        searched = f", {upto * 100 // max(1, log.rows)} % searched" if upto < log.rows else ""
        return f"{rows:,} found{searched}" if rows or searched else "not found"

    def seek(self, sought: Sought) -> None:
        """Look for ``sought`` from now on; the cursor stays on its row where that is shown."""
        log = self.rows.log
        if log is None:
            return
        if self._origin is None:
            self._origin = self.at_number()
        if (sought.text, sought.pattern) != (self.rows.sought.text, self.rows.sought.pattern):
            self.rows.forget()
        self.rows.sought = sought
        search = None
        if sought.text:
            whole = sought.mode is not Mode.HIGHLIGHT
            search = Search(Query(sought.text, sought.pattern, whole), CONTEXT if sought.mode is Mode.CONTEXT else 0)
        log.search(search)
        self.rebuild()
        if search is None:
            self.go_number(self._origin)
            self._origin = None
        self.tell()

    def renew_rows(self) -> None:
        super().renew_rows()
        log = self.rows.log
        search = log.searching if log is not None else None
        if self._origin is None or search is None:
            return
        match = self.rows.match(self._origin - 1, 1)
        if match is not None and (match >= self._origin or search.upto >= (log.rows if log is not None else 0)):
            self._origin = None
            self.go_number(match)

    def move_to(self, row: int) -> None:
        super().move_to(row)
        if self.box.asking:
            self.repaint()

    def action_find(self) -> None:
        self.box.open()
        self.repaint()

    def action_find_next(self) -> None:
        self._step(1)

    def action_find_previous(self) -> None:
        self._step(-1)

    def _step(self, step: int) -> None:
        match = self.rows.match(self.at_number(), step)
        if match is not None:
            self._origin = None
            self.go_number(match)

    def action_cancel(self) -> None:
        if self.range_start is not None:
            self.set_range(None)
        else:
            self.box.clear()
            self.seek(self.box.sought)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in ("find_next", "find_previous"):
            return bool(self.rows.sought.text)
        if action == "cancel" and self.rows.sought.text:
            return True
        return super().check_action(action, parameters)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return self.box.asking and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        if not self.box.asking:
            return
        if event.key == "enter":
            self.box.keep()
            self._seek_now()
        elif event.key == "escape":
            self.box.drop()
            self._seek_now()
        elif not self.box.press(event.key, event.character if event.is_printable else None):
            return
        else:
            self._seek_soon()
        self.repaint()
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        if self.box.asking:
            event.stop()
            self.box.write(event.text.partition("\n")[0])
            self._seek_soon()
            self.repaint()

    def on_blur(self) -> None:
        super().on_blur()
        if self.box.asking:
            self.box.keep()
            self._seek_now()

    def _seek_soon(self) -> None:
        if self._asked is not None:
            self._asked.stop()
        self._asked = self.set_timer(PAUSE, self._seek_now)

    def _seek_now(self) -> None:
        if self._asked is not None:
            self._asked.stop()
            self._asked = None
        if self.box.sought != self.rows.sought:
            self.seek(self.box.sought)
