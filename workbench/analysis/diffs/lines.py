"""Where lines of a file stand after a change. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.diffs.model import Hunk


def line_after(line: int, hunks: Sequence[Hunk]) -> int:
    """Where ``line`` (from 1) of the old file stands in the new one, by the hunks of a diff without context; in a hunk
    the line that is as far from its beginning, its last at most."""
    shift = 0
    for hunk in hunks:
        first = hunk.old_start if hunk.old_count else hunk.old_start + 1
        if line < first:
            break
        if line < first + hunk.old_count:
            return max(1, min(hunk.new_start + line - first, hunk.new_start + max(hunk.new_count, 1) - 1))
        shift += hunk.new_count - hunk.old_count
    return line + shift
