"""The base of the three panes: panels, problems, back, zoom, editing, commenting, pinning, undoing."""

from __future__ import annotations

from workbench_kit.case_screen import CaseScreen
from workbench_kit.desk import Place
from workbench_kit.dialogs import Prompt
from workbench_kit.editor import open_editor
from workbench_kit.running import Running


class Pane(CaseScreen):
    """One of the three panes: the methods behind the commands ``pane.*``."""

    _problem = ""

    def do_pane_panel(self, number: int) -> None:
        panel = self.numbered(number)
        if panel is not None:
            self.go_panel(panel)

    def do_pane_next_panel(self) -> None:
        self._step_panel(1)

    def do_pane_previous_panel(self) -> None:
        self._step_panel(-1)

    def _step_panel(self, step: int) -> None:
        at = self.panels.index(self.front)
        self.go_panel(self.panels[(at + step) % len(self.panels)])

    def do_pane_next_problem(self) -> None:
        self._step_problem(1)

    def do_pane_previous_problem(self) -> None:
        self._step_problem(-1)

    def _step_problem(self, step: int) -> None:
        """Go on from the problem that was visited last, from the first one if it is gone."""
        problems = self.problems()
        refs = [place.ref for place in problems]
        at = next(
            (refs.index(ref) for ref in (self.here().ref, self.desk.place.ref, self._problem) if ref in refs), None
        )
        first = 0 if step > 0 else len(problems) - 1
        place = problems[first if at is None else (at + step) % len(problems)]
        self._problem = place.ref
        self.go_problem(place)

    def do_pane_back(self) -> None:
        self.app.clear_notifications()
        self.go_back()

    def go_back(self) -> bool:
        """Back to where this was opened from; False when there is nowhere to go back to."""
        if self.zoomed:
            self.do_pane_zoom()
        elif self.came_from:
            self.go_panel(self.came_from.pop())
        else:
            return False
        return True

    def do_pane_zoom(self) -> None:
        self.zoomed = not self.zoomed
        self.lay_out()

    def do_run_stop(self) -> None:
        """Nothing of this pane's own runs: what does is listed."""
        self.app.push_screen(Running(self.desk.session.services.jobs))

    def do_pane_edit(self) -> None:
        self.work(self._in_editor(self.here()))

    async def _in_editor(self, place: Place) -> None:
        await open_editor(self.app, self.desk.session, place)
        self.edited()

    def edited(self) -> None:
        """The editor was closed: a file that is shown may be another."""

    def do_pane_pin(self) -> None:
        place = self.here()
        self.work(self.desk.session.pin(place.text, place.path, place.line, place.ref))
        self.app.notify(f"pinned: {place.text}")

    def do_pane_comment(self) -> None:
        place = self.here()

        def written(text: str | None) -> None:
            if text:
                data = {"text": text, "path": place.path, "line": place.line, "ref": place.ref}
                self.work(self.desk.session.record("comment.added", data))

        self.app.push_screen(Prompt(f"Comment on {place.text or place.path or 'the case'}"), written)

    def do_pane_undo(self) -> None:
        self.work(self._taken_back())

    async def _taken_back(self) -> None:
        self.app.notify(f"undone: {await self.desk.history.undo()}")

    def do_pane_redo(self) -> None:
        self.work(self._done_again())

    async def _done_again(self) -> None:
        self.app.notify(f"done again: {await self.desk.history.redo()}")
