"""How the verdict and the gates look as rows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from workbench_kit.line import Line, Piece
from workbench_kit.text import fit
from workbench_kit.when import brief

from workbench.analysis.verdict import is_over, is_stale
from workbench.case.enums import GateStatus, Verdict
from workbench.case.work import Figure, GateResult, Judgement

GATE: Mapping[GateStatus, tuple[str, str]] = {
    GateStatus.PASS: ("✔", "success"),
    GateStatus.FAIL: ("✘", "error"),
    GateStatus.INCONCLUSIVE: ("?", "warning"),
    GateStatus.SKIPPED: ("–", "muted"),
    GateStatus.ERROR: ("✘", "error"),
    GateStatus.WAIVED: ("◇", "history"),
    GateStatus.NOT_RUN: ("–", "muted"),
}
VERDICT: Mapping[Verdict, tuple[str, str]] = {
    Verdict.READY: ("✔ READY", "success"),
    Verdict.NOT_READY: ("✘ NOT READY", "error"),
    Verdict.INCONCLUSIVE: ("? INCONCLUSIVE", "warning"),
}
_ORDER = (
    *(GateStatus.FAIL, GateStatus.ERROR, GateStatus.INCONCLUSIVE, GateStatus.NOT_RUN),
    *(GateStatus.WAIVED, GateStatus.PASS, GateStatus.SKIPPED),
)
_RUNNING, _STALE, _WAITING = 2.3, 2.5, 2.7
"""Where these stand among the statuses: after inconclusive, before what passed."""


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """The first row: the verdict or what keeps it from being given, what is still open, and a gap."""

    verdict: Verdict | None
    text: str
    tone: str = "muted"
    note: str = ""


@dataclass(frozen=True, slots=True)
class GateRow:
    """One gate. ``seconds`` is how long it has been running, None when it is not; ``width`` of the names' column;
    ``progress`` is how far it is (done, of), ``left`` the seconds it may still take."""

    gate: GateResult
    width: int
    stale: bool = False
    waiting: bool = False
    seconds: int | None = None
    progress: tuple[int, int] = (0, 0)
    left: float | None = None


GateListRow = VerdictRow | GateRow


def row_id(row: GateListRow) -> str:
    """What names a row: a gate's id, ``~`` for the verdict."""
    return row.gate.id if isinstance(row, GateRow) else "~"


def row_height(row: GateListRow) -> int:
    """How many lines a row takes."""
    return 1 if isinstance(row, GateRow) else 3 if row.note else 2


def gate_rows(
    results: Sequence[GateResult], tree: str, began: Mapping[str, float], waiting: Collection[str], now: float
) -> list[GateRow]:
    """The gates: fail, error, inconclusive, running, stale, waiting, not run, waived, pass, skipped."""
    width = max((len(result.id) for result in results), default=0)
    rows = [
        GateRow(
            result,
            width,
            is_stale(result, tree),
            result.id in waiting,
            int(now - began[result.id]) if result.id in began else None,
        )
        for result in results
    ]
    return sorted(rows, key=lambda row: (_place(row), row.gate.id))


def _place(row: GateRow) -> float:
    if row.seconds is not None:
        return _RUNNING
    if row.waiting:
        return _WAITING
    return _STALE if row.stale else float(_ORDER.index(row.gate.status))


def verdict_row(judgement: Judgement, results: Sequence[GateResult], tree: str, problem: str, left: int) -> VerdictRow:
    """The verdict; none is given before a gate has run. ``left`` gates are under way or wait."""
    if problem:
        return VerdictRow(None, f"✘ {problem}", "error")
    note = f"◐ {left} to come" if left else ""
    if all(result.status is GateStatus.NOT_RUN for result in results):
        return VerdictRow(None, note or "no gate has judged this change yet: a runs all")
    if left and judgement.verdict is Verdict.INCONCLUSIVE:
        return VerdictRow(None, note, note="nothing fails so far")
    due = sum(result.required and _open(result, tree) for result in results)
    text = ", ".join(reason.partition(":")[0] for reason in judgement.reasons[:2])
    more = len(judgement.reasons) - 2
    text = f"{text} and {more} more" if more > 0 else text
    return VerdictRow(judgement.verdict, text, "", note or (f"{due} required still to run" if due else ""))


def _open(result: GateResult, tree: str) -> bool:
    return result.status is GateStatus.NOT_RUN or is_stale(result, tree)


def row_lines(row: GateListRow, width: int) -> Sequence[Line]:
    """How a row looks."""
    match row:
        case VerdictRow():
            lines = [_verdict(row), *([Line(((row.note, "muted"),))] if row.note else [])]
            return [*lines, Line(())]
        case GateRow():
            return [_gate(row)]


def _verdict(row: VerdictRow) -> Line:
    if row.verdict is None:
        return Line(((row.text, row.tone),))
    text, tone = VERDICT[row.verdict]
    return Line(((text, f"{tone} strong"), (f"  {row.text}", "")))


def _gate(row: GateRow) -> Line:
    gate = row.gate
    glyph, tone = GATE[gate.status]
    name: Piece = (f"{fit(gate.id, row.width)}  ", "strong")
    if row.seconds is not None:
        done, of = row.progress
        said = f"running  {done} of {of}" if of else "running"
        left = "" if row.left is None else f"about {_clock(round(row.left))} left  "
        return Line((("◐ ", "accent"), name, (said, "muted")), right=((left, "muted"), (_clock(row.seconds), "")))
    if row.waiting:
        return Line((("○ ", "muted"), name, ("waits for its turn", "muted")))
    if gate.status is GateStatus.NOT_RUN:
        return Line((("– ", "muted"), (name[0], "muted"), (f"not run: {gate.reason}", "muted")))
    if row.stale:
        right: tuple[Piece, ...] = (("stale  ", "warning"), (f"{brief(gate.seconds):>6}", "muted"))
        return Line(((f"{glyph} ", "muted"), (name[0], "muted"), (gate.reason, "muted")), right=right)
    worst = worst_figure(gate)
    said = gate.reason if worst is None else f"{worst}: {gate.reason}"
    quiet = "muted" if gate.status is GateStatus.SKIPPED else ""
    return Line(((f"{glyph} ", tone), name, (said, quiet)), right=((f"{brief(gate.seconds):>6}", "muted"),))


def worst_figure(gate: GateResult) -> str | None:
    """The first figure over its threshold, with both; None when none is."""
    over = (figure for figure in gate.figures if is_over(figure))
    figure = next(over, None)
    return f"{figure.name} {number(figure.value)}{_unit(figure)} > {number(figure.threshold)}" if figure else None


def number(value: float | None) -> str:
    """A figure as it is written; nothing for none."""
    return "" if value is None else f"{value:.4g}"


def _unit(figure: Figure) -> str:
    return f" {figure.unit}" if figure.unit else ""


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02d}"
