"""Painting only the cells that changed: Textual's compositor has every widget between the first and the last changed
line draw all of its lines anew, containers under their panels too, cuts them up, and throws away what was not asked
for.

What changed in many places is painted in several goes, the panel that is worked in first, so that no key waits long.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from rich.console import Console
from textual._compositor import Compositor, CompositorMap, CompositorUpdate, ReflowResult
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

AT_ONCE = 16
"""Lines that are painted in one go; those of one widget always are."""


class Piece(NamedTuple):
    """The cells of line ``y`` from column ``first`` to ``end`` (exclusive), of a strip that begins in column ``x``."""

    y: int
    first: int
    end: int
    x: int
    strip: Strip


class PiecesUpdate(CompositorUpdate):
    """What is to be painted, in no order."""

    def __init__(self, pieces: Sequence[Piece] = ()) -> None:
        self.pieces = pieces

    def render_segments(self, console: Console) -> str:
        return "".join(
            f"\x1b[{y + 1};{first + 1}H{strip.crop(first - x, end - x).render(console)}"
            for y, first, end, x, strip in self.pieces
        )


class LineCompositor(Compositor):
    """Asks a widget only for its lines that are painted and seen. What stands on screen is the same."""

    front: Widget | None = None
    """The widget that is painted before all others."""

    def __init__(self) -> None:
        super().__init__()
        self._reflowed: CompositorMap = {}

    def reflow(self, parent: Widget, size: Size) -> ReflowResult:
        """Compare with the places of the last reflow: Textual's own compares with those that were looked up since, and
        of what had moved by then nothing is painted."""
        self._full_map = self._reflowed
        result = super().reflow(parent, size)
        self._reflowed = self._full_map
        return result

    def render_partial_update(self) -> PiecesUpdate | None:  # type: ignore[override]  # it is an update like Textual's
        regions = self._first()
        self._dirty_regions -= regions
        screen = self.size.region
        pieces = self._pieces(_cells(region.intersection(screen) for region in regions))
        return PiecesUpdate(pieces) if pieces else None

    def _first(self) -> set[Region]:
        """The regions that are painted now; the others wait for the next go."""
        front, _ = self.visible_widgets.get(self.front, (Region(), Region())) if self.front else (Region(), Region())
        regions = sorted(
            self._dirty_regions, key=lambda region: (not front.contains_region(region), region.y, region.x)
        )
        ends = accumulate(region.height for region in regions)
        return {region for region, end in zip(regions, ends, strict=True) if end - region.height < AT_ONCE}

    def _pieces(self, wanted: Mapping[int, int]) -> list[Piece]:
        """What is seen where cells are ``wanted``, a bit each, by line. A run of cells that one widget shows is never
        cut: half of a wide character would be lost."""
        pieces: list[Piece] = []
        free = dict.fromkeys(wanted, -1)
        for widget, (region, clip) in self.visible_widgets.items():
            shown = region.intersection(clip)
            its = _bits(shown)
            lines = [y for y in shown.line_range if free.get(y, 0) & its]
            seen = {y: free[y] & its for y in lines if free[y] & its & wanted[y]}
            for first, end in _runs(seen):
                part = Region(shown.x, first, shown.width, end - first)
                strips = widget.render_lines(part.translate(-region.offset))
                for y, strip in enumerate(strips, first):
                    spans = ((low, high) for low, high in _spans(seen[y]) if wanted[y] >> low & (1 << high - low) - 1)
                    pieces += (Piece(y, low, high, shown.x, strip) for low, high in spans)
            for y in lines:
                free[y] &= ~its
        return pieces


def _bits(region: Region) -> int:
    """The cells that ``region`` has of each of its lines."""
    return ((1 << region.width) - 1) << max(0, region.x)


def _cells(regions: Iterable[Region]) -> dict[int, int]:
    cells: dict[int, int] = defaultdict(int)
    for region in regions:
        its = _bits(region)
        for y in region.line_range:
            cells[y] |= its
    return cells


def _spans(bits: int) -> Iterator[tuple[int, int]]:
    """The runs of ones in ``bits``: first and end."""
    at = 0
    while bits:
        zeros = (bits & -bits).bit_length() - 1
        ones = (~(bits >> zeros) & (bits >> zeros) + 1).bit_length() - 1
        yield at + zeros, at + zeros + ones
        at += zeros + ones
        bits >>= zeros + ones


def _runs(lines: Iterable[int]) -> list[tuple[int, int]]:
    """Ascending ``lines`` as runs of first line and end."""
    runs: list[tuple[int, int]] = []
    for y in lines:
        if runs and y == runs[-1][1]:
            runs[-1] = (runs[-1][0], y + 1)
        else:
            runs.append((y, y + 1))
    return runs
