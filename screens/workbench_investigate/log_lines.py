"""How one row of a log looks. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench_kit.line import Line, Piece, toned
from workbench_kit.text import fit

from workbench.analysis.logs.rows.shown import Shown
from workbench_investigate.glyphs import LEVEL
from workbench_investigate.log_time import Zone

LOGGER = 14
"""Cells of the logger's name, in a view that is wide enough."""
SOURCE = 16, 8
"""Cells of the name of the file that a row is from, where there are several: in a wide view, in a narrow one."""
WIDE = 90
LOADING = Line((("…", "faint"),))


def log_line(
    row: Shown,
    width: int,
    zone: Zone,
    spans: Iterable[tuple[int, int]] = (),
    names: Sequence[str] = (),
    loggers: bool = True,
) -> Line:
    """Time, letter of the level, file, logger and text of ``row``; ``spans`` of the text are matches.

    ``names`` are those of the files, none where all rows are of one; ``loggers``: rows name who logged them.
    """
    letter, tone = LEVEL[row.level]
    pad = len(zone.exact(0.0))
    own = "error" if row.error else "muted" if row.goes_on else ""
    text = toned(((row.text, own),), ((start, end, "match") for start, end in spans))
    if row.goes_on:
        return Line(((" " * (pad + 3), ""), *text))
    time = zone.exact(row.at) if row.at is not None else " " * pad
    logger: tuple[Piece, ...] = ()
    if names:
        room = min(max(map(len, names)), SOURCE[width < WIDE])
        name = names[row.file]
        logger = ((f"{fit(name if len(name) <= room else '…' + name[1 - room :], room)} ", "info"),)
    if loggers and width >= WIDE:
        logger = (*logger, (f"{fit(row.logger, LOGGER)} ", "muted"))
    return Line(((f"{time} ", "muted"), (f"{letter} ", tone), *logger, *text))
