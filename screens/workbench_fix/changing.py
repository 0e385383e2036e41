"""The change of pane 2: reviewed hunk by hunk, taken out and put back, edited in place."""

from __future__ import annotations

from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from workbench_kit.dialogs import Prompt
from workbench_kit.diff_view import DiffView
from workbench_kit.faults import fault
from workbench_kit.pane import Pane
from workbench_kit.text_editor import TextEditor

from workbench.analysis.diffs import ConflictError, Diff, Selection, diff_texts
from workbench.analysis.diffs.again import rejudged
from workbench.case.errors import GitError
from workbench.case.state import PatchRecord
from workbench.engine.file_states import RefusedError
from workbench.engine.working import WorkingChange
from workbench_fix.editing import line_in, new_lines, with_lines
from workbench_fix.panels import Panels
from workbench_fix.words import change_caption, no_change


class Changing(Pane):
    """The part of the pane that shows the change on the working tree, and changes it."""

    its: Panels
    _shown: tuple[Diff, str, str] = (Diff(), "", "")

    reviewed = ""
    """What else than the change on the working tree the panel shows now."""

    @property
    def working(self) -> WorkingChange:
        """The change that is shown."""
        return self.desk.session.change

    def show_change(self) -> None:
        """Put the change as it is into the panel; what was judged stays so where it is still the same."""
        change, panel = self.working, self.its.change
        if self.reviewed:
            return
        diff, base, tree = self._shown
        if change.diff is not diff:
            first, place = not diff.files, panel.place
            gone = place is not None and place.path not in {file.path for file in change.diff.files}
            same = (base, tree) == (change.base, change.tree)
            panel.show_diff(change.diff, None if same else rejudged(panel.decisions, diff, change.diff))
            self._shown = (change.diff, change.base, change.tree)
            if (first or gone) and change.diff.files:
                self.call_after_refresh(panel.action_hunk, 1)
        while change.notices:
            fault(self.app, *change.notices.pop(0))
        panel.say_empty(no_change(change))
        panel.caption = change_caption(change, change.diff, panel.decisions)
        self._restore_history()

    def on_diff_view_judged(self, event: DiffView.Judged) -> None:
        if self.reviewed:
            self.judged_part(event)
        else:
            self.judged_here(event)
        self.show_change()

    def judged_here(self, event: DiffView.Judged) -> None:
        """A part of the change on the working tree was judged."""
        if event.verdict == "no":
            self.attempt(self._take_out(event.part))
        elif event.verdict == "yes" and self.its.change.range_start is None:
            self.its.change.action_hunk(1)

    def judged_part(self, event: DiffView.Judged) -> None:
        """A part of what is reviewed was judged."""

    def on_diff_view_locked(self, event: DiffView.Locked) -> None:
        self.app.notify(event.reason, timeout=4)

    def on_diff_view_wanted(self, event: DiffView.Wanted) -> None:
        if self.reviewed:
            return
        self.working.want(replace(self.working.wanted, context=event.context, ignore_space=event.ignore_space))

    async def _take_out(self, part: Selection) -> None:
        diff = self.its.change.diff
        try:
            record = await self.working.take_out(part, diff, titled(diff, part, "took", "out of"))
        except (ConflictError, RefusedError):
            self.its.change.decide(self.its.change.decisions.judge("undecided", part))
            raise
        self._did(record)

    def attempt(self, doing: Coroutine[Any, Any, None]) -> None:
        """Change files; a refusal is said in its own words."""
        self.work(self._attempted(doing))

    async def _attempted(self, doing: Coroutine[Any, Any, None]) -> None:
        try:
            await doing
        except (ConflictError, RefusedError, GitError) as refusal:
            todo = "the change is read anew: look at it and do it again"
            fault(self.app, str(refusal), "the files are as they were", todo, title="not changed", grave=True)

    def _did(self, record: PatchRecord) -> None:
        self.app.notify(f"{record.title}: z takes it back", timeout=4)
        self._remember(record)

    def _remember(self, record: PatchRecord) -> None:
        change = self.working
        self.desk.history.did(record.title, lambda: change.undo(record), lambda: change.redo(record))

    def _restore_history(self) -> None:
        """What was done in an earlier sitting can be taken back too."""
        history = self.desk.history
        if not (history.done or history.undone):
            for record in self.desk.state.patches.values():
                if not record.undone:
                    self._remember(record)

    def do_pane_undo(self) -> None:
        self.attempt(self._taken_back())

    def do_pane_redo(self) -> None:
        self.attempt(self._done_again())

    def do_fix_edit_hunk(self) -> None:
        panel, place = self.its.change, self.its.change.place
        assert place is not None
        path, hunk = place.path, panel.diff.files[place.file].hunks[place.hunk]

        def written(text: str | None) -> None:
            if text is not None:
                self.attempt(edit(text))

        async def edit(text: str) -> None:
            before = await self.working.read(path)
            after = with_lines(before, hunk, text)
            if after != before:
                made = diff_texts(path, before, after)
                self._did(await self.working.apply(Diff((made,)), f"edited a hunk of {path}"))

        title = f"{path}:{place.line}"
        line = line_in(hunk, place.line)
        self.app.push_screen(TextEditor(title, new_lines(hunk), (line, 0, line, 0)), written)

    def do_fix_base(self) -> None:
        def asked(revision: str | None) -> None:
            if revision is not None:
                self.working.want(replace(self.working.wanted, base=revision, view="base"))

        self.app.push_screen(Prompt("Show the change against this revision", self.working.base[:10]), asked)

    def do_fix_split(self) -> None:
        self.its.change.action_split()

    def do_fix_whitespace(self) -> None:
        self.its.change.action_whitespace()


def titled(diff: Diff, part: Selection, did: str, of: str = "of") -> str:
    """What was done with ``part`` of ``diff``, in words."""
    files = sorted({ref[0] for ref in part.lines} | part.headers)
    names = ", ".join(diff.files[at].path for at in files[:2]) + (" …" if len(files) > 2 else "")
    lines = f"{len(part.lines)} changed lines" if len(part.lines) != 1 else "1 changed line"
    return f"{did} {lines} {of} {names}"
