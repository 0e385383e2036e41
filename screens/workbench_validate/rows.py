"""How gates and their figures look as rows. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import fit, wrap
from workbench_kit.when import brief

from workbench.case.enums import GateStatus
from workbench.case.work import Figure, GateResult

GATE: Mapping[GateStatus, tuple[str, str]] = {
    GateStatus.PASS: ("✔", "success"),
    GateStatus.FAIL: ("✘", "error"),
    GateStatus.INCONCLUSIVE: ("?", "warning"),
    GateStatus.SKIPPED: ("–", "muted"),
    GateStatus.ERROR: ("✘ error", "error"),
    GateStatus.WAIVED: ("◇ waived", "history"),
    GateStatus.NOT_RUN: ("–", "muted"),
}
_ORDER = (
    *(GateStatus.FAIL, GateStatus.ERROR, GateStatus.INCONCLUSIVE, GateStatus.NOT_RUN),
    *(GateStatus.WAIVED, GateStatus.PASS, GateStatus.SKIPPED),
)


def worst_first(gates: Mapping[str, GateResult]) -> list[GateResult]:
    """The gate results, the worst first."""
    return sorted(gates.values(), key=lambda gate: (_ORDER.index(gate.status), gate.id))


def gate_lines(gate: GateResult, tree: str) -> Sequence[Line]:
    """Status, name, reason and duration of a gate; one of another tree says that it is stale."""
    glyph, tone = GATE[gate.status]
    stale: tuple[Piece, ...] = (("stale  ", "warning"),) if tree and gate.tree and gate.tree != tree else ()
    body: tuple[Piece, ...] = ((f"{glyph} ", tone), (f"{fit(gate.id, 11)} ", "strong"), (gate.reason, ""))
    return [Line(body, right=(*stale, (brief(gate.seconds), "muted")))]


def detail(gate: GateResult | None) -> Build:
    """Figures with their thresholds, evidence, limit and command of a gate."""

    def build(width: int) -> list[Row]:
        if gate is None:
            return []
        rows = [Row(Line(((part, "strong"),))) for part in wrap(gate.reason, width)]
        rows += [Row(_figure(figure)) for figure in gate.figures]
        for item in gate.evidence:
            rows += [Row(Line(((part, ""),)), item.path, item.line, item.ref) for part in wrap(f"· {item.text}", width)]
        if gate.limit:
            rows += [Row(Line(((part, "muted"),))) for part in wrap(f"limit: {gate.limit}", width)]
        if gate.command:
            rows += [Row(Line(((part, "muted"),))) for part in wrap("$ " + " ".join(gate.command), width)]
        return rows

    return build


def _figure(figure: Figure) -> Line:
    value = "not measured" if figure.value is None else f"{figure.value:g} {figure.unit}".strip()
    against = [f"of at most {figure.threshold:g}"] if figure.threshold is not None else []
    against += [f"base {figure.baseline:g}"] if figure.baseline is not None else []
    against += [f"n {figure.n}"] if figure.n is not None else []
    return Line(((f"{fit(figure.name, 18)} ", "muted"), (value, "strong")), right=((", ".join(against), "muted"),))
