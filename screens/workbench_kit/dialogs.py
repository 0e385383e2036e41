"""Small dialogs: a line of text, one of several answers. None confirms with the key that opened it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, TypeVar

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from workbench_kit.field import Field
from workbench_kit.pacing import PacedScreen
from workbench_kit.text import plain

T = TypeVar("T")

WIDTH, MOST, EDGES = 72, 94, 6
"""Cells that a dialog is wide, the percentage of the terminal that it takes at most, cells that its frame takes."""

_CSS = f"""
Dialog {{
    align: center middle;
    background: $background 60%;
    & > Vertical {{
        width: {WIDTH};
        max-width: {MOST}%;
        height: auto;
        max-height: 90%;
        border: round $border;
        border-title-color: $text-accent;
        border-title-style: bold;
        border-title-background: $raised;
        border-subtitle-color: $text-muted;
        border-subtitle-background: $raised;
        background: $raised;
        padding: 0 1;
    }}
    Static {{ width: 1fr; }}
    Field, Field:focus {{ border: none; padding: 0; height: 1; background: $raised; }}
}}
"""


class Dialog(PacedScreen[T], ModalScreen[T]):
    """A dialog over the pane; Esc closes it and does nothing."""

    DEFAULT_CSS = _CSS
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "close", "Close", show=False, id="dialog.close")]

    def __init__(self, title: str, hint: str = "esc close") -> None:
        super().__init__()
        self._title = title
        self._hint = hint

    def frame(self, *children: Widget) -> Vertical:
        """The box with its title and hint."""
        box = Vertical(*children)
        box.border_title = Content(plain(self._title))
        box.border_subtitle = Content(self._hint)
        return box

    def action_close(self) -> None:
        self.dismiss(None)


class Prompt(Dialog[str | None]):
    """Asks for one line; gives None when it was closed."""

    def __init__(self, title: str, value: str = "") -> None:
        super().__init__(title, "⏎ keep   esc drop")
        self._value = value

    def compose(self) -> ComposeResult:
        yield self.frame(Field(self._value, lines=True))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(self.query_one(Field).text.strip() or None)


class Ask(Dialog[str | None]):
    """A question with an answer per key; gives the answer's word, or None when it was closed: what that means is
    ``otherwise``. Answers that find no room in the frame stand under the question, a line each."""

    def __init__(self, title: str, text: str, answers: Sequence[tuple[str, str]], otherwise: str = "later") -> None:
        self._otherwise = f"esc {otherwise}"
        super().__init__(title, "   ".join([*(f"{key} {word}" for key, word in answers), self._otherwise]))
        self._text = text
        self._answers = dict(answers)

    def compose(self) -> ComposeResult:
        lines = self._text.split("\n")
        if cell_len(self._hint) > min(WIDTH, int(self.app.size.width * MOST / 100)) - EDGES:
            lines += ["", *(f"{key}  {word}" for key, word in self._answers.items())]
            self._hint = self._otherwise
        yield self.frame(Static(Content("\n".join(plain(line) for line in lines))))

    def on_key(self, event: events.Key) -> None:
        word = self._answers.get(event.character or "")
        if word is not None:
            event.stop()
            self.dismiss(word)
