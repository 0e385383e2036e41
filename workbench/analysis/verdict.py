"""The verdict: derived from gate results, never set. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from workbench.case.enums import GateStatus, Verdict
from workbench.case.model import Figure, GateResult, Judgement
from workbench.case.plan import Plan

_WORST = (
    GateStatus.FAIL,
    GateStatus.ERROR,
    GateStatus.INCONCLUSIVE,
    GateStatus.NOT_RUN,
    GateStatus.PASS,
    GateStatus.WAIVED,
    GateStatus.SKIPPED,
)


def honest(result: GateResult) -> GateResult:
    """``result`` held to the rules that nothing examined is no pass, and that neither is a figure over its limit."""
    if result.status is not GateStatus.PASS:
        return result
    if result.examined <= 0:
        return replace(result, status=GateStatus.INCONCLUSIVE, reason=f"examined nothing: {result.reason}")
    over = next((figure for figure in result.figures if is_over(figure)), None)
    if over is not None:
        reason = f"{over.name} {over.value:.4g} is over {over.threshold:.4g}"
        return replace(result, status=GateStatus.FAIL, reason=reason)
    return result


def is_over(figure: Figure) -> bool:
    """Whether a figure is beyond its threshold."""
    return figure.value is not None and figure.threshold is not None and figure.value > figure.threshold


def held_to(result: GateResult, threshold: float | None) -> GateResult:
    """``result`` with ``threshold`` for its main figure, the first, where that has one. What failed has failed: it may
    rest on more."""
    if threshold is None or not result.figures or result.figures[0].threshold is None:
        return result
    first, *others = result.figures
    return replace(result, figures=(replace(first, threshold=threshold), *others))


def is_stale(result: GateResult, tree: str, now: datetime | None = None) -> bool:
    """Whether the result speaks of another tree than ``tree``, or is a waiver that is over at ``now``. What never ran
    cannot be stale."""
    if result.waived_until is not None and now is not None and now >= result.waived_until:
        return True
    return bool(result.tree) and result.tree != tree and result.status is not GateStatus.NOT_RUN


def judge(results: Sequence[GateResult], tree: str, now: datetime | None = None) -> Judgement:
    """The verdict on ``tree``: the worst of the required gates.

    A failed one makes it not ready; an error, an inconclusive, stale or not run one makes it inconclusive; ready needs
    every required gate passed or waived and at least one passed. Waivers that are over at ``now`` count as stale.
    """
    required = [honest(result) for result in results if result.required]
    failed = [result for result in required if result.status is GateStatus.FAIL and not is_stale(result, tree)]
    open_ = [
        result
        for result in required
        if is_stale(result, tree, now)
        or result.status in (GateStatus.ERROR, GateStatus.INCONCLUSIVE, GateStatus.NOT_RUN)
    ]
    not_checked = tuple(_line(result, tree, now) for result in results if _unchecked(result, tree, now))
    if failed:
        return Judgement(Verdict.NOT_READY, tuple(_line(result, tree, now) for result in failed), not_checked)
    if open_:
        return Judgement(Verdict.INCONCLUSIVE, tuple(_line(result, tree, now) for result in open_), not_checked)
    passed = [result for result in required if result.status is GateStatus.PASS]
    if not passed:
        return Judgement(Verdict.INCONCLUSIVE, ("no required gate has passed",), not_checked)
    return Judgement(Verdict.READY, (f"{len(passed)} required gates pass",), not_checked)


def judge_record(results: Sequence[GateResult], tree: str, plan: Plan | None) -> Judgement:
    """The verdict as a record tells it. Gates that were not run are not in it: that all were, only ``plan`` says, which
    is made when every gate was run on its tree."""
    judged = judge(results, tree)
    if judged.verdict is not Verdict.READY or (plan is not None and plan.tree == tree):
        return judged
    return Judgement(Verdict.INCONCLUSIVE, ("not every gate was run on this tree",), judged.not_checked)


def worst_first(results: Sequence[GateResult], tree: str) -> list[GateResult]:
    """In the order of a list: fail, error, inconclusive, stale, not run, pass, waived, skipped; then by id."""
    return sorted(results, key=lambda r: (_WORST.index(r.status) + (0.5 if is_stale(r, tree) else 0), r.id))


def _unchecked(result: GateResult, tree: str, now: datetime | None) -> bool:
    unsettled = (GateStatus.SKIPPED, GateStatus.NOT_RUN, GateStatus.INCONCLUSIVE, GateStatus.ERROR, GateStatus.WAIVED)
    return result.status in unsettled or is_stale(result, tree, now)


def _line(result: GateResult, tree: str, now: datetime | None) -> str:
    word = "stale" if is_stale(result, tree, now) else result.status.value.replace("_", " ")
    return f"{result.id} {word}: {result.reason}"
