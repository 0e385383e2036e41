"""What the change of pane 2 is shown against, and what is put into the index and taken out of it there."""

from __future__ import annotations

from dataclasses import replace

from workbench_kit.annotations import Annotation
from workbench_kit.diff_view import DiffView

from workbench.analysis.diffs import Diff, Selection
from workbench.engine.against import VIEWS, View
from workbench.engine.file_states import RefusedError
from workbench.engine.staging import put, stage, unstage
from workbench_fix.changing import Changing, titled
from workbench_fix.files import ChangedFiles

TITLES: dict[View, str] = {"base": "Change", "head": "Not committed", "index": "Not staged", "staged": "Staged"}
LABELS: dict[View, tuple[str, str]] = {
    "base": ("accept", "take out"),
    "head": ("accept", "take out"),
    "index": ("stage", "take out"),
    "staged": ("unstage", "unstage"),
}
"""What space and x do in each view."""


class Against(Changing):
    """The part of the pane behind ``b``: base, HEAD, index, what is staged."""

    @property
    def view(self) -> View:
        """What is shown; a revision that was asked for counts as a base."""
        wanted = self.working.wanted
        return "base" if wanted.base else wanted.view

    def do_fix_against(self) -> None:
        view = VIEWS[(VIEWS.index(self.view) + 1) % len(VIEWS)]
        self.working.want(replace(self.working.wanted, base="", view=view))
        self.name_view()

    def do_fix_files(self) -> None:
        panel = self.its.change

        def chosen(path: str | None) -> None:
            if path is not None:
                self.go_panel(panel, remember=True)
                panel.go(path)

        self.app.push_screen(ChangedFiles(panel), chosen)

    def do_fix_wrap(self) -> None:
        self.its.change.action_wrap()

    def name_view(self) -> None:
        """Title and keys of the view that is shown."""
        panel, (yes, no) = self.its.change, LABELS[self.view]
        panel.retitle(TITLES[self.view], TITLES[self.view])
        panel.labels = {"judge.yes": yes, "judge.no": no, "view.range": "lines"}
        self.renew_footer()

    def judged_here(self, event: DiffView.Judged) -> None:
        if self.view == "index" and event.verdict == "yes":
            self.attempt(self._staged(event.part, back=False))
        elif self.view == "staged" and event.verdict != "undecided":
            self.attempt(self._staged(event.part, back=True))
        else:
            super().judged_here(event)

    async def _staged(self, part: Selection, back: bool) -> None:
        """Put the part into the index or take it out, so that ``z`` takes that back."""
        panel, services = self.its.change, self.desk.session.services
        title = titled(panel.diff, part, "unstaged" if back else "staged")
        try:
            done: Diff = await (unstage if back else stage)(services, panel.diff, part, title)
        except RefusedError:
            panel.decide(panel.decisions.judge("undecided", part))
            raise

        async def again(taken_back: bool) -> None:
            await put(services, done, title, back=taken_back is not back)
            self.working.refresh()

        self.desk.history.did(title, lambda: again(True), lambda: again(False))
        self.working.refresh()
        self.app.notify(f"{title}: z takes it back", timeout=4)

    def show_comments(self) -> None:
        """What people wrote under lines stands under them."""
        comments = self.desk.state.comments
        if comments is not self._commented:
            self._commented = comments
            said: dict[str, list[Annotation]] = {}
            for each in comments:
                if each.path and each.line:
                    said.setdefault(each.path, []).append(Annotation(each.line, each.text, "info", each.by))
            self.its.change.annotate(said)

    _commented: object = ()
