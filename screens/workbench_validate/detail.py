"""The middle of pane 3: of a gate its figures, evidence, command and limit; of the verdict its reasons. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import fit, wrap
from workbench_kit.when import brief

from workbench.analysis.verdict import is_over
from workbench.case.enums import GateStatus
from workbench.case.work import Figure, GateResult, Judgement
from workbench_validate.charts import chart_lines
from workbench_validate.rows import GATE, GateRow, number

_HEADS = ("value", "at most", "base", "n")
_WIDTH = 9


def gate_detail(row: GateRow) -> Build:
    """Everything that is known of one gate."""

    def build(width: int) -> list[Row]:
        gate = row.gate
        glyph, tone = GATE[gate.status]
        mark: tuple[Piece, ...] = (("stale", "warning"),) if row.stale else ()
        word = "running" if row.seconds is not None else gate.status.value.replace("_", " ")
        rows = [Row(Line(((f"{glyph} ", tone), (word, "strong")), right=mark))]
        if row.stale:
            rows += _said("files changed since: R runs it anew", width)
        rows += _said(gate.reason, width, "")
        if gate.figures:
            rows += [Row(Line(())), *_figures(gate.figures, width)]
        for chart in gate.charts:
            rows += [Row(Line(())), *(Row(line) for line in chart_lines(chart, width))]
        if gate.evidence:
            rows += [Row(Line(())), *_evidence(gate, width)]
        return [*rows, *_facts(gate, width)]

    return build


def verdict_detail(judgement: Judgement, problem: str, ran: bool) -> Build:
    """Why the verdict is what it is, and what was not checked."""

    def build(width: int) -> list[Row]:
        if problem:
            return list(_said(problem, width, "error"))
        if not ran:
            return list(_said("Each gate judges the change, base against head. a runs all of them.", width))
        rows = [Row(Line((("because", "muted"),)))]
        rows += [row for reason in judgement.reasons for row in _said(f"· {reason}", width, "")]
        if unsaid := [line for line in judgement.not_checked if line not in judgement.reasons]:
            rows += [Row(Line(())), Row(Line((("not checked", "muted"),)))]
            rows += [row for line in unsaid for row in _said(f"· {line}", width, "")]
        return rows

    return build


def plan(ran: bool) -> Build:
    """What the plan panel says: there is none yet, and what one would rest on."""
    text = (
        "There is no plan yet. A plan says when to deploy, when to roll back and what to watch, and every figure in it "
        "must have been measured. It is made when every gate has run: R runs those that are left."
    )
    return lambda width: list(_said(text if ran else "There is no plan before the gates have run: a runs them.", width))


def _figures(figures: Sequence[Figure], width: int) -> Iterator[Row]:
    """A table; columns that no figure fills are left out."""
    cells = [(number(f.value) or "–", number(f.threshold), number(f.baseline), _count(f.n)) for f in figures]
    kept = [at for at in range(len(_HEADS)) if any(row[at] for row in cells)]
    names = max(8, width - _WIDTH * len(kept) - 3)
    head = "".join(fit(_HEADS[at], _WIDTH, right=True) for at in kept)
    yield Row(Line(((fit("", names), ""), (head, "muted"))))
    for figure, row in zip(figures, cells, strict=True):
        name = f"{figure.name} {figure.unit}".strip()
        body: list[Piece] = [(fit(name, names), "")]
        for at in kept:
            tone = "error strong" if at == 0 and is_over(figure) else "" if at == 0 else "muted"
            body.append((fit(row[at], _WIDTH, right=True), tone))
        over: tuple[Piece, ...] = ((" ✘", "error"),) if is_over(figure) else ()
        yield Row(Line((*body, *over)))


def _count(value: int | None) -> str:
    return "" if value is None else str(value)


def _evidence(gate: GateResult, width: int) -> Iterator[Row]:
    yield Row(Line((("evidence", "muted"),)))
    for item in gate.evidence:
        for number_, part in enumerate(wrap(item.text, max(8, width - 2))):
            lead = "· " if number_ == 0 else "  "
            yield Row(Line(((lead, "muted"), (part, ""))), item.path, item.line, item.ref)
        if item.path:
            place = f"{item.path}:{item.line}" if item.line else item.path
            yield Row(Line(((f"  {place}", "accent"),)), item.path, item.line, item.ref)


def _facts(gate: GateResult, width: int) -> Iterator[Row]:
    """How it was run: what was examined, the command, its limit, who waived it."""
    if gate.status is GateStatus.NOT_RUN:
        return
    facts = [f"examined {gate.examined}"] if gate.examined else []
    facts += [f"took {brief(gate.seconds)}"] + ([f"limit {gate.limit}"] if gate.limit else [])
    facts += [f"tree {gate.tree[:7]}"] if gate.tree else []
    facts += [f"{gate.attempts} attempts"] if gate.attempts > 1 else []
    facts += [] if gate.required else ["not required"]
    yield Row(Line(()))
    yield from _said(" · ".join(facts), width)
    if gate.waived_by:
        until = f" until {gate.waived_until:%Y-%m-%d}" if gate.waived_until else ""
        yield from _said(f"waived by {gate.waived_by}{until}", width, "history")
    if gate.command:
        yield from _said("$ " + " ".join(gate.command), width)
        if gate.exit_code is not None:
            yield from _said(f"exit code {gate.exit_code}{f', {gate.tool}' if gate.tool else ''}", width)


def _said(text: str, width: int, tone: str = "muted") -> Iterator[Row]:
    for part in wrap(text, max(8, width)):
        yield Row(Line(((part, tone),)))
