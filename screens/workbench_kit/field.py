"""A line to type into, whose cursor does not blink: at rest nothing is painted."""

from __future__ import annotations

from typing import ClassVar

from textual.widgets import Input


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

    def __init__(self, value: str = "", placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, placeholder, id=id, select_on_focus=False)
        self.cursor_blink = False
