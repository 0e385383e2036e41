"""Painting only the lines that changed: Textual's compositor has every widget between the first and the last changed
line draw all of its lines anew, and throws away what was not asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class LineCompositor(Compositor):
    """Asks a widget only for its lines that are painted. What stands on screen is the same."""

    _wanted: Sequence[Region] | None = None

    def render_partial_update(self) -> ChopsUpdate | None:
        self._wanted = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._wanted = None

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if self._wanted is None:
            yield from super()._get_renders(crop)
            return
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            for first, end in _spans(self._wanted, shown):
                part = Region(shown.x, first, shown.width, end - first)
                yield part, clip, widget.render_lines(part.translate(-region.offset))


def _spans(wanted: Iterable[Region], shown: Region) -> list[tuple[int, int]]:
    """The lines of ``shown`` that ``wanted`` touches, as runs of first line and end."""
    touched = sorted((part.y, part.bottom) for part in map(shown.intersection, wanted) if part)
    runs: list[tuple[int, int]] = []
    for first, end in touched:
        if runs and first <= runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((first, end))
    return runs
