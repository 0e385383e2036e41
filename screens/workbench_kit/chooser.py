"""A list to choose from by typing: help and palette. What is typed narrows it; Enter takes a row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.fuzzy import Matcher
from textual.widgets import Input

from workbench_kit.dialogs import Dialog
from workbench_kit.field import Field
from workbench_kit.line import Line
from workbench_kit.list_view import ListView
from workbench_kit.text import clip, fit, width_of

BEGINS = 5.0
"""What it adds to a match that the text begins with what was typed."""


NAMED = 24
"""Cells of a row's text that its note leaves at least."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One row. ``keys`` stand before it; ``note`` after it; without an ``id`` it is a heading."""

    id: str
    text: str
    keys: str = ""
    note: str = ""


class Chooser(Dialog[str | None]):
    """Gives the id of the chosen row, or None."""

    DEFAULT_CSS = """
    Chooser {
        & > Vertical { width: 84; height: 80%; }
        ListView { height: 1fr; margin-top: 1; background: $raised; scrollbar-background: $raised; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "step(1)", "Down", show=False, priority=True, id="chooser.down"),
        Binding("up,ctrl+p", "step(-1)", "Up", show=False, priority=True, id="chooser.up"),
        Binding("pagedown", "step(10)", "Page down", show=False, priority=True, id="chooser.page_down"),
        Binding("pageup", "step(-10)", "Page up", show=False, priority=True, id="chooser.page_up"),
    ]

    def __init__(self, title: str, choices: Sequence[Choice], hint: str = "⏎ run   ↑↓ move   esc close") -> None:
        super().__init__(title, hint)
        self.choices = choices
        self._keys_width = max((len(choice.keys) for choice in choices), default=0)

    def compose(self) -> ComposeResult:
        rows: ListView[Any] = ListView(lambda choice: choice.id or choice.text, self._lines)
        rows.can_focus = False
        yield self.frame(Field(placeholder="type to narrow"), rows)

    def on_mount(self) -> None:
        self._show("")

    def on_input_changed(self, event: Input.Changed) -> None:
        self._show(event.value.strip())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        current = self.query_one(ListView).current
        if current is not None and current.id:
            self.chosen(current.id)

    def on_cursor_view_opened(self, event: ListView.Opened) -> None:
        if event.key in {choice.id for choice in self.choices}:
            self.chosen(event.key)

    def chosen(self, ident: str) -> None:
        """A row was taken."""
        self.dismiss(ident)

    def renew(self, choices: Sequence[Choice]) -> None:
        """Show other choices, narrowed as before, the cursor where it was."""
        view: ListView[Any] = self.query_one(ListView)
        at = view.current.id if view.current is not None else ""
        self.choices = choices
        self._show(self.query_one(Field).value.strip())
        view.go(at)

    def action_step(self, rows: int) -> None:
        view = self.query_one(ListView)
        view.move_to(view.cursor + rows)
        if view.current is not None and not view.current.id:
            view.move_to(view.cursor + (1 if rows > 0 or view.cursor == 0 else -1))

    def _show(self, query: str) -> None:
        found = matching(self.choices, query) or matching(self.choices, query.lstrip("/:"))
        found = found or [Choice("", f"nothing fits {query}: backspace widens, esc closes")]
        first = next((at for at, choice in enumerate(found) if choice.id), 0)
        self.query_one(ListView).show(found, first)

    def _lines(self, choice: Choice, width: int) -> Sequence[Line]:
        if not choice.id:
            return [Line(((choice.text, "accent strong"),))]
        keys = (f"{fit(choice.keys, self._keys_width)}  ", "warning strong")
        tone = "muted" if choice.note else ""
        room = width - self._keys_width - 4 - min(NAMED, width_of(choice.text))
        note = clip(choice.note, max(room, 1))
        return [Line((keys, (choice.text, tone)), right=((note, "muted"),) if note else ())]


def matching(choices: Sequence[Choice], query: str) -> list[Choice]:
    """The choices whose text or keys match ``query``, the best first, those that begin with it before others as good;
    all, with their headings, without a query."""
    if not query:
        return list(choices)
    matcher = Matcher(query)
    begun = query.casefold()

    def score(choice: Choice) -> float:
        found = matcher.match(choice.text)
        begins = found > 0 and choice.text.casefold().startswith(begun)
        return found + BEGINS * begins + 10 * (choice.keys == query)

    scored = [(score(choice), choice) for choice in choices if choice.id]
    return [choice for score, choice in sorted(scored, key=lambda pair: -pair[0]) if score > 0]
