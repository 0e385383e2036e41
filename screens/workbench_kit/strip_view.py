"""Rows painted line by line on Textual's line API: only what is in sight is made, and only what changed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.css.styles import RenderStyles
from textual.geometry import Region, Size
from textual.strip import Strip

from workbench_kit.line import Line, compose
from workbench_kit.row_map import RowMap
from workbench_kit.sized_view import SizedView
from workbench_kit.tones import TONES, VIEW_CSS, tone_rules, tone_style


class StripView(SizedView):
    """Paints the lines that ``row_lines`` gives; ``map`` says which line of the view belongs to which row."""

    DEFAULT_CSS = VIEW_CSS
    TONES: ClassVar[frozenset[str]] = frozenset(TONES)
    SIDEWAYS: ClassVar[bool] = False
    """Whether long lines are reached by scrolling; otherwise they are cut with an ellipsis."""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._strips: dict[tuple[int, int], Strip] = {}
        self._tones: dict[str, Style] = {}
        self._rules: dict[str, RenderStyles] = {}
        self._width = 0
        self._room: Size | None = None
        """The size of the content while lines of it are painted: Textual works it out anew each time it is asked."""

    def row_count(self) -> int:
        """How many rows there are."""
        raise NotImplementedError

    def row_lines(self, row: int, width: int) -> Sequence[Line]:
        """The lines of ``row``, as many as the map gives it, for a view ``width`` cells wide."""
        raise NotImplementedError

    def row_strips(self, row: int, width: int) -> Iterable[Strip]:
        """The lines of ``row`` as strips of ``width`` cells."""
        for number, line in enumerate(self.row_lines(row, width)):
            shown = self.marked(row, number, line)
            yield compose(shown, width, self.style, self.scroll_offset.x, self.SIDEWAYS)

    def make_map(self) -> RowMap:
        """How high the rows are."""
        return RowMap(self.row_count())

    def marked(self, row: int, part: int, line: Line) -> Line:
        """``line`` with what the view's state lays over it: cursor, range, matches."""
        return line

    def overlay(self, y: int) -> Line | None:
        """A line that stands at ``y`` of the view, whatever is under it."""
        return None

    def rows_changed(self, *rows: int) -> None:
        """Paint these rows again, where they are in sight."""
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.size.height
        for row in rows:
            first, end = self.map.top(row), self.map.top(row + 1)
            for part in range(end - first):
                self._strips.pop((row, part), None)
            if end > top and first < bottom:
                self.refresh_lines(first, end - first)

    def repaint(self) -> None:
        """Paint every row in sight anew."""
        self._strips.clear()
        self.refresh()

    def rebuild(self) -> None:
        """Everything may have changed: measure and paint anew."""
        self.map = self.make_map()
        self.sync_size(now=True)
        self.repaint()

    def style(self, tone: str) -> Style:
        """The style of a tone (see :data:`~workbench_kit.line.Piece`). Raises KeyError for none of the view's."""
        style = self._tones.get(tone)
        if style is None:
            rules = [self._rules_of(name) for name in tone.split()]
            style = self._tones[tone] = self.filtered(tone_style(self.rich_style, rules))
        return style

    def _rules_of(self, name: str) -> RenderStyles:
        if name not in self._rules:
            if name not in self.TONES:
                raise KeyError(name)
            self._rules[name] = tone_rules(self, name)
        return self._rules[name]

    def render_lines(self, crop: Region) -> list[Strip]:
        self._room = self.scrollable_content_region.size
        try:
            return super().render_lines(crop)
        finally:
            self._room = None

    def render_line(self, y: int) -> Strip:
        width, height = self._room or self.scrollable_content_region.size
        if width != self._width:
            self._width = width
            self._strips.clear()
        if (over := self.overlay(y)) is not None:
            return compose(over, width, self.style)
        row, part = self.map.at(self.scroll_offset.y + y)
        if row >= self.map.count:
            return Strip.blank(width, self.style(""))
        strip = self._strips.get((row, part))
        if strip is None:
            if len(self._strips) > 4 * height + 100:
                self._strips.clear()
            for number, made in enumerate(self.row_strips(row, width)):
                self._strips[row, number] = made
            strip = self._strips.get((row, part)) or Strip.blank(width, self.style(""))
        return strip

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tones.clear()
        self._strips.clear()
        before, self._rules = self._rules, {}
        if self.is_attached and any(self._rules_of(name) != rules for name, rules in before.items()):
            self.refresh()

    def watch_scroll_x(self, old_value: float, new_value: float) -> None:
        self._strips.clear()
        super().watch_scroll_x(old_value, new_value)

    def on_mount(self) -> None:
        self.rebuild()

    def on_resize(self, event: events.Resize) -> None:
        self.rebuild()
