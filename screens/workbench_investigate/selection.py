"""What is selected in pane 1, and what follows from it: a place, a title for the evidence, the subject of Why."""

from __future__ import annotations

from workbench_kit.desk import Place

from workbench.case.code import Check, Finding, Hotspot
from workbench.case.logs import Change, LogError
from workbench.case.work import Hypothesis
from workbench.engine.views import Views
from workbench_investigate.why import Subject


def find(views: Views, panel: str, key: str) -> Subject | None:
    """The thing that row ``key`` of ``panel`` stands for; a folder for the hottest file in it."""
    match panel:
        case "causes":
            return next((cause for cause in views.causes if cause.id == key), None)
        case "errors":
            return next((error for error in views.errors if error.id == key), None)
        case "findings":
            return next((finding for finding in views.findings if finding.id == key), None)
        case "changed":
            return next((change for change in views.changes if change.id == key), None)
        case "checks":
            return next((check for check in views.checks if check.analyzer == key), None)
        case "files" if key.endswith("/"):
            return next((spot for spot in views.ranking.files if spot.path.startswith(key)), None)
        case "files":
            return next((spot for spot in views.ranking.files if spot.path == key), Hotspot(key, 0.0))
        case _:
            return None


def place_of(subject: Subject | None, views: Views) -> Place:
    """Where ``subject`` stands in the code; a place without a path when it stands nowhere."""
    match subject:
        case Hypothesis():
            return Place(subject.path, subject.line, subject.id, subject.statement)
        case LogError():
            frame = subject.place
            return Place(frame.path if frame else "", frame.line if frame else 0, subject.id, subject.type)
        case Finding():
            return Place(subject.path, subject.line, subject.id, subject.message)
        case Hotspot():
            symbols = (spot for spot in views.ranking.symbols if spot.path == subject.path)
            hottest = max(symbols, key=lambda spot: spot.score, default=None)
            return Place(subject.path, hottest.line if hottest else 1, subject.path, subject.path)
        case Change():
            return Place(subject.paths[0] if subject.paths else "", 1, subject.id, subject.summary)
        case Check():
            return Place("", 0, subject.analyzer, f"{subject.analyzer}: {subject.summary}")
        case _:
            return Place()


def renewed(subject: Subject, views: Views) -> Subject:
    """The same thing as the views have it now; as it was when they have it no longer."""
    match subject:
        case Hypothesis():
            return find(views, "causes", subject.id) or subject
        case LogError():
            return find(views, "errors", subject.id) or subject
        case Check():
            return find(views, "checks", subject.analyzer) or subject
        case Hotspot():
            return find(views, "files", subject.path) or subject
        case _:
            return subject
