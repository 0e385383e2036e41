"""What a command is: one value per action, from which its key, footer entry, palette entry and help line are made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding


class Where(StrEnum):
    """Where a command's key means something; the order is that of the help."""

    EVERYWHERE = "everywhere"
    PANE = "in every pane"
    VIEW = "in every list, log, code and diff"
    JUDGE = "judging"
    RUN = "running tests and gates"
    INVESTIGATE = "1 investigate"
    FIX = "2 fix"
    VALIDATE = "3 validate"
    PALETTE = "by name only"


@dataclass(frozen=True, slots=True)
class Command:
    """One action. ``id`` names its binding, so that a keymap can replace the key.

    ``keys`` are written as Textual names them, several parted by commas, empty for what has no key. ``footer`` is its
    place among those that the footer shows, 0 for none. ``view`` is the action of the focused view that it stands for;
    without one a method ``do_<id>`` of the pane or the app carries it out.
    """

    id: str
    keys: str
    label: str
    help: str
    where: Where
    footer: int = 0
    view: str = ""

    @property
    def handler(self) -> tuple[str, tuple[int, ...]]:
        """Name and arguments of the method that carries it out: a number at the end of the id is its argument."""
        name, _, number = self.id.replace(".", "_").rpartition("_")
        if number.isdigit():
            return f"do_{name}", (int(number),)
        return f"do_{name}_{number}", ()

    def binding(self) -> Binding:
        """Its key, bound. Every command goes through the app, which says why one cannot be carried out now."""
        return Binding(self.keys, f"app.command('{self.id}')", self.label, show=False, id=self.id)


_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "full_stop": ".",
    "plus": "+",
    "at": "@",
    "space": "space",
    "enter": "⏎",
    "escape": "esc",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "vertical_line": "|",
    "tab": "tab",
    "shift+tab": "⇧tab",
}


def written(keys: str) -> str:
    """The first of ``keys`` as it is written on screen."""
    first = keys.split(",")[0]
    return _NAMES.get(first, first)
