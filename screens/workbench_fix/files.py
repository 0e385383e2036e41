"""The files of the diff as a list over the pane: how many lines of each, what was decided, and from there to one."""

from __future__ import annotations

from textual.app import ComposeResult
from workbench_kit.cursor_view import CursorView
from workbench_kit.dialogs import Dialog
from workbench_kit.diff_files import DiffFiles, file_rows
from workbench_kit.diff_view import DiffView
from workbench_kit.list_view import ListView


class ChangedFiles(Dialog[str | None]):
    """Gives the path that was chosen, or None. A file that is judged here is judged in ``view``, as a whole."""

    DEFAULT_CSS = """
    ChangedFiles {
        & > Vertical { height: 70%; }
        DiffFiles { height: 1fr; background: $raised; scrollbar-background: $raised; }
    }
    """

    def __init__(self, view: DiffView) -> None:
        added, removed = (sum(getattr(file, name) for file in view.diff.files) for name in ("added", "removed"))
        super().__init__(f"Files +{added} −{removed}", "⏎ go there   space, x judge   / find   esc close")
        self._view = view

    def compose(self) -> ComposeResult:
        yield self.frame(DiffFiles())

    def on_mount(self) -> None:
        files = self.query_one(DiffFiles)
        self.renew()
        place = self._view.place
        if place is not None:
            files.go(place.path)
        files.focus()

    def renew(self) -> None:
        """Show the files with what was decided of each."""
        self.query_one(DiffFiles).update(file_rows(self._view.diff, self._view.decisions))

    def on_cursor_view_opened(self, event: CursorView.Opened) -> None:
        row = self.query_one(DiffFiles).current
        if row is not None:
            self.dismiss(row.path)

    def on_list_view_judged(self, event: ListView.Judged) -> None:
        event.stop()
        for path in event.keys:
            if self._view.go(path):
                self._view.action_judge(event.verdict)
        self.renew()
