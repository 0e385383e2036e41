"""A line to type into, whose cursor does not blink: at rest nothing is painted."""

from __future__ import annotations

from textual.widgets import Input


class Field(Input):
    """Textual's input line, quiet."""

    def __init__(self, value: str = "", placeholder: str = "", id: str | None = None) -> None:
        super().__init__(value, placeholder, id=id, select_on_focus=False)
        self.cursor_blink = False
