"""A scroll view whose lines skip Textual's general box drawing, which costs more than the lines themselves."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.scroll_view import ScrollView
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from workbench_kit.scroll_bar import QuickScrollBar


class QuickBox(ScrollView):
    """Puts what ``render_line`` gives between the border's two sides, which are taken from one line drawn by Textual.

    Edges and sides are drawn anew when title, styles or size change. A box with an outline, a tint, a hatch or an
    opacity goes Textual's way. ``render_line`` must give styles that went through :meth:`filtered`.
    """

    _sides: tuple[tuple[int, int], Strip, Strip, Style] | None = None
    _edges: tuple[object, dict[int, Strip]] = (None, {})

    @property
    def vertical_scrollbar(self) -> ScrollBar:
        if self._vertical_scrollbar is None:
            self._vertical_scrollbar = bar = QuickScrollBar(name="vertical", thickness=self.scrollbar_size_vertical)
            bar.display = False
            self.app._start_widget(self, bar)
        return self._vertical_scrollbar

    def filtered(self, style: Style) -> Style:
        """``style`` as the app's filters (no colour, sixteen colours) leave it."""
        background = self.background_colors[1]
        segments = [Segment(" ", style)]
        for line_filter in self.get_line_filters():
            segments = line_filter.apply(segments, background)
        return segments[0].style or style

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._quick():
            return super().render_lines(crop)
        gutter, (width, height) = self.styles.gutter, self.region.size
        left, right, ground = self._around(width, height)
        room = width - gutter.width
        made: list[Strip] = []
        for y in crop.line_range:
            if gutter.top <= y < height - gutter.bottom:
                inner = self.render_line(y - gutter.top).adjust_cell_length(room, ground)
                strip = Strip([*left, *inner, *right], width) if gutter.width else inner
            else:
                strip = self._edge(y, width, height)
            made.append(strip)
        x1, x2 = crop.column_span
        return made if (x1, x2) == (0, width) else [strip.crop(x1, x2) for strip in made]

    def _quick(self) -> bool:
        styles = self.styles
        return (
            self.opacity == 1
            and styles.text_opacity == 1
            and not styles.tint.a
            and not any(edge for edge, _ in styles.outline)
            and not styles.has_rule("hatch")
        )

    def _around(self, width: int, height: int) -> tuple[Strip, Strip, Style]:
        """The border's sides with the padding inside of them, and the style of what a line leaves free: the room that
        is kept for a scrollbar."""
        if self._sides is None or self._sides[0] != (width, height):
            gutter = self.styles.gutter
            (line,) = super().render_lines(Region(0, gutter.top, width, 1))
            ground = self.filtered(Style(bgcolor=self.background_colors[1].rich_color))
            self._sides = (width, height), line.crop(0, gutter.left), line.crop(width - gutter.right, width), ground
        return self._sides[1:]

    def _edge(self, y: int, width: int, height: int) -> Strip:
        """A line of the border above or below."""
        about = (width, height, self._border_title, self._border_subtitle)
        if self._edges[0] != about:
            self._edges = about, {}
        edges = self._edges[1]
        if y not in edges:
            (edges[y],) = super().render_lines(Region(0, y, width, 1))
        return edges[y]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._sides = None
        self._edges = (None, {})
