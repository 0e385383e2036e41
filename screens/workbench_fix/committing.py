"""Committing from the palette: a branch, a message that was drafted, and what the project's hooks said."""

from __future__ import annotations

from workbench_kit.dialogs import Prompt
from workbench_kit.faults import fault
from workbench_kit.line import Line
from workbench_kit.panel import Row
from workbench_kit.reader import Reader
from workbench_kit.text import width_of, wrap
from workbench_kit.text_editor import TextEditor
from workbench_kit.trusting import Trusting

from workbench.analysis.diffs import Diff
from workbench.engine.committing import CommitRefusedError, accepted_part, branch_name, commit, draft, to_commit
from workbench.engine.jobs import Job, last_line
from workbench_fix.against import Against


class Committing(Against, Trusting):
    """The part of the pane behind ``commit``."""

    _written = ""
    """The message of a commit that was refused, for the next try."""

    def why_not_commit(self) -> str:
        """Why there is nothing to commit now; empty when there is."""
        if self.reviewed:
            return "a proposal is shown: apply it, then commit"
        if self.view in ("index", "staged"):
            return ""
        if not self.its.change.decisions.accepted:
            return "accept what is to be committed (space), or stage it (b)"
        facts = self.desk.session.services.repository.facts
        if self.view == "base" and self.working.base != facts.head:
            return "the change is shown from before HEAD: b shows it against HEAD, accept there"
        return ""

    def do_fix_commit(self) -> None:
        panel, desk = self.its.change, self.desk
        taken = None if self.view in ("index", "staged") else accepted_part(panel.diff, panel.decisions.accepted)

        def ask(branch: str) -> None:
            self.app.push_screen(Prompt("Branch (a new one is made)", branch), named)

        def named(branch: str | None) -> None:
            if branch is not None:
                self.work(looked_at(branch))

        async def looked_at(branch: str) -> None:
            try:
                holds = await to_commit(desk.session.services, branch, taken)
            except CommitRefusedError as refusal:
                fault(self.app, str(refusal), "nothing was committed", "name it anew, or esc", timeout=8)
                ask(branch)
                return
            text = self._written or draft(desk.state, desk.views, self.working.tree)
            span = (0, 0, 0, len(text.split("\n")[0]))
            editor = TextEditor(f"Commit on {branch}", text, span, note=holds, kept="commit")
            self.app.push_screen(editor, lambda message: written(branch, message))

        def written(branch: str, message: str | None) -> None:
            if message is not None:
                jobs = self.desk.session.services.jobs
                self.when_trusted(
                    lambda: jobs.start("commit", self._commit(message, branch, taken), on_failure=self._failed)
                )

        ask(branch_name(desk.state))

    async def _commit(self, message: str, branch: str, taken: Diff | None) -> None:
        services = self.desk.session.services
        self.app.notify("committing: the project's hooks run", timeout=3)
        try:
            made = await commit(services, message, branch, taken)
        except CommitRefusedError as refusal:
            self._written = message
            kept = "files, index and branch are as they were, the message is kept"
            todo = "mend what it names, then commit again"
            fault(self.app, str(refusal), kept, todo, title="not committed", grave=True)
            if refusal.said:
                self._read("Not committed", refusal.said)
            return
        self._written = ""
        self.working.refresh()
        self._read(f"Committed {made.commit[:10]} on {made.branch}", made.said)

    def _failed(self, job: Job) -> None:
        todo = "look at git status, then commit again; @ shows what ran"
        fault(self.app, last_line(job), "the files are as they were", todo, title="not committed", grave=True)

    def _read(self, title: str, text: str) -> None:
        def build(width: int) -> list[Row]:
            lines = (wrap(line, width) if width_of(line) > width else [line] for line in text.splitlines())
            return [Row(Line(((part, ""),))) for parts in lines for part in parts]

        self.app.push_screen(Reader(title, build, "git said nothing"))
