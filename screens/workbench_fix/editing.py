"""A quick change in place: the new side of one hunk in a small editor."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import TextArea
from workbench_kit.dialogs import Ask, Dialog

from workbench.analysis.diffs import Hunk
from workbench.analysis.diffs.model import ADDED, REMOVED


def new_lines(hunk: Hunk) -> str:
    """The new side of ``hunk`` as text, without carriage returns."""
    return "\n".join(line.text.removesuffix("\r") for line in hunk.lines if line.sign != REMOVED)


def line_in(hunk: Hunk, line: int) -> int:
    """Where the cursor begins, from 0: at ``line`` of the new side when that was added, else at the first that was."""
    added = [new for _, new, each in hunk.numbered() if each.sign == ADDED]
    wanted = line if line in added or not added else added[0]
    return wanted - hunk.new_start


def with_lines(text: str, hunk: Hunk, lines: str) -> str:
    """``text``, a file as the new side has it, with the lines of ``hunk`` replaced; line ends stay what they were."""
    if lines == new_lines(hunk):
        return text
    all_lines = text.split("\n")
    start = hunk.new_start - 1 if hunk.new_count else hunk.new_start
    old = all_lines[start : start + hunk.new_count]
    end = "\r" if old and all(line.endswith("\r") for line in old) else ""
    made = [f"{line}{end}" for line in lines.split("\n")] if lines else []
    return "\n".join([*all_lines[:start], *made, *all_lines[start + hunk.new_count :]])


class HunkEditor(Dialog[str | None]):
    """Gives the edited text, or None when it was dropped; a change is dropped only after a second question."""

    DEFAULT_CSS = """
    HunkEditor {
        & > Vertical { width: 94%; height: auto; }
        TextArea, TextArea:focus { height: auto; max-height: 30; border: none; padding: 0; background: $raised; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "keep", "Keep", show=False, priority=True, id="hunk.keep"),
        Binding("escape", "close", "Drop", show=False, priority=True, id="hunk.drop"),
    ]

    def __init__(self, title: str, text: str, line: int) -> None:
        super().__init__(title, "ctrl+o keep   esc drop")
        self._text = text
        self._line = line

    def compose(self) -> ComposeResult:
        area = TextArea(self._text, tab_behavior="indent")
        area.move_cursor((max(0, self._line), 0))
        yield self.frame(area)

    def action_keep(self) -> None:
        self.dismiss(self.query_one(TextArea).text)

    def action_close(self) -> None:
        if self.query_one(TextArea).text == self._text:
            self.dismiss(None)
        else:
            self.app.push_screen(
                Ask("Drop the edit?", "The file stays as it is.", [("d", "drop"), ("g", "go on")]), self._asked
            )

    def _asked(self, answer: str | None) -> None:
        if answer == "drop":
            self.dismiss(None)
