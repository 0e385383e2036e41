"""What people say in pane 1, of problems and causes, and what the keys of this pane do."""

from __future__ import annotations

import secrets

from textual import events
from workbench_kit.dialogs import Ask, Prompt
from workbench_kit.list_view import ListView
from workbench_kit.pane import Pane
from workbench_kit.panel import Panel

from workbench.case.enums import CauseClass, CauseStatus, TriageState
from workbench.case.work import Hypothesis
from workbench.engine.views import Problem
from workbench_investigate.panels import Panels

TRIAGE = {"yes": TriageState.RELEVANT, "no": TriageState.NOISE, "undecided": TriageState.UNTOUCHED}
CAUSES = {"yes": CauseStatus.SUPPORTED, "no": CauseStatus.REFUTED, "undecided": CauseStatus.PROPOSED}
CLASSES = (
    ("c", CauseClass.CODE),
    ("o", CauseClass.CONFIGURATION),
    ("d", CauseClass.DEPENDENCY),
    ("a", CauseClass.DATA),
    ("p", CauseClass.CAPACITY),
    ("e", CauseClass.EXTERNAL_SERVICE),
    ("l", CauseClass.PLATFORM),
)


class Judging(Pane):
    """The pane's judging and its own commands."""

    its: Panels
    kept: set[str]
    """Fingerprints judged since the panel was entered: they stay in sight until it is left."""
    judged_in: object = None
    unfolded = False
    """Whether what is noise or known is shown."""

    def why_not(self, command: str) -> str:
        if command in ("investigate.known", "investigate.noise"):
            return "" if self._selected_problem() else "select an error, a finding, a file or a change first"
        if command in ("pane.next_problem", "pane.previous_problem"):
            return "" if self.desk.views.problems else "there is no problem yet"
        return super().why_not(command)

    def triage(self, fingerprint: str) -> TriageState:
        """What people said of a problem, here or in another case, while it holds."""
        return self.desk.views.judged.get(fingerprint, TriageState.UNTOUCHED)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """What was judged is folded when its list is left."""
        if self.kept and isinstance(event.widget, Panel) and event.widget is not self.judged_in:
            self.kept.clear()
            self.show_case()

    def on_list_view_judged(self, event: ListView.Judged) -> None:
        if event.view is self.its.causes:
            for cause in [cause for cause in self.desk.views.causes if cause.id in event.keys]:
                self._judge_cause(cause, event.verdict)
        else:
            self.judged_in = event.view
            for problem in [problem for problem in self._problems() if problem.id in event.keys]:
                self._judge_problem(problem, TRIAGE[event.verdict])

    def _problems(self) -> list[Problem]:
        """Every problem, and the findings that are too cold to be among them."""
        views = self.desk.views
        known = {problem.id for problem in views.problems}
        cold = [
            Problem(each.id, "finding", each.message, each.fingerprint, each.path, each.line)
            for each in views.findings
            if each.id not in known
        ]
        cold += [
            Problem(each.path, "hotspot", each.path, f"hotspot {each.path}", each.path, 1)
            for each in views.ranking.files
            if each.path not in known
        ]
        cold += [
            Problem(each.id, "change", each.summary, f"change {each.id}")
            for each in views.changes
            if each.id not in known
        ]
        return [*views.problems, *cold]

    def _selected_problem(self) -> Problem | None:
        """The problem under the cursor of the list that has the focus."""
        panel = self.app.focused
        key = panel.row_key(panel.cursor) if isinstance(panel, Panel) else ""
        return next((problem for problem in self._problems() if problem.id == key), None)

    def do_investigate_known(self) -> None:
        problem = self._selected_problem()

        def linked(link: str | None) -> None:
            if link and problem is not None:
                self._judge_problem(problem, TriageState.KNOWN, link=link)

        self.app.push_screen(Prompt("Known: which case or ticket is it?"), linked)

    def do_investigate_noise(self) -> None:
        problem = self._selected_problem()

        def reasoned(reason: str | None) -> None:
            if reason and problem is not None:
                self._judge_problem(problem, TriageState.NOISE, reason=reason)

        self.app.push_screen(Prompt("Noise: why?"), reasoned)

    def _judge_problem(self, problem: Problem, state: TriageState, reason: str = "", link: str = "") -> None:
        session, before = self.desk.session, self.triage(problem.fingerprint)
        self.kept.add(problem.fingerprint)
        self.judged_in = self.app.focused if isinstance(self.app.focused, Panel) else self.judged_in
        self.work(session.judge(problem, state, reason, link))
        self.desk.history.did(
            f"{state} {problem.title}",
            lambda: session.judge(problem, before),
            lambda: session.judge(problem, state, reason, link),
        )

    def _judge_cause(self, cause: Hypothesis, verdict: str) -> None:
        session, status = self.desk.session, CAUSES[verdict]
        if verdict == "undecided" and cause.status is CauseStatus.PROPOSED:
            status = CauseStatus.INCONCLUSIVE
        self.work(session.judge_cause(cause, status))
        self.desk.history.did(
            f"{status} {cause.statement}",
            lambda: session.judge_cause(cause, cause.status),
            lambda: session.judge_cause(cause, status),
        )

    def do_investigate_cause(self) -> None:
        def stated(statement: str | None) -> None:
            if statement:
                answers = [(key, kind.value.replace("_", " ")) for key, kind in CLASSES]
                self.app.push_screen(
                    Ask("What kind of cause is it?", statement, answers), lambda word: classed(statement, word)
                )

        def classed(statement: str, word: str | None) -> None:
            if word:
                kind = CauseClass(word.replace(" ", "_"))
                place = self.desk.place
                cause = Hypothesis(f"c-{secrets.token_hex(4)}", statement, kind, path=place.path, line=place.line)
                self.work(self.desk.session.add_cause(cause))

        self.app.push_screen(Prompt("Add a cause"), stated)
