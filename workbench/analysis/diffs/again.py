"""Decisions on a diff that was made anew because files changed: what is still the same hunk stays judged."""

from __future__ import annotations

from collections.abc import Iterator

from workbench.analysis.diffs.model import CONTEXT, Diff
from workbench.analysis.diffs.select import Decisions, LineRef, Selection

_Block = tuple[str, tuple[tuple[str, str], ...], int]
"""Path, signs and texts of lines that were changed together, and which of several such blocks in the file it is."""


def rejudged(decisions: Decisions, old: Diff, new: Diff) -> Decisions:
    """``decisions`` on ``old`` as far as they hold for ``new``, a diff of a later tree.

    A block of changed lines keeps what was said of it when it is in the same file with the same lines, wherever it has
    moved; a block that was edited is undecided again. A file's header keeps it while the path is there.
    """
    if not (decisions.accepted or decisions.rejected):
        return Decisions()
    places = dict(_blocks(new))
    lines = {
        before: after
        for block, refs in _blocks(old)
        if block in places
        for before, after in zip(refs, places[block], strict=True)
    }
    files = {file.path: number for number, file in enumerate(new.files) if file.has_header_change}

    def kept(part: Selection) -> Selection:
        headers = (files.get(old.files[file].path) for file in part.headers)
        return Selection(
            frozenset(lines[ref] for ref in part.lines if ref in lines),
            frozenset(number for number in headers if number is not None),
        )

    return Decisions(kept(decisions.accepted), kept(decisions.rejected))


def _blocks(diff: Diff) -> Iterator[tuple[_Block, list[LineRef]]]:
    """Every block of ``diff`` with its lines."""
    for number, file in enumerate(diff.files):
        seen: dict[tuple[tuple[str, str], ...], int] = {}
        for at, hunk in enumerate(file.hunks):
            refs: list[LineRef] = []
            for line_at, line in enumerate((*hunk.lines, None)):
                if line is not None and line.sign != CONTEXT:
                    refs.append((number, at, line_at))
                elif refs:
                    text = tuple((hunk.lines[ref[2]].sign, hunk.lines[ref[2]].text) for ref in refs)
                    seen[text] = seen.get(text, -1) + 1
                    yield (file.path, text, seen[text]), refs
                    refs = []
