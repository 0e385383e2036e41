"""How causes, errors, findings, changes and checks look as rows. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workbench_kit.line import Line, Piece
from workbench_kit.marks import sparkline
from workbench_kit.text import fit
from workbench_kit.time_axis import Axis, axis_lines, marked
from workbench_kit.when import brief, percent

from workbench.analysis.claims import AGENT
from workbench.analysis.quantity import quantity
from workbench.case.code import Check, Finding
from workbench.case.enums import CheckStatus, Trend, TriageState
from workbench.case.logs import Change, LogError
from workbench.case.work import Hypothesis
from workbench.engine.problems import FOLDED
from workbench_investigate.glyphs import CAUSE, CHECK, SEVERITY, TREND, TRIAGE

WORD = 7
"""Cells for the glyph and word that stand before an error."""


@dataclass(frozen=True, slots=True)
class Judged:
    """An error with what people said of it."""

    problem: LogError
    triage: TriageState
    marks: tuple[float, ...] = ()

    @property
    def id(self) -> str:
        """The error's id."""
        return self.problem.id


ALWAYS = "as-always"


@dataclass(frozen=True, slots=True)
class Always:
    """The errors that were always there, folded into one row."""

    errors: tuple[LogError, ...]
    id: str = ALWAYS


@dataclass(frozen=True, slots=True)
class Folded:
    """Rows that people called noise or known, folded into one."""

    noise: int
    known: int
    names: str
    id: str


NO_CODE = "no-code"


@dataclass(frozen=True, slots=True)
class NoCode:
    """That no cause in the code was found: a result like the causes that were."""

    id: str = NO_CODE


def folded_lines(row: Folded) -> Sequence[Line]:
    """How many of each; what they are beside it."""
    told = [f"✘ {row.noise} noise" if row.noise else "", f"◇ {row.known} known" if row.known else ""]
    return [Line(((", ".join(filter(None, told)), "muted"), (f"  {row.names}", "faint")))]


def cause_lines(cause: Hypothesis | NoCode, width: int) -> Sequence[Line]:
    """Statement and evidence; class and status under it."""
    if isinstance(cause, NoCode):
        found = (("– no cause in the code found", "muted"),)
        return [Line(found), Line((("  no rule broken there, no commit of the window", "faint"),))]
    glyph, tone = CAUSE[cause.status]
    refuted = "muted" if cause.status == "refuted" else "strong"
    right = ((f"{len(cause.supporting)} for ", "success"), (f"{len(cause.against)} against", "error"))
    who = cause.judged_by if cause.status != "proposed" else cause.by
    by = f" · {who}" if who and not who.startswith("workbench/") else ""
    kind = cause.cause_class.value.replace("_", " ")
    word = "claimed" if cause.status == "proposed" and who.startswith(AGENT) else cause.status
    below = ((f"{kind}, ", "muted"), (f"{word} {glyph}", tone), (by, "muted"))
    return [Line(((cause.statement, refuted),)), Line(below, right=right)]


def error_lines(row: Judged | Always | Folded, width: int) -> Sequence[Line]:
    """Trend, type, share and course of an error; place and count under it."""
    if isinstance(row, Folded):
        return [*folded_lines(row), Line((("  Enter shows them", "faint"),))]
    if isinstance(row, Always):
        same = len({error.of for error in row.errors}) == 1
        whole = percent(sum(error.share for error in row.errors)) if same else f"n {sum(e.count for e in row.errors)}"
        names = ", ".join(error.name for error in row.errors)
        folded = f"≡ as always: {quantity(len(row.errors), 'error')}, {whole}"
        return [Line(((folded, "muted"),)), Line(((f"  {names}", "muted"),))]
    error = row.problem
    word, tone = trend_word(error)
    dim = "muted" if row.triage in FOLDED else "strong"
    course = ((" ", ""), *marked(sparkline(error.sparkline), row.marks, tone)) if error.sparkline else ()
    right = ((percent(error.share), dim), *course)
    place = error.place
    unplaced = error.cause or error.message.partition("\n")[0] or "no frame of this repository"
    where = f"{place.path.rpartition('/')[2]} {place.function}" if place else unplaced
    said, said_tone = TRIAGE[row.triage]
    below: tuple[Piece, ...] = ((" " * WORD + where, "muted"), (f"  {said}" if said else "", said_tone))
    head: tuple[Piece, ...] = ((fit(word, WORD), tone), (error.name, dim))
    return [Line(head, right=right), Line(below, right=((f"n {error.count}", "muted"),))]


