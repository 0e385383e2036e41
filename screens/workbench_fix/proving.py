"""The proof of pane 2: run by a key, shown step by step."""

from __future__ import annotations

from workbench_kit.dialogs import Prompt
from workbench_kit.trusting import Trusting

from workbench_fix.panels import Panels
from workbench_fix.proof_rows import proof_rows, tests_of
from workbench_fix.words import brings_tests


class Proving(Trusting):
    """The part of the pane that proves the change."""

    its: Panels

    def show_proof(self) -> None:
        """Put the proof as it stands into the panel."""
        session = self.desk.session
        live, panel = session.proof, self.its.proof
        why = (
            ""
            if session.change.differs
            else "there is no change to prove yet: e opens the file to mend, 8 r asks the fixers"
        )
        if session.change.paths and not brings_tests(session.change):
            why = "the change brings no test: without one there is nothing to prove it by. 1 t writes one"
        panel.show_text(proof_rows(live.attempt, live.latest, session.change.tree, live.problem, why))
        panel.caption = tests_of(live.attempt, live.latest)

    def do_fix_prove(self) -> None:
        self.when_trusted(self._prove)

    def _prove(self, fix: str = "") -> None:
        """Prove, where it can be seen: one panel may fill the screen."""
        if not self.its.proof.display:
            self.go_panel(self.its.proof, remember=True)
        self.desk.session.prove(fix=fix.split())

    def do_fix_prove_by(self) -> None:
        def named(fix: str | None) -> None:
            if fix:
                self.when_trusted(lambda: self._prove(fix))

        place = self.its.change.place
        here = f"{place.path}:{place.line}" if place is not None and place.line else ""
        self.app.push_screen(Prompt("The fix: PATH or PATH:LINE, with blanks between", here), named)
