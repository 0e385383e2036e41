"""How one line of a diff looks: numbers, sign, state, code colours, and the words that changed within it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache

from workbench.analysis.diffs import Decisions, Diff, Hunk, changed_words
from workbench.analysis.diffs.align import pairs_around
from workbench.analysis.diffs.model import ADDED, CONTEXT, REMOVED
from workbench.analysis.diffs.select import LineRef, Selection, all_of_file, lines_of_hunk
from workbench.analysis.syntax import Spans
from workbench_kit.annotations import Annotation, annotation_lines
from workbench_kit.diff_rows import DiffRow, Sides, gap_before, notes_of
from workbench_kit.highlighter import Highlighter
from workbench_kit.line import Line, Piece, painted, toned

SIGNS = {CONTEXT: " ", ADDED: "+", REMOVED: "−"}
TONES = {CONTEXT: "", ADDED: "added", REMOVED: "removed"}
STATES = {"yes": ("✔", "success"), "no": ("✘", "error"), "mixed": ("◐", "warning"), "undecided": (" ", "")}
WINDOW = 200
"""Lines of a hunk whose colours are computed together."""
_KEPT = 400


@dataclass
class Painter:
    """Makes the lines of one diff.

    ``spans`` holds code colours by file, hunk and line as they come, ``asked`` the windows that were asked for;
    ``said`` is what stands under lines of the new side, by path and line.
    """

    diff: Diff
    decisions: Decisions = field(default_factory=Decisions)
    digits: int = 3
    spans: dict[tuple[int, int, int], Spans] = field(default_factory=dict)
    said: dict[tuple[str, int], list[Annotation]] = field(default_factory=dict)
    asked: set[tuple[int, int, int]] = field(default_factory=set)
    _sides: OrderedDict[tuple[int, int], Sides] = field(default_factory=OrderedDict)
    _pairs: OrderedDict[tuple[int, int, int], dict[int, int]] = field(default_factory=OrderedDict)
    _counts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def hunk(self, row: DiffRow) -> Hunk:
        """The hunk that ``row`` is in."""
        return self.diff.files[row.file].hunks[row.hunk]

    def sides(self, file: int, hunk: int) -> Sides:
        """Both sides of a hunk, remembered while it is looked at."""
        key = file, hunk
        if key not in self._sides:
            self._sides[key] = Sides(self.diff.files[file].hunks[hunk])
            if len(self._sides) > _KEPT:
                self._sides.popitem(last=False)
        return self._sides[key]

    def header(self, file: int, where: str) -> Line:
        """The line that names a file; ``where`` says which hunk the cursor is in."""
        of = self.diff.files[file]
        if file not in self._counts:
            self._counts[file] = of.added, of.removed
        added, removed = self._counts[file]
        counts = (("  ", ""), (f"+{added}", "success"), (" ", ""), (f"−{removed}", "error"))
        state = self.state(all_of_file(self.diff, file)) if self.judged else STATES["undecided"]
        return Line(
            ((of.path, "strong"), *(counts if of.hunks else ()), (f"    {where}" if where else "", "muted")),
            gutter=((f" {state[0]} ", state[1]),),
            tone="header",
        )

    def note(self, file: int) -> Line:
        """What is said of a file as a whole."""
        return Line(((notes_of(self.diff.files[file]), "muted"),), gutter=(("   ", ""),))

    def gap(self, row: DiffRow, current: bool) -> Line:
        """The line between two hunks: how many lines are left out, and what the next hunk is in."""
        count, section = gap_before(self.diff.files[row.file], row.hunk), self.hunk(row).section
        state = self.state(lines_of_hunk(self.diff, row.file, row.hunk)) if self.judged else STATES["undecided"]
        text = f"⋯ {count} line{'s' * (count != 1)}" if count else "⋯"
        gutter = (("▌" if current else " ", "accent"), state, (" " * (2 * self.digits + 2), ""))
        return Line(((text, "muted"), (f"   {section.strip()}" if section else "", "faint")), gutter=gutter)

    def unified(self, row: DiffRow, current: bool) -> Line:
        """A line of a unified diff."""
        at = row.left or 0
        line, (old, new) = self.hunk(row).lines[at], self.sides(row.file, row.hunk).numbers[at]
        numbers = (
            f"{'' if line.sign == ADDED else old:>{self.digits}} {'' if line.sign == REMOVED else new:>{self.digits}} "
        )
        return self._line(row, at, numbers, current)

    def half(self, row: DiffRow, left: bool, current: bool) -> Line:
        """One side of a row that stands side by side; an empty one where it has no line."""
        at = row.left if left else row.right
        if at is None:
            return Line(gutter=(("▌" if current and left else " ", "accent"),), tone="absent")
        old, new = self.sides(row.file, row.hunk).numbers[at]
        return self._line(row, at, f"{old if left else new:>{self.digits}} ", current and left)

    def under(self, row: DiffRow, indent: int, width: int) -> list[Line]:
        """What is said under a row: under the line of the new side that stands in it."""
        if not self.said or row.right is None or self.hunk(row).lines[row.right].sign == REMOVED:
            return []
        line = self.sides(row.file, row.hunk).numbers[row.right][1]
        said = self.said.get((self.diff.files[row.file].path, line), ())
        return [made for one in said for made in annotation_lines(one, (" " * indent, ""), width - indent)]

    def changed(self, row: DiffRow) -> list[LineRef]:
        """The changed lines that stand in ``row``."""
        if row.kind != "line":
            return []
        lines, at = self.hunk(row).lines, dict.fromkeys((row.left, row.right))
        return [(row.file, row.hunk, n) for n in at if n is not None and lines[n].sign != CONTEXT]

    async def colour(self, highlighter: Highlighter, file: int, hunk: int, window: int) -> None:
        """Get the colours of one window of a hunk, of either side, into ``spans``."""
        of, sides = self.diff.files[file], self.sides(file, hunk)
        lines = of.hunks[hunk].lines
        start, end = window * WINDOW, min(len(lines), (window + 1) * WINDOW)
        for new, texts, path in ((False, sides.old, of.old_path), (True, sides.new, of.new_path)):
            mine = [at for at in range(start, end) if lines[at].sign != (REMOVED if new else ADDED)]
            if not mine or (not new and all(lines[at].sign != REMOVED for at in mine)):
                continue
            first, last = sides.places[mine[0]][new], sides.places[mine[-1]][new]
            spans = await highlighter.spans(path, texts, first, last + 1)
            for at in mine:
                self.spans[file, hunk, at] = spans[sides.places[at][new] - first]

    @property
    def judged(self) -> bool:
        """Whether anything was decided."""
        return bool(self.decisions.accepted or self.decisions.rejected)

    def state(self, part: Selection) -> Piece:
        """The sign of what was decided of ``part``."""
        return STATES[self.decisions.of(part)]

    def _line(self, row: DiffRow, at: int, numbers: str, current: bool) -> Line:
        line = self.hunk(row).lines[at]
        tone = TONES[line.sign]
        state: Piece = (" ", "")
        if self.judged and line.sign != CONTEXT:
            state = self.state(Selection(frozenset([(row.file, row.hunk, at)])))
        sign_tone = {ADDED: "success", REMOVED: "error"}.get(line.sign, "number")
        gutter: tuple[Piece, ...] = ((numbers, "number"), (f"{SIGNS[line.sign]} ", sign_tone))
        if current or state[1]:
            gutter = (("▌" if current else " ", "accent"), state, *gutter)
        else:
            gutter = ((f"  {numbers}", "number"), gutter[1])
        return Line(self._body(row, at), gutter=gutter, tone=tone)

    def _body(self, row: DiffRow, at: int) -> tuple[Piece, ...]:
        line = self.hunk(row).lines[at]
        text = line.text.removesuffix("\r")
        body: tuple[Piece, ...] = painted(text, self.spans.get((row.file, row.hunk, at), ()))
        if line.sign != CONTEXT:
            words = [(low, high, f"{TONES[line.sign]}-word") for low, high in self._words(row, at)]
            body = toned(body, words)
            if line.text != text:
                body = (*body, ("␍", "faint"))
        return body if line.newline else (*body, ("  no newline at end of file", "faint"))

    def _words(self, row: DiffRow, at: int) -> tuple[tuple[int, int], ...]:
        """What changed within line ``at``, when it is a line that became another."""
        hunk, key = self.hunk(row), (row.file, row.hunk, at)
        if key not in self._pairs:
            block, pairs = pairs_around(hunk, at)
            for line in block:
                self._pairs[row.file, row.hunk, line] = pairs
            while len(self._pairs) > 50 * _KEPT:
                self._pairs.popitem(last=False)
        other = self._pairs[key].get(at)
        if other is None:
            return ()
        removed, added = (at, other) if hunk.lines[at].sign == REMOVED else (other, at)
        spans = _words_between(hunk.lines[removed].text, hunk.lines[added].text)
        return spans[0] if at == removed else spans[1]


_words_between = lru_cache(maxsize=2_000)(changed_words)
