"""What people say of causes in pane 1: supported, refuted or undecided on evidence that is linked; added; edited."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from workbench_kit.desk import Doing, Place
from workbench_kit.dialogs import Ask, Prompt

from workbench.case.codec import encode
from workbench.case.enums import CauseClass, CauseStatus
from workbench.case.work import Evidence, Hypothesis
from workbench_investigate.judging import Judging

CLASSES = (
    ("c", CauseClass.CODE),
    ("o", CauseClass.CONFIGURATION),
    ("d", CauseClass.DEPENDENCY),
    ("a", CauseClass.DATA),
    ("p", CauseClass.CAPACITY),
    ("e", CauseClass.EXTERNAL_SERVICE),
    ("l", CauseClass.PLATFORM),
)
STATUS = {"yes": CauseStatus.SUPPORTED, "no": CauseStatus.REFUTED, "undecided": CauseStatus.INCONCLUSIVE}
PIN, SELECTED, WORDS, NOTHING = "pinned", "selected", "in words", "nothing"


class Causing(Judging):
    """The pane's commands on causes. ``seen`` is the error, finding, file or change that was selected last."""

    seen = Place()

    def why_not(self, command: str) -> str:
        if command == "investigate.edit_cause":
            return "" if self._cause() else "select a cause first: 4"
        return super().why_not(command)

    def judge_causes(self, causes: Sequence[Hypothesis], verdict: str) -> None:
        """Ask what the judgement rests on, and make it; undecided again takes back one that was made."""
        if verdict == "undecided" and all(cause.status is not CauseStatus.PROPOSED for cause in causes):
            self._judge(causes, CauseStatus.PROPOSED, None)
            return
        status, offered = STATUS[verdict], self._offered()
        text = "\n".join([*(cause.statement for cause in causes), "", *(item[2] for item in offered)])

        def answered(word: str | None) -> None:
            if word == WORDS:
                self.app.push_screen(Prompt(f"{status.capitalize()}: what shows it?"), told)
            elif word is not None:
                self._judge(causes, status, next((item[3] for item in offered if item[1] == word), None))

        def told(text: str | None) -> None:
            if text:
                self._judge(causes, status, Evidence("", text))

        answers = [(key, word) for key, word, _, _ in offered]
        self.app.push_screen(Ask(f"{status.capitalize()}: by what?", text, answers), answered)

    def _offered(self) -> list[tuple[str, str, str, Evidence | None]]:
        """Key, word, line and evidence of what a judgement can rest on."""
        made: list[tuple[str, str, str, Evidence | None]] = []
        pins, seen = self.desk.state.pins, self.seen
        if pins:
            pin = pins[-1]
            line = pin.text.partition("\n")[0]
            made.append(("p", PIN, f"p  {PIN} last: {line}", Evidence(pin.ref, line, pin.path, pin.line)))
        if seen.ref:
            text = f"{seen.text} ({seen.path}:{seen.line})" if seen.path else seen.text
            made.append(("s", SELECTED, f"s  {SELECTED} last: {text}", Evidence(seen.ref, text, seen.path, seen.line)))
        made.append(("w", WORDS, f"w  {WORDS}", None))
        made.append(("n", NOTHING, f"n  {NOTHING} yet: it counts for nothing", None))
        return made

    def _judge(self, causes: Sequence[Hypothesis], status: CauseStatus, evidence: Evidence | None) -> None:
        session = self.desk.session
        for cause in causes:
            self.work(session.judge_cause(cause, status, evidence))
            self.desk.history.did(
                f"{status} {cause.statement}", self._restore(cause), self._judgement(cause, status, evidence)
            )

    def _restore(self, cause: Hypothesis) -> Doing:
        return lambda: self.desk.session.record("cause.edited", {"cause": encode(cause)})

    def _judgement(self, cause: Hypothesis, status: CauseStatus, evidence: Evidence | None) -> Doing:
        return lambda: self.desk.session.judge_cause(cause, status, evidence)

    def _cause(self) -> Hypothesis | None:
        """The cause under the cursor of the list of causes."""
        row = self.its.causes.current if self.its.causes.has_focus else None
        return row if isinstance(row, Hypothesis) else None

    def do_investigate_cause(self) -> None:
        place = self.desk.place

        def stated(statement: str, kind: CauseClass) -> None:
            cause = Hypothesis(f"c-{secrets.token_hex(4)}", statement, kind, path=place.path, line=place.line)
            self.work(self.desk.session.add_cause(cause))

        self._state("Add a cause", "", stated)

    def do_investigate_edit_cause(self) -> None:
        cause = self._cause()
        assert cause is not None

        def stated(statement: str, kind: CauseClass) -> None:
            session = self.desk.session
            edited = replace(cause, statement=statement, cause_class=kind, by=session.services.options.actor)
            self.work(session.record("cause.edited", {"cause": encode(edited)}))
            self.desk.history.did(f"edited {statement}", self._restore(cause), self._restore(edited))

        self._state("Edit the cause", cause.statement, stated)

    def _state(self, title: str, value: str, stated: Callable[[str, CauseClass], None]) -> None:
        """Ask for a statement, then for its class."""

        def worded(statement: str | None) -> None:
            if statement:
                answers = [(key, kind.value.replace("_", " ")) for key, kind in CLASSES]

                def classed(word: str | None) -> None:
                    if word:
                        stated(statement, CauseClass(word.replace(" ", "_")))

                self.app.push_screen(Ask("What kind of cause is it?", statement, answers), classed)

        self.app.push_screen(Prompt(title, value), worded)
