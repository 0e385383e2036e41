"""Mitigation from pane 1: taking a suspect commit or release back is tried first; elsewhere what was done is said."""

from __future__ import annotations

from collections.abc import Callable

from workbench_kit.commands import Command
from workbench_kit.dialogs import Ask, Prompt
from workbench_kit.faults import fault
from workbench_kit.trusting import Trusting

from workbench.case.logs import Change
from workbench.case.work import Proposal

FIXERS = ("revert", "configuration-back")
COPY, DONE = "copy the commands", "it is done"
_GLYPHS = {"green": "✔", "red": "✘", "inconclusive": "?"}


class Mitigating(Trusting):
    """The part of the pane behind ``M``. Nothing here touches production: commands are copied, never run there."""

    def suspect(self) -> Change | None:
        """The change under the cursor that can be taken back."""
        raise NotImplementedError

    def offers(self, command: Command) -> bool:
        """In the footer it stands where there is something to be taken back."""
        return super().offers(command) and (command.id != "investigate.mitigate" or self.suspect() is not None)

    def do_investigate_mitigate(self) -> None:
        change = self.suspect()
        if change is None:
            self.app.push_screen(Prompt("What was done to stop the damage?"), self._said)
        else:
            self.when_trusted(lambda: self.work(self._try(change)))

    async def _try(self, change: Change) -> None:
        live = self.desk.session.proposals
        self.app.notify(f"trying in a worktree what taking {change.revision[:10]} back would do")
        bad = self.desk.session.tests.board.bad
        await live.ask(change.id, FIXERS, bad[0].id if bad else "").wait()
        found = [each for each in live.all if each.fixer in FIXERS and each.subject == change.id]
        if not found:
            said = live.problem or "; ".join(live.said) or "no fixer takes this change back"
            todo = "go back to the last good release by your own deployment"
            fault(self.app, said, "the files are as they were", todo, title="not tried")
            return
        self.app.push_screen(Ask(found[0].title, told(found[0]), [("y", COPY), ("d", DONE)]), self._answered(found[0]))

    def _answered(self, proposal: Proposal) -> Callable[[str | None], None]:
        def answered(answer: str | None) -> None:
            if answer == COPY:
                self.app.copy_to_clipboard("\n".join(proposal.commands))
                self.app.notify("copied; M again says when it is done")
            elif answer == DONE:
                self._said(proposal.title)

        return answered

    def _said(self, text: str | None) -> None:
        if text:
            self.work(self.desk.session.record("case.mitigated", {"text": text}))


def told(proposal: Proposal) -> str:
    """What is known of taking something back: whether it applies, what goes along, what is lost, what the tests say."""
    applies = "does not apply by itself" if proposal.state == "conflicts" else "applies"
    lines = [f"It {applies}.", *proposal.note.split("\n"), ""]
    lines += [f"{_GLYPHS[each.outcome]} {each.name}: {each.reason}" for each in proposal.tests]
    lines += ["", *(f"$ {command}" for command in proposal.commands)]
    return "\n".join(lines)
