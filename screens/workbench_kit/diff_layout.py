"""Where the lines of a diff stand: unified or side by side, wrapped or not, made in slices so that nothing waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar

from workbench.analysis.diffs import Decisions, Diff
from workbench_kit.annotations import Annotation, worst_first
from workbench_kit.diff_paint import Painter
from workbench_kit.diff_rows import DiffRow, RowMaker, height_of
from workbench_kit.highlighter import Highlighter
from workbench_kit.line_view import LineView
from workbench_kit.row_map import RowMap

SLICE = 0.008
"""Seconds of making rows between two breaths of the screen."""
WIDE = 120
"""Cells from which a diff stands side by side when nobody chose."""


class DiffLayout(LineView[DiffRow]):
    """The rows of a diff and how high they are. ``mode`` is auto (by width), unified or split."""

    SIDEWAYS: ClassVar[bool] = True

    def __init__(
        self,
        highlighter: Highlighter | None = None,
        *,
        caption: str = "",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(caption=caption, name=name, id=id, classes=classes)
        self.highlighter = highlighter or Highlighter()
        self.diff = Diff()
        self.painter = Painter(self.diff)
        self.maker = RowMaker(self.diff, False)
        self.mode = "auto"
        self.wrapped = False

    def lay(self, diff: Diff, decisions: Decisions) -> None:
        """Show ``diff``: its first rows at once, the others in slices."""
        hunks = (hunk for file in diff.files for hunk in file.hunks)
        last = max((max(hunk.old_start, hunk.new_start) + len(hunk.lines) for hunk in hunks), default=0)
        self.diff = diff
        self.painter = Painter(diff, decisions, max(3, len(str(last))), said=self.painter.said)
        self.lay_rows()

    def lay_rows(self) -> None:
        """Make the rows anew, unified or side by side."""
        split = self.mode == "split" or (self.mode == "auto" and self.size.width >= WIDE)
        self.maker = maker = RowMaker(self.diff, split)
        self.cursor, self.range_start = 0, None
        more = maker.more(SLICE)
        self.source = maker.rows
        self.rebuild()
        if self.is_mounted:
            self.scroll_to(x=0, y=0, animate=False, force=True)
        if more:
            self.set_timer(0.001, lambda: self._make_more(maker))
        else:
            self.made()

    def _make_more(self, maker: RowMaker) -> None:
        """The next slice of rows; the screen breathes in between."""
        if maker is not self.maker:
            return
        more = maker.more(SLICE)
        self.grown()
        if more:
            self.set_timer(0.001, lambda: self._make_more(maker))
        else:
            self.made()

    def made(self) -> None:
        """All rows are there."""

    def annotate(self, said: Mapping[str, Iterable[Annotation]]) -> None:
        """What is said under lines of the new side, by path: comments, findings."""
        self.painter.said = {}
        for path, group in said.items():
            for one in worst_first(group):
                self.painter.said.setdefault((path, one.line), []).append(one)
        self.rebuild()
        self.reveal()

    def row_text(self, row: int) -> str:
        shown = self.source[row]
        if shown.kind == "line":
            lines = self.painter.hunk(shown).lines
            return "\n".join(lines[at].text for at in dict.fromkeys((shown.left, shown.right)) if at is not None)
        return self.diff.files[shown.file].path if shown.kind == "file" else ""

    def content_width(self) -> int:
        if self.wrapped:
            return 0
        halved = self.size.width // 2 if self.split else 0
        return self.maker.widest + self.margin + halved

    def make_map(self) -> RowMap:
        extra: dict[int, int] = {}
        said = self.painter.said
        if self.wrapped or said:
            paths = {path for path, _ in said}
            wanted = [self.wrapped or file.path in paths for file in self.diff.files]
            for number, row in enumerate(self.source):
                if row.kind == "line" and wanted[row.file]:
                    own = height_of(row, self.painter.hunk(row), self.room) if self.wrapped else 1
                    extra[number] = own - 1 + len(self.painter.under(row, self.margin, self.size.width or 80))
        return RowMap(len(self.source), 1, extra)

    @property
    def split(self) -> bool:
        """Whether it stands side by side."""
        return self.maker.split

    @property
    def margin(self) -> int:
        """Cells before the text of a line."""
        digits = self.painter.digits
        return digits + 5 if self.split else 2 * digits + 6

    @property
    def room(self) -> int:
        """Cells for the text of a line."""
        width = self.size.width or 80
        return max(10, ((width - 1) // 2 if self.split else width) - self.margin)
