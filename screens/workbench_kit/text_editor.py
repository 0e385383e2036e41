"""A text over the pane, to be edited before it is kept: a hunk in place, a test that was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.text_area import Selection

from workbench_kit.dialogs import Ask, Dialog
from workbench_kit.text import plain

Span = tuple[int, int, int, int]
"""First line, first column, last line, last column, all from 0."""


class TextEditor(Dialog[str | None]):
    """Gives the text when it is kept, or None when it was dropped; an edit is dropped only after a second question.

    The cursor begins at ``at``, what that spans is selected: typing replaces it. ``note`` stands above the text.
    """

    DEFAULT_CSS = """
    TextEditor {
        & > Vertical { width: 94%; height: auto; }
        Static { height: auto; color: $text-muted; }
        TextArea, TextArea:focus { height: auto; max-height: 30; border: none; padding: 0; background: $raised; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "keep", "Keep", show=False, priority=True, id="editor.keep"),
        Binding("escape", "close", "Drop", show=False, priority=True, id="editor.drop"),
    ]

    def __init__(self, title: str, text: str, at: Span, note: str = "", kept: str = "keep") -> None:
        super().__init__(title, f"ctrl+o {kept}   esc drop")
        self._text = text
        self._at = at
        self._note = note

    def compose(self) -> ComposeResult:
        area = TextArea(self._text, tab_behavior="indent")
        line, column, last, end = (max(0, each) for each in self._at)
        area.selection = Selection((line, column), (last, end))
        yield self.frame(*self.above(), area)

    def above(self) -> Sequence[Widget]:
        """What stands above the text."""
        return [Static(Content(plain(self._note)))] if self._note else []

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.cursor_blink = False
        area.focus()
        self.call_after_refresh(area.scroll_cursor_visible, center=True)

    def action_keep(self) -> None:
        self.dismiss(self.query_one(TextArea).text)

    def action_close(self) -> None:
        if self.query_one(TextArea).text == self._text:
            self.dismiss(None)
        else:
            ask = Ask("Drop the edit?", "The file stays as it is.", [("d", "drop")], otherwise="go on")
            self.app.push_screen(ask, self._asked)

    def _asked(self, answer: str | None) -> None:
        if answer == "drop":
            self.dismiss(None)
