"""Painting only the lines that changed: Textual's compositor has every widget between the first and the last changed
line draw all of its lines anew, containers under their panels too, and throws away what was not asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class LineCompositor(Compositor):
    """Asks a widget only for its lines that are painted and seen. What stands on screen is the same."""

    _wanted: Mapping[int, int] | None = None
    """By line, its cells that are painted, a bit each."""

    def render_partial_update(self) -> ChopsUpdate | None:
        self._wanted = _cells(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._wanted = None

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if self._wanted is None:
            yield from super()._get_renders(crop)
            return
        left = dict(self._wanted)
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            its = _bits(shown)
            seen = [y for y in shown.line_range if left.get(y, 0) & its]
            for first, end in _runs(seen):
                part = Region(shown.x, first, shown.width, end - first)
                yield part, clip, widget.render_lines(part.translate(-region.offset))
            for y in seen:
                left[y] &= ~its

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        """As Textual's, without cutting a strip that is one piece."""
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        for region, clip, strips in self._get_renders(crop):
            shown = region.intersection(clip)
            first, last = shown.column_span
            for y, strip in zip(shown.line_range, strips, strict=False):
                if not is_rendered_line(y):
                    continue
                line, told = cuts[y], chops[y]
                at = line[bisect_left(line, first) : bisect_right(line, last)]
                parts = (strip,) if len(at) == 2 else strip.divide([cut - first for cut in at[1:]])
                for cut, part in zip(at, parts, strict=False):
                    if told.get(cut) is None:
                        told[cut] = part
        return cast("Sequence[Mapping[int, Strip]]", chops)


def _bits(region: Region) -> int:
    """The cells that ``region`` has of each of its lines."""
    return ((1 << region.width) - 1) << max(0, region.x)


def _cells(regions: Iterable[Region]) -> Mapping[int, int]:
    cells: dict[int, int] = defaultdict(int)
    for region in regions:
        its = _bits(region)
        for y in region.line_range:
            cells[y] |= its
    return cells


def _runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending ``lines`` as runs of first line and end."""
    runs: list[tuple[int, int]] = []
    for y in lines:
        if runs and y == runs[-1][1]:
            runs[-1] = (runs[-1][0], y + 1)
        else:
            runs.append((y, y + 1))
    return runs
