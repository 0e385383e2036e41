"""The log as a panel: copied, unfolded, and told about on its lower edge."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from textual.message import Message
from workbench_kit.arrange import Want
from workbench_kit.line import Line

from workbench_investigate.log_search import LogSearch

TOLD = 4
"""Notes that are told of a panel without edges too."""
COPIED = 10_000
"""Rows that are copied at most."""


class LogPanel(LogSearch):
    """Adds y, what an unfolded row asks for, and the lower edge."""

    @dataclass
    class Unfolded(Message):
        """The whole record of a row is to be read; ``number`` is the log's."""

        number: int

    def want(self) -> Want:
        """While something is searched for it asks for the same height, however few rows are shown at the moment."""
        want = super().want()
        searching = self.box.asking or bool(self.rows.sought.text)
        return replace(want, lines=max(want.lines, self.most)) if searching else want

    def overlay(self, y: int) -> Line | None:
        """In the place of the marks what a panel without edges says nowhere else: what is searched for, what happened,
        that it is followed."""
        if y == self.TOP - 1 and self.has_class("-bare") and (told := [*filter(None, self.notes()[:TOLD])]):
            return Line(((" · ".join(told), "accent"),))
        return super().overlay(y)

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
        current = self.current
        source = self.rows.names[current.file] if current is not None and self.rows.names else ""
        return [
            mode,
            log.happened,
            log.since_mitigated,
            following,
            reading,
            where,
            source,
            self.zone.name if log.rows else "",
            denied,
        ]

    def fold(self, folded: bool) -> None:
        """Unfolding a row opens the whole of its record."""
        if not folded and self.row_count():
            self.post_message(self.Unfolded(self.at_number()))

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
        if len(rows) > COPIED:
            self.app.notify(f"{len(rows) - COPIED:,} lines more were not copied: {COPIED:,} are the most", timeout=3)

    def toggle_zone(self) -> None:
        """UTC, or the time of this machine."""
        self.in_zone(not self.zone.local)
        offset = datetime.now(UTC).astimezone().strftime("%z")
        self.app.notify(f"times are {'local, ' + offset if self.zone.local else 'UTC'}", timeout=2)
        self.tell()
