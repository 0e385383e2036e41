"""The lines that pane 2 says of tests and change, and what to do next. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from workbench_kit.when import brief

from workbench.analysis.diffs import Decisions, Diff, size
from workbench.analysis.diffs.select import lines_of_hunk
from workbench.analysis.proof import holds_tests
from workbench.case.enums import ProofStatus, RunStatus, TestOutcome
from workbench.engine.live import LiveTests
from workbench.engine.session import Session
from workbench.engine.views import NextStep
from workbench.engine.working import WorkingChange
from workbench_fix.outcomes import short
from workbench_fix.test_tree import Said


def run_lines(tests: LiveTests) -> Iterator[tuple[str, Said]]:
    """(id, line) of what there is to say of the run as a whole, above the tests."""
    if tests.problem:
        yield "problem", Said("✘", "error", tests.problem)
    elif not tests.running and tests.last is not None and tests.last.status is RunStatus.FAILED:
        left = sum(result.outcome is TestOutcome.NOT_RUN for result in tests.last.results)
        if left:
            yield "left", Said("✘", "error", f"{left} of the selected tests did not run: others failed before")


def pace_lines(tests: LiveTests) -> Iterator[tuple[str, Said]]:
    """(id, line) of what stands under the tests: what the latest save reached, and how soon it was known."""
    pace = tests.pace
    if pace is None or (not tests.watching and pace.first is None):
        return
    parts = [f"affected {pace.tests}" if pace.tests else "affected: running"]
    parts += [f"first {brief(pace.first)}"] if pace.first is not None else []
    parts += [f"last {brief(pace.last)}"] if pace.last is not None and pace.tests else []
    yield "pace", Said("·", "muted", ", ".join(parts))
    if pace.how:  # a line of its own: a narrow pane would cut it off
        yield "how", Said("·", "muted", pace.how)


def tests_caption(tests: LiveTests, tree: str) -> str:
    """How the tests stand: outstanding failures, how many are stale, the tree."""
    board = tests.board
    parts = [f"{board.failed} outstanding"] if board.failed else []
    parts += [f"◐ {len(board.now) or ''}".rstrip()] if tests.running else []
    stale = board.stale(tree) if tree else 0
    parts += [f"{stale} stale"] if stale else []
    parts += ["watching"] if tests.watching else []
    return " · ".join([*parts, f"tree {tree[:7]}"] if tree and len(board) else parts)


def change_caption(change: WorkingChange, diff: Diff, decisions: Decisions) -> str:
    """How much changed, against what, and how much of it was accepted."""
    base = [against(change)] if change.base else []
    space = ["white space left out"] if change.wanted.ignore_space else []
    if not diff.files:
        return " · ".join([*space, *base])
    hunks = [lines_of_hunk(diff, at, hunk) for at, file in enumerate(diff.files) for hunk in range(len(file.hunks))]
    yes = sum(decisions.of(hunk) == "yes" for hunk in hunks) if decisions.accepted else 0
    accepted = [f"{yes} of {len(hunks)} accepted"] if yes else []
    return " · ".join([*accepted, *space, size(diff), *base])


def no_change(change: WorkingChange) -> str:
    """What the change panel says while it is empty."""
    if change.problem:
        return change.problem
    if change.differs and change.wanted.ignore_space:
        return "nothing but white space was changed: W shows it"
    if change.base and not change.wanted.base and change.wanted.view in _NOTHING:
        return _NOTHING[change.wanted.view]
    if not change.base:
        return "looking …"
    return f"nothing was changed yet: the files are those of {change.base[:7]}. e opens the one that is selected"


_AGAINST = {"head": "against HEAD", "index": "against the index", "staged": "HEAD to index"}
_NOTHING = {
    "head": "everything is committed, the files are those of HEAD: b shows the index",
    "index": "everything is staged, the files are those of the index: b shows what is staged",
    "staged": "nothing is staged: b goes on to the change, space stages what is not staged",
}


def against(change: WorkingChange) -> str:
    """What the change is shown against."""
    wanted = change.wanted
    return f"base {change.base[:7]}" if wanted.base or wanted.view == "base" else _AGAINST[wanted.view]


def brings_tests(change: WorkingChange) -> bool:
    """Whether a file that holds tests is among what changed, shown or not."""
    return any(map(holds_tests, change.paths))


def next_step(session: Session) -> NextStep:
    """What to do next in pane 2, and its key."""
    tests, change, proof = session.tests, session.change, session.proof.latest
    board, tree = tests.board, change.tree
    if session.proof.attempt is not None:
        return NextStep("the proof runs: red, green, red again", "7")
    if tests.running:
        return NextStep("tests run", "S")
    if tests.problem:
        ran = tests.last is not None and tests.last.status in (RunStatus.PASSED, RunStatus.FAILED)
        return NextStep(
            "what ran is not what stands here: see why" if ran else "the tests could not be run: see why", "4"
        )
    if not len(board):
        return NextStep("run the tests", "a")
    if board.failed:
        what = short(board.bad[0].id) + (f" and {board.failed - 1} more" if board.failed > 1 else "")
        return NextStep(f"make {what} pass", "" if tests.watching else "w")
    if tree and board.stale(tree):
        return NextStep(f"run what is stale: {board.stale(tree)}", "R")
    if not change.differs:
        return NextStep("write a test that shows the problem, then fix it", _writing(session))
    if not brings_tests(change):
        return NextStep("write the test that fails without this change", _writing(session))
    if proof is None or (tree and proof.head != tree):
        return NextStep("prove the change: red, green, red again", "7 r")
    if proof.status is not ProofStatus.PROVEN:
        return NextStep(f"not proven: {proof.reason or proof.status.value.replace('_', ' ')}", "7")
    return NextStep("proven: let the gates judge it", "3")


def _writing(session: Session) -> str:
    """The keys that lead to a test: written from a problem that is known in pane 1, else by hand."""
    return "1 t" if session.views.errors or session.views.causes else "e"
