"""The log as a panel: searched in three modes, copied, and told about on its lower edge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from textual import events
from textual.message import Message
from textual.timer import Timer
from workbench_kit.arrange import Want
from workbench_kit.line import Line

from workbench.analysis.logs.rows.match import Query
from workbench.engine.logs.search import CONTEXT, Search
from workbench_investigate.log_paper import LogPaper
from workbench_investigate.log_query import Mode, QueryBox, Sought

PAUSE = 0.15
"""Seconds after a letter before the log is searched for what stands in the box."""
COPIED = 10_000
"""Rows that are copied at most."""


class LogPanel(LogPaper):
    """Adds / with its box, n and N, and y."""

    @dataclass
    class Unfolded(Message):
        """The whole record of a row is to be read; ``number`` is the log's."""

        number: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.box = QueryBox()
        self._asked: Timer | None = None
        self._origin: int | None = None

    def want(self) -> Want:
        """While something is searched for it asks for the same height, however few rows are shown at the moment."""
        want = super().want()
        searching = self.box.asking or bool(self.rows.sought.text)
        return replace(want, lines=max(want.lines, self.most)) if searching else want

    def overlay(self, y: int) -> Line | None:
        if self.box.asking and y == self.size.height - 1:
            return self.box.line(self.found(), self.size.width)
        return super().overlay(y)

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

    def notes(self) -> list[str]:
        log = self.rows.log
        if log is None:
            return []
        book = log.book
        where = f"{self.at_number() + 1:,} of {log.rows:,}" if log.rows else ""
        mode = f"{self.rows.sought.mode} {self.rows.sought}: {self.found()}" if self.rows.sought.text else ""
        reading = "reading" if log.reading else ""
        denied = f"{len(book.denied)} not seen" if book is not None and book.denied else ""
        following = "following" if log.following else ""
        return [
            mode,
            log.happened,
            log.since_mitigated,
            following,
            reading,
            where,
            self.zone.name if log.rows else "",
            denied,
        ]

    def seek(self, sought: Sought) -> None:
        """Look for ``sought`` from now on; the cursor stays on its row where that is shown."""
        log = self.rows.log
        if log is None:
            return
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
        if match is not None and (match >= self._origin or search.upto >= self.rows_in_log()):
            self._origin = None
            self.go_number(match)

    def rows_in_log(self) -> int:
        """Rows of the log, shown or not."""
        return self.rows.log.rows if self.rows.log is not None else 0

    def move_to(self, row: int) -> None:
        super().move_to(row)
        if self.box.asking:
            self.repaint()

    def fold(self, folded: bool) -> None:
        """Unfolding a row opens the whole of its record."""
        if not folded and self.row_count():
            self.post_message(self.Unfolded(self.at_number()))

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

    def action_copy(self) -> None:
        self.run_worker(self._copied(self.chosen()), group="log", exit_on_error=False)

    async def texts(self, rows: range) -> list[str]:
        """What stands in ``rows`` of the view, as it was written."""
        log = self.rows.log
        numbers = [self.rows.number(row) for row in rows[:COPIED]]
        return await log.texts(numbers) if log is not None else []

    async def _copied(self, rows: range) -> None:
        texts = await self.texts(rows)
        self.app.copy_to_clipboard("\n".join(texts))
        cut = f", {len(rows) - COPIED:,} more were not" if len(rows) > COPIED else ""
        self.app.notify(f"{len(texts):,} lines copied{cut}", timeout=2)

    def toggle_zone(self) -> None:
        """UTC, or the time of this machine."""
        self.in_zone(not self.zone.local)
        offset = datetime.now(UTC).astimezone().strftime("%z")
        self.app.notify(f"times are {'local, ' + offset if self.zone.local else 'UTC'}", timeout=2)
        self.tell()
