"""The log in pane 1: stepping through its errors, from it to the code, pinning, following."""

from __future__ import annotations

from workbench_kit.desk import Place
from workbench_kit.line import Line
from workbench_kit.panel import Row
from workbench_kit.reader import Reader
from workbench_kit.text import wrap
from workbench_kit.time_axis import MARKED

from workbench.analysis.quantity import quantity
from workbench.analysis.redact import redact
from workbench_investigate.log_chart import Marks
from workbench_investigate.log_panel import LogPanel
from workbench_investigate.log_places import LogPlaces

PINNED = 4000
"""Characters of a record that are pinned at most."""


class Logging(LogPlaces):
    """The pane's commands that are about the log."""

    def why_not(self, command: str) -> str:
        log = self.desk.session.log
        if command in ("pane.next_problem", "pane.previous_problem") and self.its.log.has_focus:
            return "" if log.rows else "the log is being read: S shows how far" if log.reading else "no log was read"
        if command in ("investigate.follow", "investigate.zone"):
            return "" if log.rows else "no log was read: L points at one"
        return super().why_not(command)

    def show_log(self) -> None:
        """Read the logs that the case names, and mark what the case knows of their time."""
        state, views = self.desk.state, self.desk.views
        log = self.desk.session.log
        log.offer(state.log_sources)
        self.its.log.look_at(log)
        onset = views.onset.at if views.onset else None
        changes = tuple(change.at for change in views.changes if change.kind in MARKED)
        self.its.log.show_marks(Marks(changes, onset, self.its.log.marks.cursor))

    def on_log_panel_unfolded(self, event: LogPanel.Unfolded) -> None:
        self.work(self.read_record(event.number))

    def _step_problem(self, step: int) -> None:
        if self.its.log.has_focus:
            self.work(self._step_error(step))
        else:
            super()._step_problem(step)

    async def _step_error(self, step: int) -> None:
        async with self.its.log.stepping:
            row = await self.desk.session.log.next_error(self.its.log.at_number(), step)
            if row is not None:
                self.its.log.go_number(row)
        if row is None:
            self.app.notify("no error after this one" if step > 0 else "no error before this one", timeout=2)

    def do_investigate_follow(self) -> None:
        self.work(self._followed())

    async def _followed(self) -> None:
        log, panel = self.desk.session.log, self.its.log
        log.happened = ""
        await log.follow(not log.following)
        if log.following:
            self.go_panel(panel, remember=True)
            panel.move_to(panel.row_count() - 1)
        panel.tell()

    def do_investigate_zone(self) -> None:
        self.its.log.toggle_zone()

    async def open_row(self, row: int) -> None:
        """Go to the code that a row leads to; where it leads to none, open the whole record."""
        number = self.its.log.rows.number(row)
        templates = [(each.template, each.path, each.line) for each in self.desk.views.patterns if each.path]
        found = await self.desk.session.log.code(number, templates)
        if found is None:
            await self.read_record(number)
        else:
            self.open_place(Place(*found, self.desk.place.ref, f"{found[0]}:{found[1]}"))

    async def read_record(self, number: int) -> None:
        """Open the record that the log's row ``number`` is in, to read the whole of it."""
        log = self.desk.session.log
        _, lines = await log.record(number)
        if inside := await log.unfolded(lines):
            lines = [*lines, "", *inside]

        def build(width: int) -> list[Row]:
            return [Row(Line(((part, ""),))) for line in lines for part in wrap(line, max(20, width)) or [""]]

        self.app.push_screen(Reader("Record", build, "it is gone"))

    def open_place(self, place: Place) -> None:
        """Go to a place in the code; Esc comes back."""
        raise NotImplementedError

    def here(self) -> Place:
        if self.its.log.has_focus and (row := self.its.log.current) is not None:
            return Place("", 0, f"log:{self.its.log.at_number() + 1}", row.raw[:200])
        return super().here()

    def do_pane_pin(self) -> None:
        if self.its.log.has_focus:
            self.work(self._pin())
        else:
            super().do_pane_pin()

    async def _pin(self) -> None:
        """Pin the record under the cursor, or the rows of the range: secrets are taken out, their files are named."""
        panel, log = self.its.log, self.desk.session.log
        if panel.range_start is None:
            first, lines = await log.record(panel.at_number())
            numbers = list(range(first, first + len(lines)))
        else:
            numbers, lines = list(map(panel.rows.number, panel.chosen())), await panel.texts(panel.chosen())
            first = numbers[0]
        text, secrets = redact("\n".join(lines))
        cut = " …" if len(text) > PINNED else ""
        source = ", ".join(await log.whence(numbers))
        await self.desk.session.pin(f"{text[:PINNED]}{cut}\n(from {source})", ref=f"log:{first + 1}", masked=secrets)
        panel.set_range(None)
        removed = f", {quantity(secrets, 'secret')} taken out" if secrets else ""
        self.app.notify(f"pinned: {quantity(len(lines), 'line')} of {source}{removed}")