def trend_word(error: LogError) -> tuple[str, str]:
    """``✘ new``, ``▲ ×9`` and the like, with its tone."""
    word, tone = TREND[error.trend]
    if error.trend in (Trend.RISEN, Trend.FALLEN) and error.factor is not None:
        factor = f"{error.factor:.0f}" if error.factor >= 2 else f"{error.factor:.1f}"
        return f"{word} ×{factor}", tone
    return word, tone


def finding_lines(finding: Finding | Folded, triage: Callable[[str], TriageState]) -> Sequence[Line]:
    """Severity, message and place of a finding."""
    if isinstance(finding, Folded):
        return folded_lines(finding)
    state = triage(finding.fingerprint)
    glyph, tone = SEVERITY[finding.severity]
    place = f"{finding.path.rpartition('/')[2]}:{finding.line}"
    text = "muted" if state in FOLDED else ""
    return [Line(((f"{glyph} ", tone), (finding.message, text)), right=(*judged_mark(state), (place, "muted")))]


def judged_mark(state: TriageState) -> tuple[Piece, ...]:
    """The glyph of what people said: where a row has no room for words *Why* has them."""
    said, tone = TRIAGE[state]
    return ((f"{said[0]} ", tone),) if said else ()


def changed_lines(row: Change | Axis | Folded, width: int, triage: Callable[[str], TriageState]) -> Sequence[Line]:
    """A change, the time axis over all of them, or those that are noise or known."""
    if isinstance(row, Folded):
        return folded_lines(row)
    return axis_lines(row, width) if isinstance(row, Axis) else change_lines(row, triage)


def change_lines(change: Change, triage: Callable[[str], TriageState]) -> Sequence[Line]:
    """When and what, and what speaks for it most."""
    revision: tuple[Piece, ...] = ((f"{change.revision[:7]} ", "history"),) if change.revision else ()
    kind: tuple[Piece, ...] = ((f"{change.kind} ", "strong"),) if change.kind != "commit" else ()
    when = f"{change.at.strftime('%d %b %H:%M')} "
    state = triage(f"change {change.id}")
    summary = (change.summary, "muted" if state in FOLDED else "")
    head = Line(((when, "muted"), *judged_mark(state), *kind, *revision, summary))
    if not change.signals:
        return [head]
    best = max(change.signals, key=lambda signal: signal.weight)
    return [head, Line((("◇ ".rjust(len(when)), "history"), (best.detail, "muted")))]


def change_height(change: Change | Axis | Folded) -> int:
    """Lines of a change: one more where something speaks for it; the axis has two."""
    return 2 if isinstance(change, Axis) or (isinstance(change, Change) and change.signals) else 1


def check_lines(check: Check, width: int) -> Sequence[Line]:
    """How an analyzer's run ended and what it checked."""
    glyph, tone = CHECK[check.status]
    word = (
        "" if check.status in (CheckStatus.DONE, CheckStatus.NOT_AVAILABLE) else f"{check.status.replace('_', ' ')}  "
    )
    seconds = ((brief(check.seconds), "muted"),) if check.seconds else ()
    body: tuple[Piece, ...] = (
        (f"{glyph} ", tone),
        (f"{fit(check.analyzer, 10)} ", ""),
        (word, tone),
        (check.summary, "muted"),
    )
    return [Line(body, right=seconds)]
