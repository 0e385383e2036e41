"""What the app does with the open case: timeline, commands, notes, trust."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from textual.worker import Worker, WorkerState
from workbench_kit.faults import RETRY, UNDONE, fault

from workbench_app.actions import Actions

if TYPE_CHECKING:
    from workbench_kit.desk import Place
    from workbench_kit.panel import Build


class CaseActions(Actions):
    """The methods behind the commands that need a case."""

    def work(self, doing: Coroutine[Any, Any, None]) -> None:
        """Carry out something that waits for the engine; what fails is said, and the program goes on."""
        self.run_worker(doing, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR:
            error = event.worker.error
            fault(self, f"{type(error).__name__}: {error}", UNDONE, RETRY, grave=True)

    def do_app_timeline(self) -> None:
        from workbench_kit.timeline import Timeline

        desk = self.desk
        assert desk is not None
        self.push_screen(Timeline(lambda: desk.state, desk.session.record))

    def do_app_ran(self) -> None:
        from workbench_kit.records import command_rows

        assert self.desk is not None
        self.read("Commands we ran", command_rows(self.desk.session.services.commands.ran), "no command was run yet")

    def read(self, title: str, build: Build, empty: str, newest: bool = True) -> None:
        """Show a text over the pane."""
        from workbench_kit.reader import Reader

        def opened(place: Place | None) -> None:
            opening: Any = getattr(self.screen, "open_place", None)
            if place is not None and opening is not None:
                opening(place)

        self.push_screen(Reader(title, build, empty, newest), opened)

    def do_case_note(self) -> None:
        from workbench_kit.dialogs import Prompt

        assert self.desk is not None
        session = self.desk.session

        def written(text: str | None) -> None:
            if text:
                self.work(session.note(text))

        self.push_screen(Prompt("Note"), written)

    def do_app_jobs(self) -> None:
        from workbench_kit.running import Running

        assert self.desk is not None
        self.push_screen(Running(self.desk.session.services.jobs))

    def do_app_stop_jobs(self) -> None:
        if self.desk is not None:
            self.desk.session.services.jobs.cancel_all()
