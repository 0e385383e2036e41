"""The proposals of pane 2: asked for by a key, compared, reviewed hunk by hunk, taken or rejected."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from workbench_kit.dialogs import Prompt
from workbench_kit.diff_view import DiffView
from workbench_kit.faults import fault
from workbench_kit.list_view import ListView
from workbench_kit.panel import Panel
from workbench_kit.trusting import Trusting

from workbench.analysis.diffs import Decisions, Diff, everything
from workbench.analysis.tamper import clean_part
from workbench.case.work import Proposal
from workbench.engine.file_states import RefusedError
from workbench.engine.proposals.taking import minimal
from workbench_fix.against import Against


class Proposing(Against, Trusting):
    """The part of the pane that shows what fixers propose."""

    _decided: dict[str, Decisions]
    _needed: tuple[str, ...] = ()

    @property
    def proposal(self) -> Proposal | None:
        """The proposal under the cursor."""
        current: Proposal | None = self.its.proposals.current
        return current

    def failing_test(self) -> str:
        """The test that is to be made to pass."""
        raise NotImplementedError

    def show_proposals(self) -> None:
        """Put them into the panel, and what goes on or is to be said on its edge."""
        live, panel = self.desk.session.proposals, self.its.proposals
        panel.update(live.all)
        self._show_needed(live.all)
        busy = f"◐ {live.asked.rpartition('::')[2]}" if live.asked else ""
        panel.caption = busy or live.problem or "; ".join(live.said) or str(len(live.all) or "")
        if live.asked:
            panel.say_empty("the fixers are at work … S stops them")
        elif live.problem or live.said:
            panel.say_empty(f"{'; '.join(filter(None, (live.problem, *live.said)))}. 8 r asks again")

    def _show_needed(self, proposals: Sequence[Proposal]) -> None:
        """What was just found not to be needed of the proposal in sight is left out, until somebody says otherwise."""
        shown = next((each for each in proposals if each.id == self.reviewed), None)
        if shown is not None and shown.needed != self._needed:
            self._needed = shown.needed
            self.its.change.decide(_at_first(shown, self.its.change.diff))
            self._caption(self.its.change.diff)

    def review(self) -> None:
        """Show the proposal under the cursor in the change panel."""
        proposal = self.proposal
        if proposal is not None and self.focused is self.its.proposals and proposal.id != self.reviewed:
            self.work(self._review(proposal))

    async def _review(self, proposal: Proposal) -> None:
        try:
            diff = await self.desk.session.proposals.diff(proposal) if proposal.patch else Diff()
        except RefusedError as refusal:
            diff = Diff()
            fault(self.app, str(refusal), "the files are as they were", "ask the fixers again: r on the proposals")
        panel = self.its.change
        self._keep()
        self.reviewed, self._needed = proposal.id, proposal.needed
        known = self._decisions().get(proposal.id) or _at_first(proposal, diff)
        panel.retitle(f"Proposal by {proposal.fixer}", "Proposal")
        panel.say_empty(proposal.note or "nothing is changed by it")
        panel.labels = {"judge.yes": "accept", "judge.no": "leave out", "view.range": "lines"}
        panel.show_diff(diff, known)
        self._caption(diff)

    def leave_review(self) -> None:
        """Show the change on the working tree again."""
        if self.reviewed:
            self._keep()
            self.reviewed = ""
            panel = self.its.change
            self.name_view()
            self._shown = (Diff(), "", "")
            panel.show_diff(self.working.diff, Decisions())
            self.show_change()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """The proposal stays in sight while its list or its diff has the focus."""
        if self.focused is self.its.proposals:
            self.review()
        elif isinstance(self.focused, Panel) and self.focused is not self.its.change:
            self.leave_review()

    def judged_part(self, event: DiffView.Judged) -> None:
        if event.verdict == "yes":
            self.its.change.action_hunk(1)
        self._caption(self.its.change.diff)

    def on_list_view_judged(self, event: ListView.Judged) -> None:
        known = {each.id: each for each in self.desk.session.proposals.all}
        if event.view is not self.its.proposals or not (proposal := known.get(event.keys[0])):
            return
        if event.verdict == "yes":
            self.attempt(self._take(proposal))
        elif event.verdict == "undecided":
            self.work(self.desk.session.proposals.judge(proposal, "offered"))
        else:
            self.app.push_screen(Prompt(f"Why not? {proposal.fixer} is told"), self._rejecting(proposal))

    def _rejecting(self, proposal: Proposal) -> Callable[[str | None], None]:
        def answered(reason: str | None) -> None:
            if reason is not None:
                self.work(self.desk.session.proposals.judge(proposal, "rejected", reason))

        return answered

    async def _take(self, proposal: Proposal) -> None:
        self._keep()
        decisions = self._decisions().get(proposal.id)
        part = None
        if decisions is not None:
            diff = await self.desk.session.proposals.diff(proposal)
            part = decisions.accepted or everything(diff) - decisions.rejected
            if proposal.denied and not decisions.accepted and part == clean_part(diff):
                part = None
        record = await self.desk.session.proposals.take(proposal, part)
        self._decisions().pop(proposal.id, None)
        self._did(record)

    def do_fix_propose(self) -> None:
        test = self.failing_test()
        self.when_trusted(lambda: self.desk.session.proposals.ask(test))

    def do_fix_needed(self) -> None:
        proposal = self.proposal
        assert proposal is not None
        self.when_trusted(lambda: self.desk.session.proposals.needed(proposal))

    def _keep(self) -> None:
        """What was decided of the proposal in sight is kept for when it is shown again."""
        decisions = self.its.change.decisions
        if self.reviewed and (decisions.accepted or decisions.rejected):
            self._decisions()[self.reviewed] = decisions

    def _decisions(self) -> dict[str, Decisions]:
        if not hasattr(self, "_decided"):
            self._decided = {}
        return self._decided

    def _caption(self, diff: Diff) -> None:
        decisions = self.its.change.decisions
        taken = decisions.accepted or everything(diff) - decisions.rejected
        whole = taken == everything(diff)
        parts = "all of it" if whole else f"{len(taken.lines)} of {len(everything(diff).lines)} lines"
        self.its.change.caption = f"8 space applies {parts}" if diff.files else ""


def _at_first(proposal: Proposal, diff: Diff) -> Decisions:
    """Nothing is decided, but what touches the judges of a change is left out of a stranger's proposal, and of any what
    its test was found not to need."""
    return Decisions(rejected=everything(diff) - minimal(proposal, diff))
