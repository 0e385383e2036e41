"""What is said under and beside the lines of a file: findings, the errors that end there, hot symbols. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from workbench_kit.code_view import Annotation, Heat, Mark

from workbench.case.enums import Severity
from workbench.engine.views import Views

_BY_TESTS = {(True, False): ("✘", "error"), (True, True): ("±", "warning"), (False, True): ("✔", "success")}
_TONES = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "info"}


def said(views: Views, path: str) -> list[Annotation]:
    """The reasons that stand under the lines of ``path``."""
    return [*_findings(views, path), *_errors(views, path)]


def _findings(views: Views, path: str) -> list[Annotation]:
    return [
        Annotation(each.end_line or each.line, each.message, _TONES[each.severity], each.rule)
        for each in views.found_in.get(path, ())
        if each.line
    ]


def _errors(views: Views, path: str) -> Iterable[Annotation]:
    totals: Counter[str] = Counter()
    for error in views.errors:
        totals[error.of] += error.count
    for error in views.errors:
        place = error.place
        for frame in {(frame.path, frame.line): frame for frame in error.frames if frame.mapped}.values():
            if frame.path != path:
                continue
            verb = "end here" if place and (frame.path, frame.line) == (place.path, place.line) else "pass here"
            first = f", first {error.first_seen.strftime('%H:%M:%S')}" if error.first_seen else ""
            yield Annotation(
                frame.line, f"{error.count} of {totals[error.of]} errors {verb}{first}", "warning", error.name
            )


def heats(views: Views, path: str) -> list[Heat]:
    """How hot the lines of ``path`` are: symbols against the hottest one, findings hot whatever their symbol."""
    top = max((spot.score for spot in views.ranking.symbols), default=0.0) or 1.0
    hot = [
        Heat(spot.line, spot.end_line or spot.line, max(0.0, min(1.0, spot.score / top)))
        for spot in views.ranking.symbols
        if spot.path == path and spot.line and spot.score > 0
    ]
    marked = [Heat(f.line, f.end_line or f.line, 0.8) for f in views.found_in.get(path, ()) if f.line]
    return hot + marked


def entered(views: Views, path: str) -> list[Mark]:
    """Which functions of ``path`` failing tests alone enter, passing ones alone, or both."""
    return [
        Mark(each.line, each.end_line, *_BY_TESTS[bool(each.red), bool(each.green)])
        for each in views.entered.get(path, ())
        if each.red or each.green
    ]
