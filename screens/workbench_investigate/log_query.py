"""The box in which a log is searched: a line to edit, three modes, a history. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from workbench_kit.line import Line, Piece


class Mode(StrEnum):
    """What becomes of the rows that do not match."""

    FILTER = "filter"
    HIGHLIGHT = "highlight"
    CONTEXT = "filter with context"


ORDER = (Mode.FILTER, Mode.HIGHLIGHT, Mode.CONTEXT)


@dataclass(frozen=True, slots=True)
class Sought:
    """One query: ``pattern`` says that its text is a regular expression."""

    text: str = ""
    mode: Mode = Mode.FILTER
    pattern: bool = False

    def __str__(self) -> str:
        return f"/{self.text}/" if self.pattern else self.text


@dataclass
class QueryBox:
    """``sought`` is what is shown now, ``kept`` what stood before the box was opened; ``at`` is the place in the text
    where the next letter goes."""

    sought: Sought = Sought()
    kept: Sought = Sought()
    asking: bool = False
    at: int = 0
    past: list[Sought] = field(default_factory=list)
    _recalled: int = 0

    def open(self) -> None:
        """Begin to edit what is sought; mode and text are those of the last time."""
        self.kept, self.asking, self.at = self.sought, True, len(self.sought.text)
        self._recalled = len(self.past)

    def keep(self) -> None:
        """Stop editing and keep what stands there."""
        self.asking = False
        if self.sought.text:
            self.past = [*[each for each in self.past if each != self.sought][-99:], self.sought]

    def drop(self) -> None:
        """Stop editing; what stood there before stands again."""
        self.asking, self.sought = False, self.kept

    def clear(self) -> None:
        """Look for nothing; the mode stays."""
        self.sought = replace(self.sought, text="")

    def press(self, key: str, character: str | None) -> bool:
        """Take a key; False for one that means nothing here."""
        text, at = self.sought.text, self.at
        if character is not None and character.isprintable():
            self.write(character)
            return True
        match key:
            case "backspace":
                self._edit(text[: max(0, at - 1)] + text[at:], max(0, at - 1))
            case "delete":
                self._edit(text[:at] + text[at + 1 :], at)
            case "ctrl+w":
                start = len(text[:at].rstrip().rpartition(" ")[0])
                self._edit(text[:start] + text[at:], start)
            case "ctrl+u":
                self._edit(text[at:], 0)
            case "left" | "right":
                self.at = min(len(text), max(0, at + (1 if key == "right" else -1)))
            case "home" | "end":
                self.at = len(text) if key == "end" else 0
            case "tab" | "shift+tab":
                step = ORDER.index(self.sought.mode) + (1 if key == "tab" else -1)
                self.sought = replace(self.sought, mode=ORDER[step % len(ORDER)])
            case "ctrl+r":
                self.sought = replace(self.sought, pattern=not self.sought.pattern)
            case "up" | "down":
                self._recall(-1 if key == "up" else 1)
            case _:
                return False
        return True

    def write(self, text: str) -> None:
        """Put ``text`` where the cursor is."""
        had, at = self.sought.text, self.at
        self._edit(had[:at] + text + had[at:], at + len(text))

    def line(self, found: str, width: int) -> Line:
        """The box as a line; ``found`` says how much was found."""
        text = self.sought.text
        mode = f"{self.sought.mode}{' by pattern' if self.sought.pattern else ''} "
        keys = "tab mode  ^r pattern  ↑ before" if width > 90 else "tab ^r ↑"
        body: tuple[Piece, ...] = ((mode, "strong"), (f"/{text[: self.at]}▏{text[self.at :]}", "accent"))
        return Line(body, ((f"{found}  " if found else "", ""), (keys, "muted")))

    def _edit(self, text: str, at: int) -> None:
        self.sought, self.at = replace(self.sought, text=text), at

    def _recall(self, step: int) -> None:
        if not self.past:
            return
        self._recalled = min(len(self.past), max(0, self._recalled + step))
        self.sought = self.past[self._recalled] if self._recalled < len(self.past) else replace(self.sought, text="")
        self.at = len(self.sought.text)
