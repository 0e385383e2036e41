"""The tour: one hint at a time, from the question to the plan. What comes next follows from the case alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from workbench.analysis.proof import holds_tests
from workbench.case.enums import GateStatus, ProofStatus, TriageState
from workbench_kit.text import plain

if TYPE_CHECKING:
    from workbench.engine.session import Session

STEPS = 8


@dataclass(frozen=True, slots=True)
class Hint:
    """One step. ``writes`` names what the tour can write here: ``test``, ``fix`` or nothing."""

    number: int
    text: str
    writes: str = ""


FIRST = Hint(1, "q goes back to the question: ⏎ asks it, and what is found comes in as it is found")


def hint(session: Session, fixed: str) -> Hint:
    """The next step; ``fixed`` is the file whose change is the fix."""
    return next(_open(session, fixed))


def _open(session: Session, fixed: str) -> Iterator[Hint]:
    """The steps that are not done, in order; the last one is never done."""
    state, proof, gates = session.state, session.proof, session.gates
    changed = {file.path for file in session.change.diff.files}
    if not state.question:
        yield FIRST
    if all(each.state is not TriageState.RELEVANT for each in state.triage.values()):
        yield Hint(
            2,
            "J goes to the next problem, the errors that are new first; ⏎ opens its code and esc comes back; "
            "8 is why it is there. space says of one: relevant",
        )
    if not any(holds_tests(path) for path in changed):
        yield Hint(3, "now show it by a test: H writes one for you, of a token that is exchanged twice", "test")
    if fixed not in changed:
        if session.tests.running:
            yield Hint(4, "the tests run, each shown as it ends: S stops them. The new one must be red")
        if not session.tests.board.failed:
            yield Hint(4, "2 is the fix: a runs every test. The new one must be red")
        yield Hint(5, "red: the second exchange is a 500. H writes a fix: one wins, the other is told 409", "fix")
    if proof.attempt is not None:
        yield Hint(6, "red at the base, green with the fix, red again without it: 7 shows how far it is")
    if proof.latest is None or proof.latest.status is not ProofStatus.PROVEN:
        yield Hint(6, "7 is the proof: r runs it. Red again is what shows that the fix, and nothing else, cured it")
    if gates.running:
        yield Hint(7, "the gates run: j k moves, the middle shows what each measures, S stops them")
    if all(result.status is GateStatus.NOT_RUN for result in gates.results()):
        yield Hint(7, "3 is the verdict: a lets the gates judge the change")
    yield Hint(
        8,
        "6 is the plan, T everything that happened, @ every command that was run, ? every key. "
        "That was the tour: q leaves, and case and files are kept",
    )


class TourLine(Static):
    """The hint, above the footer; it wraps, so that it is never cut."""

    DEFAULT_CSS = """
    TourLine { height: auto; padding: 0 1; background: $panel; color: $text-warning; }
    .-tiny TourLine { display: none; }
    """

    shown: Hint | None = None

    def say(self, now: Hint) -> None:
        """Show ``now``."""
        if now != self.shown:
            self.shown = now
            self.update(Content(plain(f"tour {now.number} of {STEPS}: {now.text}")))
