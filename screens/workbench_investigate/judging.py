"""What people say of problems in pane 1."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from textual import events
from workbench_kit.dialogs import Prompt
from workbench_kit.list_view import ListView
from workbench_kit.pane import Pane
from workbench_kit.panel import Panel

from workbench.case.enums import TriageState
from workbench.case.work import Hypothesis
from workbench.engine.views import Problem
from workbench_investigate.panels import Panels

TRIAGE = {"yes": TriageState.RELEVANT, "no": TriageState.NOISE, "undecided": TriageState.UNTOUCHED}


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
            self.judge_causes([cause for cause in self.desk.views.causes if cause.id in event.keys], event.verdict)
        else:
            self.judged_in = event.view
            for problem in [problem for problem in self._problems() if problem.id in event.keys]:
                self._judge_problem(problem, TRIAGE[event.verdict])

    def judge_causes(self, causes: Sequence[Hypothesis], verdict: str) -> None:
        """People say something of ``causes``."""
        raise NotImplementedError

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
        session, before, said = self.desk.session, self.triage(problem.fingerprint), problem.judged
        reason_then, link_then = (said.reason, said.link) if said is not None and said.state is before else ("", "")
        stood: asyncio.Future[tuple[TriageState, str, str]] = asyncio.get_running_loop().create_future()

        async def say() -> None:
            made = said
            try:
                made = await session.judge(problem, state, reason, link)
            finally:
                fresh = made is not None and made != said
                then = (made.state, made.reason, made.link) if made and fresh else (before, reason_then, link_then)
                stood.set_result(then)

        async def back() -> None:
            await session.judge(problem, *await stood)

        self.kept.add(problem.fingerprint)
        self.judged_in = self.app.focused if isinstance(self.app.focused, Panel) else self.judged_in
        self.work(say())
        self.desk.history.did(
            f"{state} {problem.title}",
            back,
            lambda: session.judge(problem, state, reason, link),
        )
