"""A line to type into, whose cursor does not blink: at rest nothing is painted."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.widgets import Input

from workbench_kit.text import plain

LINE_END = " ⏎ "
"""Stands for the end of a line where a field keeps them."""


class Field(Input, inherit_css=False):
    """Textual's input line, quiet, in a frame of its own; of few style rules: the first paint waits for them."""

    COMPONENT_CLASSES: ClassVar[set[str]] = Input.COMPONENT_CLASSES
    DEFAULT_CSS = """
    Field {
        width: 100%;
        height: 3;
        padding: 0 1;
        scrollbar-size-horizontal: 0;
        background: $background;
        color: $foreground;
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        &:focus { border: round $border; border-title-color: $text-accent; border-title-style: bold; }
        & > .input--cursor { text-style: reverse; }
        & > .input--selection { background: $input-selection-background; }
        & > .input--placeholder { color: $text-disabled; }
    }
    """

    def __init__(self, value: str = "", placeholder: str = "", id: str | None = None, lines: bool = False) -> None:
        self._between = LINE_END if lines else " "
        super().__init__(self._joined(value), placeholder, id=id, select_on_focus=False)
        self.cursor_blink = False

    @property
    def text(self) -> str:
        """What was typed and pasted, with its line ends where the field keeps them."""
        return self.value if self._between == " " else self.value.replace(LINE_END, "\n")

    def _joined(self, text: str) -> str:
        return self._between.join(map(plain, text.strip("\r\n").splitlines()))

    def on_paste(self, event: events.Paste) -> None:
        """All lines of what is pasted: Textual's field takes the first one and drops the rest unsaid."""
        event.prevent_default()
        event.stop()
        self.replace(self._joined(event.text), *self.selection)
