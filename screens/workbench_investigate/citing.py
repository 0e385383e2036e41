"""What a reason cites, opened: a place in the code, an error, a finding, a change, the diff of a commit."""

from __future__ import annotations

import asyncio
import re

from workbench_kit.commit_diff import CommitDiff
from workbench_kit.desk import Place
from workbench_kit.faults import fault
from workbench_kit.panel import Row

from workbench.analysis.diffs import decode_diff, parse_diff
from workbench.case.code import Hotspot
from workbench.case.errors import GitError
from workbench.case.logs import Change
from workbench_investigate.following import Following
from workbench_investigate.selection import find

_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


class Citing(Following):
    """``Enter`` in the pane's text panels and on a change."""

    def open_cited(self, row: Row | None) -> None:
        """Go to what ``row`` speaks of; Esc comes back."""
        if row is None:
            return
        if row.path:
            self.open_place(Place(row.path, row.at, row.ref, row.path))
        elif _COMMIT.fullmatch(row.ref):
            signals = self.subject.signals if isinstance(self.subject, Hotspot) else ()
            note = next((signal.detail for signal in signals if row.ref in signal.evidence), "")
            self.work(self._show_commit(row.ref, row.ref[:8], note))
        elif row.ref:
            self._go_cited(row.ref)

    def _go_cited(self, ident: str) -> None:
        for panel in (self.its.errors, self.its.findings, self.its.changed):
            subject = find(self.desk.views, panel.id or "", ident) if panel.go(ident) else None
            if subject is not None:
                self.select(subject)
                self.go_panel(panel, remember=True)
                return

    async def show_change(self, change: Change) -> None:
        """The diff of a change's commit, and what speaks for it."""
        note = "; ".join(signal.detail for signal in change.signals[:3])
        title = f"{change.revision[:8]} {change.author}: {change.summary}  score {change.score:.1f}"
        await self._show_commit(change.revision, title, note)

    async def _show_commit(self, revision: str, title: str, note: str) -> None:
        """The diff of a commit; where git has none, that it is not here."""
        repository = self.desk.session.services.repository
        try:
            told = await repository.git("show", "--format=", "--end-of-options", revision, "--")
        except GitError as error:
            todo = "git fetch brings commits that are not here; @ shows the command"
            fault(self.app, f"{revision[:8]}: {error}", "what was shown stays", todo)
            return
        diff = await asyncio.to_thread(parse_diff, decode_diff(told))
        self.app.push_screen(CommitDiff(title, note, diff))
