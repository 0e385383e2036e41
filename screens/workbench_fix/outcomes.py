"""How outcomes and statuses look: a sign and a tone each; the sign alone says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from workbench_kit.text import clip, width_of

from workbench.case.enums import ProofStatus, TestOutcome

OUTCOME: Mapping[TestOutcome, tuple[str, str]] = {
    TestOutcome.PASSED: ("✔", "success"),
    TestOutcome.FAILED: ("✘", "error"),
    TestOutcome.ERROR: ("✘", "error"),
    TestOutcome.TEARDOWN_ERROR: ("✘", "error"),
    TestOutcome.SKIPPED: ("–", "muted"),
    TestOutcome.XFAILED: ("–", "muted"),
    TestOutcome.XPASSED: ("?", "warning"),
    TestOutcome.COLLECTION_ERROR: ("✘", "error"),
    TestOutcome.CRASHED: ("✘", "error"),
    TestOutcome.TIMED_OUT: ("✘", "error"),
    TestOutcome.NOT_RUN: ("○", "muted"),
    TestOutcome.RUNNING: ("◐", "accent"),
}
SAID: Mapping[TestOutcome, str] = {
    TestOutcome.ERROR: "error in set-up",
    TestOutcome.TEARDOWN_ERROR: "error in teardown",
    TestOutcome.SKIPPED: "skipped",
    TestOutcome.XFAILED: "fails as expected",
    TestOutcome.XPASSED: "passes, but was expected to fail",
    TestOutcome.COLLECTION_ERROR: "not collected",
    TestOutcome.CRASHED: "crashed",
    TestOutcome.TIMED_OUT: "timed out",
    TestOutcome.NOT_RUN: "not run",
}
"""What is said of an outcome beside its sign, where the sign does not say all."""

ORDER = (
    *(TestOutcome.COLLECTION_ERROR, TestOutcome.CRASHED, TestOutcome.ERROR, TestOutcome.TEARDOWN_ERROR),
    *(TestOutcome.FAILED, TestOutcome.TIMED_OUT, TestOutcome.XPASSED),
)
"""Worst first; the others keep the order in which they were collected."""

PROOF: Mapping[ProofStatus, tuple[str, str]] = {
    ProofStatus.PROVEN: ("✔ proven", "success"),
    ProofStatus.NOT_RED: ("✘ not red", "error"),
    ProofStatus.NOT_GREEN: ("✘ not green", "error"),
    ProofStatus.NOT_NEEDED: ("✘ not needed", "error"),
    ProofStatus.INCONCLUSIVE: ("? inconclusive", "warning"),
}


GOOD = len(ORDER)
"""The rank of what is not bad."""


def rank(outcome: TestOutcome) -> int:
    """Its place among the worst."""
    return ORDER.index(outcome) if outcome in ORDER else GOOD


def tail(path: str, width: int) -> str:
    """``path`` in at most ``width`` cells; what is cut is cut at the front, because the name stands at the end."""
    shown = clip(path, 1 << 16)
    if width_of(shown) <= width:
        return shown
    while shown and width_of(shown) > width - 1:
        shown = shown[1:]
    return f"…{shown}" if width > 0 else ""


def short(test: str) -> str:
    """A test's own name: what stands after the last ``::`` before its parameters, and these."""
    name, bracket, rest = test.partition("[")
    return name.rpartition("::")[2] + bracket + rest
