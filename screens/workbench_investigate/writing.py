"""Writing the failing test from pane 1: shown in an editor, saved when it is kept, run in pane 2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widget import Widget
from workbench_kit.faults import fault
from workbench_kit.field import Field
from workbench_kit.panel import Panel
from workbench_kit.text_editor import TextEditor
from workbench_kit.trusting import Trusting

from workbench.analysis.writers import NothingToWriteError, Written
from workbench.case.code import Finding
from workbench.case.logs import LogError
from workbench.case.work import Hypothesis
from workbench.engine.file_states import RefusedError
from workbench.engine.writing import ask_of, save, written
from workbench_investigate.selection import find

if TYPE_CHECKING:
    from workbench_investigate.why import Subject


class TestEditor(TextEditor):
    """The test with the path proposed for it; the person's choice is selected. Shift+Tab goes to the path."""

    __test__ = False

    def __init__(self, made: Written) -> None:
        why = f"  ({made.why})" if made.why else ""
        note = f"{made.template}; yours to choose: {made.choice}{why}"
        super().__init__("Write the test", made.text, made.blank, note, "save and run")
        self.path = made.path

    def above(self) -> Sequence[Widget]:
        return [Field(self.path), *super().above()]

    def action_keep(self) -> None:
        self.path = self.query_one(Field).value.strip() or self.path
        super().action_keep()


class Writing(Trusting):
    """The pane's command that writes the test of the selected cause, error or finding."""

    subject: Subject | None

    def why_not(self, command: str) -> str:
        if command == "investigate.test":
            if self._evidence() is None:
                return "select a cause, an error or a finding first"
            return self.desk.session.services.journal.readonly_reason
        return super().why_not(command)

    def do_investigate_test(self) -> None:
        evidence = self._evidence()
        if evidence is not None:
            self.work(self._write(evidence.id))

    def _evidence(self) -> Hypothesis | LogError | Finding | None:
        """What stands under the cursor of the list that has the focus, else what is selected."""
        panel = self.focused
        here = find(self.desk.views, panel.id or "", panel.row_key(panel.cursor)) if isinstance(panel, Panel) else None
        for each in (here, self.subject):
            if isinstance(each, Hypothesis | LogError | Finding):
                return each
        return None

    async def _write(self, ref: str) -> None:
        try:
            made = await written(self.desk.session.services, ask_of(self.desk.views, ref))
        except NothingToWriteError as nothing:
            todo = "select another cause, error or finding, or write the test yourself: e"
            fault(self.app, str(nothing), "nothing was written", todo, title="no test written")
            return
        self._edit(made)

    def _edit(self, made: Written) -> None:
        editor = TestEditor(made)

        def kept(text: str | None) -> None:
            if text is not None:
                test = made.test.replace(made.path, editor.path, 1)
                self.work(self._save(replace(made, path=editor.path, test=test, text=text)))

        self.app.push_screen(editor, kept)

    async def _save(self, made: Written) -> None:
        """Save it, so that ``z`` takes it back, and run it in pane 2. What cannot be saved stays in the editor."""
        session = self.desk.session
        try:
            record = await save(session.change, made)
        except RefusedError as refusal:
            todo = "give another path, or esc and save again later"
            fault(self.app, str(refusal), "the text is still in the editor", todo, title="not saved", grave=True)
            self._edit(made)
            return
        self.desk.history.did(record.title, lambda: session.change.undo(record), lambda: session.change.redo(record))
        self.app.notify(f"{record.title}: z takes it back", timeout=4)
        self.app.switch_mode("fix")
        self.when_trusted(lambda: session.tests.start([made.test], "the test that was written"))
