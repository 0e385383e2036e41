"""How the proof looks: three lines, as they are decided, and the sentence that says why there is a third. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap
from workbench_kit.when import brief

from workbench.case.enums import ProofStatus
from workbench.case.work import Proof, ProofStep
from workbench.engine.proving import STEPS, Attempt
from workbench_fix.outcomes import PROOF, short

NAMES = {"red": "RED", "green": "GREEN", "red_again": "RED AGAIN"}
MEANT = {
    "red": "without the fix the test fails, as it should",
    "green": "with the change it passes",
    "red_again": "with the fix alone taken away it fails again",
}
WHY_THIRD = "The third step shows that the fix, and nothing else that changed, makes the test pass."
_STEP = {"red": ("✔", "success"), "green": ("✔", "success"), "not_red": ("✘", "error"), "not_green": ("✘", "error")}
_BAR = 12


def proof_rows(attempt: Attempt | None, proof: Proof | None, tree: str, problem: str, why: str) -> Build:
    """The proof under way, else the newest on record, else what a proof is; ``why`` says why there can be none."""

    def build(width: int) -> list[Row]:
        rows: list[Row] = []
        if problem and attempt is None:
            rows += _said(f"✘ {problem}", width, "error")
        if attempt is not None:
            rows += _attempt(attempt, width)
        elif proof is not None:
            rows += _proof(proof, tree, width)
        else:
            rows += [row for name in STEPS for row in _open(name, ("○", "muted"), width)]
            rows += [Row(Line(())), *_said(why or "7 r proves the change by the tests that it brings", width)]
        return rows

    return build


def tests_of(attempt: Attempt | None, proof: Proof | None) -> str:
    """The test that is proven by, and how many more."""
    tests = attempt.tests if attempt is not None else proof.tests if proof is not None else ()
    if not tests:
        return ""
    return short(tests[0]) + (f" and {len(tests) - 1} more" if len(tests) > 1 else "")


def _attempt(attempt: Attempt, width: int) -> Iterator[Row]:
    decided = {step.name: step for step in attempt.steps}
    for name in STEPS:
        if name in decided:
            yield from _decided(decided[name], width)
        elif name == attempt.step:
            yield from _open(name, ("◐", "accent"), width, f"{attempt.done}/{attempt.of} runs" if attempt.of else "")
            if attempt.of:
                filled = round(_BAR * attempt.done / attempt.of)
                yield Row(Line((("  ", ""), ("━" * filled, "accent"), ("─" * (_BAR - filled), "faint"))))
        else:
            yield from _open(name, ("○", "muted"), width)
    yield Row(Line(()))
    yield from _said(WHY_THIRD, width)


def _proof(proof: Proof, tree: str, width: int) -> Iterator[Row]:
    glyph, tone = PROOF[proof.status]
    old = bool(tree) and proof.head != tree
    mark: tuple[Piece, ...] = (("stale", "warning"),) if old else ()
    yield Row(Line(((glyph, "muted" if old else f"{tone} strong"),), right=mark), ref=proof.id)
    if old:
        yield from _said("files changed since: r proves it anew", width)
    for step in proof.steps:
        yield from _decided(step, width)
    for name in STEPS[len(proof.steps) :] if proof.steps and proof.status is not ProofStatus.PROVEN else ():
        yield Row(Line((("– ", "muted"), (f"{NAMES[name]:<11}", "muted"), ("not reached", "muted"))))
    if proof.reason and not (proof.steps and proof.reason in proof.steps[-1].reason):
        yield from _said(proof.reason, width, "")
    yield Row(Line(()))
    if proof.status is ProofStatus.PROVEN:
        yield from _fix(proof)
        yield from _said(WHY_THIRD, width)
    if proof.carried:
        yield from _said(f"carried along, ignored by git: {', '.join(proof.carried)}", width)
    if proof.modules and all(step.outcome != "inconclusive" for step in proof.steps):
        yield from _said(f"modules from this worktree: {proof.modules} of {proof.modules}", width)


def _fix(proof: Proof) -> Iterator[Row]:
    """The parts of the change that were needed for green, each to be opened."""
    if proof.fix:
        yield Row(Line((("the fix, as far as it is needed:", "muted"),)))
    for part in proof.fix:
        path, _, lines = part.rpartition(":")
        first = lines.partition("-")[0]
        where = (path, int(first)) if first.isdigit() else (part, 0)
        yield Row(Line((("  ", ""), (part, ""))), path=where[0], at=where[1])
    if proof.fix:
        yield Row(Line(()))


def _decided(step: ProofStep, width: int) -> Iterator[Row]:
    glyph, tone = _STEP.get(step.outcome, ("?", "warning"))
    took = ((brief(step.seconds), "muted"),) if step.seconds else ()
    yield Row(Line(((f"{glyph} ", tone), (f"{NAMES[step.name]:<11}", "strong")), right=took))
    yield from _said(step.reason, width, "", "  ")


def _open(name: str, mark: Piece, width: int, far: str = "") -> Iterator[Row]:
    yield Row(Line(((f"{mark[0]} ", mark[1]), (f"{NAMES[name]:<11}", "strong" if far else "muted"), (far, ""))))
    yield from _said(MEANT[name], width, "muted", "  ")


def _said(text: str, width: int, tone: str = "muted", lead: str = "") -> Iterator[Row]:
    for part in wrap(text, max(8, width - len(lead))):
        yield Row(Line(((lead + part, tone),)))
