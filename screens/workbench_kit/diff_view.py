"""A diff that is judged hunk by hunk or line by line. It changes nothing itself: it says what is wanted."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from workbench.analysis.diffs import Decisions, Diff, Selection, carried
from workbench.analysis.diffs.model import REMOVED
from workbench.analysis.diffs.select import Verdict, all_of_file, lines_of_hunk
from workbench_kit.diff_layout import WIDE
from workbench_kit.diff_lines import DiffLines
from workbench_kit.diff_rows import distance
from workbench_kit.list_view import JUDGE_BINDINGS

DIFF_BINDINGS: list[BindingType] = [
    Binding("J", "hunk(1)", "Next hunk", show=False, id="diff.next_hunk"),
    Binding("K", "hunk(-1)", "Previous hunk", show=False, id="diff.previous_hunk"),
    Binding("right_square_bracket", "file(1)", "Next file", show=False, id="diff.next_file"),
    Binding("left_square_bracket", "file(-1)", "Previous file", show=False, id="diff.previous_file"),
    Binding("vertical_line", "split", "Unified or split", show=False, id="diff.split"),
    Binding("backslash", "wrap", "Wrap", show=False, id="diff.wrap"),
    Binding("right_curly_bracket", "context(1)", "More context", show=False, id="diff.more_context"),
    Binding("left_curly_bracket", "context(-1)", "Less context", show=False, id="diff.less_context"),
    Binding("W", "whitespace", "Whitespace", show=False, id="diff.whitespace"),
]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a diff something is: a line of a file's new side, or of its old side when it was removed (``old``).

    Line 0 is the file as a whole. ``file`` and ``hunk`` are numbers in the diff, ``hunk`` -1 outside of one.
    """

    path: str
    line: int
    old: bool
    file: int
    hunk: int


