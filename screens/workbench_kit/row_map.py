"""Which visual line belongs to which row, when some rows are higher than others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping


class RowMap:
    """``count`` rows of ``height`` lines each, some with ``extra`` lines (row to lines); both ways by bisection.

    Memory and work grow with the rows that have extra lines, not with all.
    """

    def __init__(self, count: int, height: int = 1, extra: Mapping[int, int] | None = None) -> None:
        self.count = count
        self.height = height
        self._rows = sorted(row for row, lines in (extra or {}).items() if lines and row < count)
        self._ends: list[int] = []
        self._sums = [0]
        for row in self._rows:
            self._sums.append(self._sums[-1] + (extra or {})[row])
            self._ends.append((row + 1) * height + self._sums[-1])

    @property
    def lines(self) -> int:
        """How many lines all rows take."""
        return self.count * self.height + self._sums[-1]

    def top(self, row: int) -> int:
        """The first line of ``row``; ``top(count)`` is one past the last line."""
        return row * self.height + self._sums[bisect_right(self._rows, row - 1)]

    def at(self, line: int) -> tuple[int, int]:
        """The row at ``line`` and which of its lines that is; the row is ``count`` or more past the end."""
        before = bisect_right(self._ends, line)
        rest = line - self._sums[before]
        row = rest // self.height
        if before < len(self._rows) and row >= self._rows[before]:
            row = self._rows[before]
        return row, line - self.top(row)
