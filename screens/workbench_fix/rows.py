"""How test results, proofs and proposals look as rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap
from workbench_kit.when import brief

from workbench.case.enums import ProofStatus, TestOutcome
from workbench.case.state import CaseState
from workbench.case.work import Proof, Proposal, TestResult

OUTCOME: Mapping[TestOutcome, tuple[str, str]] = {
    TestOutcome.PASSED: ("✔", "success"),
    TestOutcome.FAILED: ("✘", "error"),
    TestOutcome.ERROR: ("✘ error", "error"),
    TestOutcome.SKIPPED: ("– skipped", "muted"),
    TestOutcome.XFAILED: ("– xfailed", "muted"),
    TestOutcome.XPASSED: ("? xpassed", "warning"),
    TestOutcome.COLLECTION_ERROR: ("✘ not collected", "error"),
    TestOutcome.CRASHED: ("✘ crashed", "error"),
    TestOutcome.TIMED_OUT: ("✘ timed out", "error"),
    TestOutcome.NOT_RUN: ("– not run", "muted"),
    TestOutcome.RUNNING: ("◐", "accent"),
}
PROOF: Mapping[ProofStatus, tuple[str, str]] = {
    ProofStatus.PROVEN: ("✔ proven", "success"),
    ProofStatus.NOT_RED: ("✘ not red", "error"),
    ProofStatus.NOT_GREEN: ("✘ not green", "error"),
    ProofStatus.NOT_NEEDED: ("? not needed", "warning"),
    ProofStatus.INCONCLUSIVE: ("? inconclusive", "warning"),
}
_STEP = {"red": ("✔", "success"), "green": ("✔", "success"), "not_red": ("✘", "error"), "not_green": ("✘", "error")}
_ORDER = (
    *(TestOutcome.RUNNING, TestOutcome.CRASHED, TestOutcome.COLLECTION_ERROR, TestOutcome.ERROR, TestOutcome.FAILED),
    *(TestOutcome.TIMED_OUT, TestOutcome.XPASSED, TestOutcome.PASSED, TestOutcome.XFAILED, TestOutcome.SKIPPED),
    TestOutcome.NOT_RUN,
)


def results(state: CaseState) -> list[TestResult]:
    """The latest result of every test, the worst first."""
    latest: dict[str, TestResult] = {}
    for run in state.test_runs:
        latest.update({result.id: result for result in run.results})
    return sorted(latest.values(), key=lambda result: (_ORDER.index(result.outcome), result.id))


def result_lines(result: TestResult, width: int) -> Sequence[Line]:
    """Outcome, name and duration; the file before the name."""
    glyph, tone = OUTCOME[result.outcome]
    file, _, name = result.id.rpartition("::")
    bad = tone == "error"
    body: tuple[Piece, ...] = (
        (f"{glyph} ", tone),
        (name, "strong" if bad else ""),
        (f"  {file.rpartition('/')[2]}", "muted"),
    )
    return [Line(body, right=((brief(result.seconds), "muted"),))]


def output(result: TestResult | None) -> Build:
    """Message, traceback and output of a test."""

    def build(width: int) -> list[Row]:
        if result is None:
            return []
        rows = [Row(Line((("E ", "error"), (part, "")))) for part in wrap(result.message, width - 2) if part]
        for text in (result.traceback, result.output):
            rows += [Row(Line(((line, "muted"),)), result.path, result.line) for line in text.splitlines()]
        return rows

    return build


def proof_rows(proofs: Iterable[Proof], tree: str) -> Build:
    """Every step of every proof, the newest first; one of another tree says that it is stale."""

    def build(width: int) -> list[Row]:
        rows: list[Row] = []
        for proof in reversed(list(proofs)):
            glyph, tone = PROOF[proof.status]
            stale = (("  stale", "warning"),) if tree and proof.head != tree else ()
            rows.append(Row(Line(((glyph, tone), *stale)), ref=proof.id))
            for step in proof.steps:
                mark, step_tone = _STEP.get(step.outcome, ("?", "warning"))
                name = step.name.replace("_", " ").upper()
                rows.append(
                    Row(Line(((f"{mark} ", step_tone), (f"{name:<10} ", "strong")), ((brief(step.seconds), "muted"),)))
                )
                rows += [Row(Line(((f"  {part}", "muted"),))) for part in wrap(step.reason, width - 2) if part]
            rows += [Row(Line(((part, ""),))) for part in wrap(proof.reason, width) if part]
            rows += [Row(Line(((test, "muted"),))) for test in proof.tests]
        return rows

    return build


def proposal_lines(proposal: Proposal, width: int) -> Sequence[Line]:
    """Title and fixer; size, tests and what needs a second look under it."""
    added = sum(line.startswith("+") and not line.startswith("+++") for line in proposal.diff.splitlines())
    removed = sum(line.startswith("-") and not line.startswith("---") for line in proposal.diff.splitlines())
    files = "1 file" if len(proposal.paths) == 1 else f"{len(proposal.paths)} files"
    warned: tuple[Piece, ...] = (("  ✘ " + ", ".join(proposal.tamper), "error"),) if proposal.tamper else ()
    size: tuple[Piece, ...] = ((f"  +{added} ", "success"), (f"−{removed} ", "error"), (files, "muted"))
    return [
        Line(((proposal.title, "strong"),), right=((f"{proposal.fixer} · {proposal.state}", "muted"),)),
        Line((*size, *warned)),
    ]
