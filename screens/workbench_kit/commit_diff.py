"""The diff of a suspect commit, over the pane: read only; Esc goes back."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen

from workbench.analysis.diffs import Diff
from workbench_kit.diff_view import DiffView
from workbench_kit.pacing import PacedScreen
from workbench_kit.text import plain

_CSS = """
CommitDiff { align: center middle; background: $background 60%; }
CommitDiff > DiffView { width: 94%; height: 90%; border: round $border; background: $background; }
"""


class CommitDiff(PacedScreen[None], ModalScreen[None]):
    """What one commit changed. ``title`` says which, ``note`` what speaks for it."""

    DEFAULT_CSS = _CSS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Back", show=False, id="diff.back")]

    def __init__(self, title: str, note: str, diff: Diff) -> None:
        super().__init__()
        self._title = title
        self._note = note
        self._diff = diff

    def compose(self) -> ComposeResult:
        view = DiffView(id="commit-diff")
        view.locked = "a commit that was made is not judged here"
        view.border_title = Content(plain(self._title))
        view.border_subtitle = Content(plain(self._note))
        yield view

    def on_mount(self) -> None:
        view = self.query_one(DiffView)
        view.show_diff(self._diff)
        view.focus()