class DiffView(DiffLines):
    """``show_diff`` shows; space, x and u judge the hunk at the cursor, after ``v`` the lines of the range, and on a
    file's name all of the file. ``locked`` says why nothing can be judged, "" when it can.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*DIFF_BINDINGS, *JUDGE_BINDINGS]

    @dataclass
    class Judged(Message):
        """The driver judged ``part``; ``decisions`` are all that stand now and are shown already."""

        view: DiffView
        verdict: Verdict
        part: Selection
        decisions: Decisions

    @dataclass
    class Locked(Message):
        """Something was judged that cannot be, for this reason."""

        view: DiffView
        reason: str

    @dataclass
    class Wanted(Message):
        """The diff is wanted with other settings: compute it again and call ``show_diff``."""

        view: DiffView
        context: int
        ignore_space: bool

    context: int = 3
    ignore_space: bool = False
    locked: str = ""
    _return: Place | None = None
    _hunk_at: tuple[int, int] = (-1, -1)

    def show_diff(self, diff: Diff, decisions: Decisions | None = None) -> None:
        """Show ``diff``. Decisions that are not given are carried over line by line, and the cursor to its place."""
        if decisions is None:
            decisions = carried(self.painter.decisions, self.diff, diff)
        self._return = self.place
        self.lay(diff, decisions)

    def decide(self, decisions: Decisions) -> None:
        """Show these decisions instead, as when another's are loaded or one is taken back."""
        self.painter.decisions = decisions
        self.repaint()

    @property
    def decisions(self) -> Decisions:
        """What was decided so far."""
        return self.painter.decisions

    @property
    def place(self) -> Place | None:
        """Where the cursor is; None while there is no diff."""
        if not self.source:
            return None
        row = self.source[self.cursor]
        path = self.diff.files[row.file].path
        if row.hunk < 0:
            return Place(path, 0, False, row.file, -1)
        at = row.right if row.right is not None else row.left or 0
        old, new = self.painter.sides(row.file, row.hunk).numbers[at]
        gone = row.kind == "line" and self.painter.hunk(row).lines[at].sign == REMOVED
        return Place(path, old if gone else new, gone, row.file, row.hunk)

    def go(self, path: str, line: int = 0, old: bool = False) -> bool:
        """Put the cursor on ``line`` of a file's new side (or old), or the nearest shown; False for an unknown file."""
        number = next((n for n, file in enumerate(self.diff.files) if path in (file.path, file.old_path)), None)
        if number is None or number >= len(self.maker.file_rows):
            return False
        start = self.maker.file_rows[number]
        end = self.maker.file_rows[number + 1] - 1 if number + 1 < len(self.maker.file_rows) else len(self.source)
        self.show_row(min(range(start, end), key=lambda row: self._distance(row, line, old)))
        return True

    def made(self) -> None:
        back, self._return = self._return, None
        if back is not None:
            self.go(back.path, back.line, back.old)

    def meant(self) -> Selection:
        """What a judgement would be of: the hunk, the lines of the range, or the file."""
        if not self.source:
            return Selection()
        if self.range_start is not None:
            return Selection(frozenset(ref for row in self.chosen() for ref in self.painter.changed(self.source[row])))
        row = self.source[self.cursor]
        if row.hunk < 0:
            return all_of_file(self.diff, row.file)
        return lines_of_hunk(self.diff, row.file, row.hunk)

    def action_judge(self, verdict: str) -> None:
        part = self.meant()
        word: Verdict = next(known for known in get_args(Verdict) if known == verdict)
        if self.locked:
            self.post_message(self.Locked(self, self.locked))
        elif part:
            self.decide(self.decisions.judge(word, part))
            self.set_range(None)
            self.post_message(self.Judged(self, word, part, self.decisions))

    def action_hunk(self, step: int) -> None:
        """To what the next hunk changes, or the one before: there the editor opens, and a comment stands."""
        changes = self.maker.change_rows
        after = bisect_right(self.maker.hunk_rows, self.cursor)
        self._go(changes, after if step > 0 else bisect_left(changes, self.cursor) - 1)

    def action_file(self, step: int) -> None:
        rows = self.maker.file_rows
        self._go(rows, bisect_right(rows, self.cursor) if step > 0 else bisect_left(rows, self.cursor) - 1)

    def action_split(self) -> None:
        self.mode = "unified" if self.split else "split"
        self._return = self.place
        self.lay_rows()

    def action_wrap(self) -> None:
        self.wrapped = not self.wrapped
        self.scroll_to(x=0, animate=False)
        self.rebuild()
        self.reveal()

    def action_context(self, step: int) -> None:
        self.context = max(1, self.context * 2 if step > 0 else self.context // 2)
        self.post_message(self.Wanted(self, self.context, self.ignore_space))

    def action_whitespace(self) -> None:
        self.ignore_space = not self.ignore_space
        self.locked = (
            "shown without changes of white space: W shows them, then it can be judged" if self.ignore_space else ""
        )
        self.post_message(self.Wanted(self, self.context, self.ignore_space))

    def cursor_moved(self, old: int) -> None:
        here = self.source[self.cursor][1:3]
        if here != self._hunk_at:
            self._hunk_at = here
            self.repaint()
        super().cursor_moved(old)

    def on_resize(self, event: events.Resize) -> None:
        if self.mode == "auto" and self.source and self.split != (event.size.width >= WIDE):
            self._return = self.place
            self.lay_rows()

    def _go(self, rows: Sequence[int], at: int) -> None:
        """Go to the row at that place of ``rows``, where there is one."""
        if 0 <= at < len(rows):
            self.set_range(None)
            self.show_row(rows[at])

    def _distance(self, row: int, line: int, old: bool) -> int:
        """How far a row is from a line; the file's name is the nearest to line 0."""
        shown = self.source[row]
        if shown.kind != "line" or not line:
            return 0 if shown.kind == "file" and not line else 1 << 30
        return distance(shown, self.painter.hunk(shown), self.painter.sides(shown.file, shown.hunk), line, old)
