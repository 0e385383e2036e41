"""Why something stands where it does: evidence for and against a cause, signals of a file, the story of an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap
from workbench_kit.when import percent

from workbench.case.code import Check, Debt, Finding, Hotspot
from workbench.case.enums import CauseStatus
from workbench.case.logs import Change, LogError
from workbench.case.work import Evidence, Hypothesis
from workbench.engine.problems import Problem
from workbench_investigate.glyphs import CAUSE, CHECK, SEVERITY, TRIAGE
from workbench_investigate.ranked import ranked
from workbench_investigate.rows import trend_word

Subject = Hypothesis | LogError | Finding | Hotspot | Change | Check


DEBT = {"complexity": "▲", "todo": "◇", "skipped_test": "–", "ownership": "◆", "co_change": "↔"}
"""What stands before a kind of debt."""


def why_with(
    subject: Subject | None, debt: Sequence[Debt], problem: Problem | None = None, functions: Sequence[Hotspot] = ()
) -> Build:
    """The rows of the panel for what is selected, who judged it and why it came back, then the debt of its file. Of a
    file, its ranked ``functions`` too."""
    build = why(subject, functions)
    return lambda width: [*_judged(problem, width), *build(width), *_debt(debt, width)]


def _judged(problem: Problem | None, width: int) -> Iterable[Row]:
    if problem is None or problem.judged is None:
        return
    judged = problem.judged
    if problem.back:
        yield from _text(f"is back: {problem.back}", width, "▲", "strong", "warning")
    glyph, tone = TRIAGE[judged.state]
    where = " in another case" if judged.case else ""
    word = glyph or judged.state.value
    yield from _text(f"{word} by {judged.by}{where}, {judged.at:%d %b %H:%M}", width, tone=tone or "muted")
    for told in filter(None, (judged.reason, judged.link)):
        yield from _text(told, width, "  ", "muted")
    yield Row(Line())


def _debt(debt: Sequence[Debt], width: int) -> Iterable[Row]:
    if debt:
        yield Row(Line())
        yield Row(Line((("debt near this place", "muted"),)))
    for item in debt:
        yield from _text(item.text, width, DEBT.get(item.kind, "·"), "", "history", Row(Line(), item.path, item.line))


def why(subject: Subject | None, functions: Sequence[Hotspot] = ()) -> Build:
    """The rows of the panel for what is selected."""
    match subject:
        case Hypothesis():
            return lambda width: list(_cause(subject, width))
        case LogError():
            return lambda width: list(_error(subject, width))
        case Finding():
            return lambda width: list(_finding(subject, width))
        case Hotspot():
            return lambda width: list(ranked(subject, functions, width))
        case Change():
            return lambda width: list(_change(subject, width))
        case Check():
            return lambda width: list(_check(subject, width))
        case _:
            return lambda width: ()


def _text(text: str, width: int, glyph: str = "", tone: str = "", lead: str = "", row: Row | None = None) -> list[Row]:
    """``text`` wrapped, a glyph before its first line, what follows indented under it."""
    mark = f"{glyph} " if glyph else ""
    place = row or Row(Line())
    made = []
    for number, part in enumerate(wrap(text, max(8, width - len(mark)))):
        head: Piece = (mark if not number else " " * len(mark), lead or tone)
        made.append(Row(Line((head, (part, tone))), place.path, place.at, place.ref))
    return made


def _evidence(items: Sequence[Evidence], width: int, glyph: str, tone: str) -> list[Row]:
    rows: list[Row] = []
    for item in items:
        rows += _text(item.text, width, glyph, "", tone, Row(Line(), item.path, item.line, item.ref))
    return rows


def _cause(cause: Hypothesis, width: int) -> Iterable[Row]:
    yield from _text(cause.statement, width, tone="strong")
    if cause.judged_by and cause.status is not CauseStatus.PROPOSED:
        glyph, tone = CAUSE[cause.status]
        because = f": {cause.because}" if cause.because else ", no evidence linked"
        yield from _text(f"{cause.status.value} by {cause.judged_by}{because}", width, glyph, "", tone)
    yield Row(Line(((f"confidence {cause.confidence:.2f}, from the evidence below", "muted"),)))
    if cause.supporting:
        yield Row(Line((("for", "success"),)))
        yield from _evidence(cause.supporting, width, "✔", "success")
    if cause.against:
        yield Row(Line((("against", "error"),)))
        yield from _evidence(cause.against, width, "✘", "error")
    if not cause.supporting and not cause.against:
        yield Row(Line((("no evidence yet: pin some with m", "muted"),)))
    if cause.next_check:
        yield Row(Line())
        yield Row(Line((("cheapest check", "muted"),)))
        yield from _text(cause.next_check, width)


def _error(error: LogError, width: int) -> Iterable[Row]:
    word, tone = trend_word(error)
    yield from _text(error.type, width, word, "strong", tone)
    yield from _text(error.message, width)
    yield Row(Line(((percent(error.share), "strong"), (f" of {error.of}, n {error.count}", "muted"))))
    if error.unhandled:
        of = f" of {error.unhandled.of}, n {error.unhandled.count}"
        yield Row(Line(((percent(error.unhandled.share), "strong"), (of, "muted"))))
    if error.onset:
        yield Row(Line((("began ", "muted"), (error.onset.strftime("%d %b %H:%M:%S UTC"), ""))))
    if error.why:
        yield from _text(error.why, width, tone="muted")
    if error.cause:
        yield from _text(f"caused by {error.cause}", width, "▲", "", "warning")
    if len(error.variants) > 1:
        yield Row(Line(((f"{len(error.variants)} variants: split an error tells one apart", "muted"),)))
        for variant in error.variants[:8]:
            yield Row(Line(((variant.label, ""),), right=((f"{variant.count}×", "muted"),)))
    for endpoint, count in error.endpoints[:5]:
        yield Row(Line(((endpoint, ""),), right=((f"{count}×", "muted"),)))
    if error.frames:
        yield Row(Line((("frames, the innermost first", "muted"),)))
        for frame in reversed(error.frames):
            text = f"{frame.path.rpartition('/')[2]}:{frame.line} {frame.function}"
            path = frame.path if frame.mapped else ""
            yield Row(Line(((text, "" if frame.mapped else "muted"),)), path, frame.line if path else 0)


def _finding(finding: Finding, width: int) -> Iterable[Row]:
    glyph, tone = SEVERITY[finding.severity]
    yield from _text(finding.message, width, glyph, "strong", tone)
    yield Row(Line(((f"{finding.rule} · {', '.join((finding.analyzer, *finding.also))}", "muted"),)))
    yield Row(Line(((f"{finding.path}:{finding.line}", ""),)), finding.path, finding.line, finding.id)
    if finding.symbol:
        yield Row(Line((("in ", "muted"), (finding.symbol, ""))))


def _change(change: Change, width: int) -> Iterable[Row]:
    yield from _text(change.summary, width, tone="strong")
    yield Row(Line(((f"{change.kind} {change.revision[:7]} {change.author}", "muted"),)))
    near = ((f"score {change.score:.1f}", "muted"),) if change.score else ()
    yield Row(Line(((change.at.strftime("%d %b %Y %H:%M UTC"), "muted"),), right=near))
    for signal in change.signals:
        yield from _text(signal.detail, width, "◇", "", "history")
    for path in change.paths[:20]:
        yield Row(Line(((path, ""),)), path, 1)


def _check(check: Check, width: int) -> Iterable[Row]:
    glyph, tone = CHECK[check.status]
    yield from _text(f"{check.analyzer}: {check.status.replace('_', ' ')}", width, glyph, "strong", tone)
    yield from _text(check.summary or "nothing said yet", width)
    for line in check.error.splitlines():
        indent = " " * (len(line) - len(line.lstrip()))
        for part in wrap(line.lstrip(), max(8, width - len(indent))):
            yield Row(Line(((indent + part, "muted"),)))
