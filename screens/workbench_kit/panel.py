"""Panels: views with a number and a title, that fold to a line and say what to do while they are empty."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Self

from textual import events
from textual.content import Content

from workbench_kit.arrange import Want
from workbench_kit.line import Line
from workbench_kit.line_view import LineView
from workbench_kit.list_view import ListView
from workbench_kit.text import plain, wrap
from workbench_kit.tree_list import TreeList


class Panel(LineView[Any]):
    """What makes a view a panel. ``elastic`` takes the lines that the others of its column leave over."""

    number = 0
    title = ""
    tab = ""
    """The title in a strip of tabs, where it is shorter."""
    labels: Mapping[str, str] = MappingProxyType({})
    """What commands (by id) are called while this panel has the focus."""
    most = 12
    """Lines it asks for at most while it has not the focus."""
    empty = ""
    aside = ""
    """What it says at its end where it has no edges to say it on, and room."""
    elastic = False
    folded = False

    def titled(self, number: int, title: str, empty: str = "", elastic: bool = False, tab: str = "") -> Self:
        """Give it its number (0: none), its title and what it says while it is empty."""
        self.number, self.title, self.empty, self.elastic, self.tab = number, title, empty, elastic, tab or title
        self.add_class("panel")
        return self

    def retitle(self, title: str, tab: str = "") -> None:
        """Another title, and where it is given another name among the tabs; outside text is shown as text."""
        self.tab = tab or self.tab
        if title != self.title:
            self.title = title
            self.write_title()

    def say_empty(self, text: str) -> None:
        """What it says while it is empty, from now on."""
        if text != self.empty:
            self.empty = text
            if not self.row_count():
                self.refresh()

    def write_title(self) -> None:
        """Write the title on the border, with the caption when folded: then there is no lower edge."""
        name = f"{self.number} {self.title}" if self.number else self.title
        if self.folded:
            name = f" {name} · {self.caption} " if self.caption else f" {name} "
        self.border_title = Content(plain(name))

    def set_folded(self, folded: bool) -> None:
        """Fold it to its title, or unfold it."""
        if folded != self.folded:
            self.folded = folded
            self.set_class(folded, "folded")
            self.write_title()

    def want(self) -> Want:
        """What it asks for in its column."""
        lines = self.map.lines if self.row_count() else len(self._empty_lines())
        shown = lines if self.has_focus else min(lines, self.most)
        return Want(shown, self.has_focus, self.elastic, not self.row_count())

    def overlay(self, y: int) -> Line | None:
        over = super().overlay(y)
        if over is None and self.row_count() and self.aside and self.has_class("-bare"):
            return self._aside(y)
        if over is not None or self.row_count() or not self.empty:
            return over
        lines = self._empty_lines()
        return Line(((lines[y], "muted"),)) if y < len(lines) else None

    def _aside(self, y: int) -> Line | None:
        lines = wrap(self.aside, max(10, self.scrollable_content_region.width))
        first = self.size.height - len(lines)
        return Line(((lines[y - first], "warning"),)) if self.map.lines < first <= y else None

    def _empty_lines(self) -> list[str]:
        return wrap(self.empty, max(10, self.scrollable_content_region.width))

    def marked(self, row: int, part: int, line: Line) -> Line:
        """The accent is the focused panel's alone: elsewhere the cursor's mark is muted."""
        line = super().marked(row, part, line)
        if self.has_focus or not line.gutter or line.gutter[0] != ("▸ ", "accent"):
            return line
        return replace(line, gutter=(("▸ ", "muted"), *line.gutter[1:]))

    def on_focus(self) -> None:
        self.rows_changed(self.cursor)

    def on_blur(self) -> None:
        self.rows_changed(self.cursor)

    def tell(self) -> None:
        super().tell()
        if self.folded and self.is_mounted:
            self.write_title()

    def on_mount(self) -> None:
        self.write_title()


class ListPanel(Panel, ListView[Any]):
    """A list as a panel."""


class TreePanel(Panel, TreeList[Any]):
    """A tree as a panel."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a text panel and what it speaks of: a place that ``Enter`` opens, an id that it cites."""

    line: Line
    path: str = ""
    at: int = 0
    ref: str = ""


Build = Callable[[int], Sequence[Row]]
"""The rows of a text panel for a width in cells."""


def _nothing(width: int) -> Sequence[Row]:
    return ()


class TextPanel(Panel):
    """Wrapped text as a panel: its rows are built for its width, and again when that changes."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__((), lambda row, width: row.line, id=id, classes=classes)
        self._build: Build = _nothing
        self._about: object = None

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.source[self.cursor] if self.cursor < len(self.source) else None

    def show_text(self, build: Build, about: object = None) -> None:
        """Show the rows that ``build`` makes; only a change is painted. The same ``about`` again means no change."""
        if about is not None and about == self._about:
            return
        self._build, self._about = build, about
        rows = tuple(build(self.scrollable_content_region.width or 40))
        if rows != self.source:
            self.show(rows)

    def on_resize(self, event: events.Resize) -> None:
        self._about = None
        self.show_text(self._build)
