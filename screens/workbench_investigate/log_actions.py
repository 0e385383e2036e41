"""The log in pane 1: opening it, stepping through its errors, to the code and back, pinning, following."""

from __future__ import annotations

from dataclasses import replace

from textual.worker import WorkType
from workbench_kit.desk import Place
from workbench_kit.dialogs import Prompt
from workbench_kit.line import Line
from workbench_kit.panel import Row
from workbench_kit.reader import Reader
from workbench_kit.text import wrap
from workbench_kit.time_axis import MARKED

from workbench.analysis.redact import redact
from workbench.case.logs import LogError, Pattern
from workbench.engine.investigation import asked_before
from workbench_investigate.judging import Judging
from workbench_investigate.log_chart import Marks
from workbench_investigate.log_panel import LogPanel

PINNED = 4000
"""Characters of a record that are pinned at most."""


class Logging(Judging):
    """The pane's commands that are about the log."""

    def why_not(self, command: str) -> str:
        log = self.desk.session.log
        if command in ("pane.next_problem", "pane.previous_problem") and self.its.log.has_focus:
            return "" if log.rows else "no log was read"
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

    def on_log_paper_began(self) -> None:
        self.settle()
        self.follow_in_log()

    def on_log_panel_unfolded(self, event: LogPanel.Unfolded) -> None:
        self.work(self.read_record(event.number))

    def do_investigate_log(self) -> None:
        if self.its.log.has_focus:
            self.do_pane_zoom()
        elif self.desk.state.log_sources or self.desk.session.log.rows:
            self.work(self._to_log())
        else:
            self._point()

    async def _to_log(self) -> None:
        self.desk.session.log.open(self.desk.state.log_sources)
        from_code = self.its.code.has_focus
        self.go_panel(self.its.log, remember=True)
        if from_code:
            await self._code_in_log(self.its.code.path, self.its.code.line)
        elif isinstance(self.subject_of_log(), LogError):
            await self._error_in_log()

    def subject_of_log(self) -> object:
        """What is selected."""
        return getattr(self, "subject", None)

    def follow_in_log(self) -> None:
        """The selection is another one: the log goes to the first record of an error, unless it is being read."""
        if not self.its.log.has_focus and isinstance(self.subject_of_log(), LogError):
            show: WorkType[None] = self._error_in_log
            self.run_worker(show, group="log-place", exclusive=True, exit_on_error=False)

    async def _error_in_log(self) -> None:
        error = self.subject_of_log()
        if isinstance(error, LogError):
            at = error.first_seen.timestamp() if error.first_seen else None
            await self._go([error.name], at)

    async def _code_in_log(self, path: str, line: int) -> None:
        """Go to the first record that passes the line of the code, or that it writes."""
        views = self.desk.views
        for pattern in views.patterns:
            if (pattern.path, pattern.line) == (path, line):
                at = pattern.first_seen.timestamp() if pattern.first_seen else None
                await self._go(_constant(pattern), at)
                return
        for error in views.errors:
            if any(frame.mapped and (frame.path, frame.line) == (path, line) for frame in error.frames):
                at = error.first_seen.timestamp() if error.first_seen else None
                await self._go([error.name], at)
                return
        self.app.notify(f"no record is known to come from {path}:{line}", timeout=3)

    async def _go(self, words: list[str], at: float | None) -> None:
        row = await self.desk.session.log.find(words, at)
        if row is not None:
            self.its.log.go_number(row)

    def _point(self) -> None:
        def pointed(location: str | None) -> None:
            if location:
                self.work(self._read_log(location))

        self.app.push_screen(Prompt("Point at a log: a file, a folder, journal:UNIT, docker:NAME"), pointed)

    async def _read_log(self, location: str) -> None:
        asked = asked_before(self.desk.state)
        await self.desk.session.investigate(replace(asked, log_sources=(*asked.log_sources, location)))

    def _step_problem(self, step: int) -> None:
        if self.its.log.has_focus:
            self.work(self._step_error(step))
        else:
            super()._step_problem(step)

    async def _step_error(self, step: int) -> None:
        row = await self.desk.session.log.next_error(self.its.log.at_number(), step)
        if row is None:
            self.app.notify("no error after this one" if step > 0 else "no error before this one", timeout=2)
        else:
            self.its.log.go_number(row)

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
        _, lines = await self.desk.session.log.record(number)

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
        """Pin the record under the cursor, or the rows of the range, secrets taken out."""
        panel, log = self.its.log, self.desk.session.log
        if panel.range_start is None:
            first, lines = await log.record(panel.at_number())
        else:
            first, lines = panel.rows.number(panel.chosen().start), await panel.texts(panel.chosen())
        text, secrets = redact("\n".join(lines))
        cut = len(text) > PINNED
        await self.desk.session.pin(text[:PINNED] + (" …" if cut else ""), ref=f"log:{first + 1}")
        panel.set_range(None)
        removed = f", {secrets} secrets taken out" if secrets else ""
        self.app.notify(f"pinned: {len(lines)} lines of the log{removed}")


def _constant(pattern: Pattern) -> list[str]:
    """The longest words of a template that are always the same."""
    words = sorted((word for word in pattern.template.split() if "<*>" not in word), key=len, reverse=True)
    return words[:3]
