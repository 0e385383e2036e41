"""A vertical scrollbar that is painted line by line: Textual's way through Rich costs more than the rows beside it."""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip


class QuickScrollBar(ScrollBar):
    """Looks and acts as Textual's."""

    _drawn: tuple[object, Sequence[Strip]] = (None, ())

    def render_lines(self, crop: Region) -> list[Strip]:
        bar = self.render()
        width, height = self.size
        if not isinstance(bar, ScrollBarRender) or not bar.vertical or crop.column_span != (0, width):
            return super().render_lines(crop)
        about = (width, height, bar.virtual_size, bar.window_size, bar.position, bar.style)
        if self._drawn[0] != about:
            self._drawn = about, self._strips(bar, width, height)
        return list(self._drawn[1][crop.y : crop.bottom])

    def _strips(self, bar: ScrollBarRender, width: int, height: int) -> Sequence[Strip]:
        style = self.app.console.get_style(bar.style)
        assert style.bgcolor is not None
        assert style.color is not None
        segments = bar.render_bar(
            height, bar.virtual_size, bar.window_size, bar.position, width, True, style.bgcolor, style.color
        ).segments
        strips = {segment: self._strip(segment, width) for segment in dict.fromkeys(segments)}
        return [strips[segment] for segment in segments]

    def _strip(self, segment: Segment, width: int) -> Strip:
        strip = Strip([Segment(segment.text, self.rich_style + segment.style)], width)
        for line_filter in self.get_line_filters():
            strip = strip.apply_filter(line_filter, self.background_colors[1])
        return strip

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn = (None, ())
