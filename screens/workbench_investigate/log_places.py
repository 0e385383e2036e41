"""From what is selected in pane 1 to its place in the log; opening the log, pointing at one."""

from __future__ import annotations

from dataclasses import replace

from textual.worker import WorkType
from workbench_kit.dialogs import Prompt

from workbench.case.logs import LogError, Pattern
from workbench.engine.investigation import asked_before
from workbench_investigate.judging import Judging


class LogPlaces(Judging):
    """The pane's ways into the log."""

    def on_log_paper_began(self) -> None:
        self.settle()
        self.follow_in_log()

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


def _constant(pattern: Pattern) -> list[str]:
    """The longest words of a template that are always the same."""
    words = sorted((word for word in pattern.template.split() if "<*>" not in word), key=len, reverse=True)
    return words[:3]
