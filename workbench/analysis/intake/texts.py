"""GitHub issues and plain text: the words are the question, and a few facts that people write out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workbench.analysis.intake.errors import traced
from workbench.analysis.intake.notes import Notes, at, iso, moment
from workbench.case.intake import Intake

_FACTS = (
    (
        "since",
        re.compile(
            r"\b(?:since|from|began|begins|started)(?: at)?:?\s+"
            r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z| ?[+-]\d\d:?\d\d)?)",
            re.IGNORECASE,
        ),
    ),
    ("service", re.compile(r"^\W*service\W*:\W*([\w.-]+)", re.IGNORECASE | re.MULTILINE)),
    (
        "release",
        re.compile(r"\b(?:release|version|deployed|build)\b\W{0,6}(v?\d[\w.+-]*\w|[0-9a-f]{7,40})\b", re.IGNORECASE),
    ),
    ("users", re.compile(r"\b(\d[\d,]*)\s+(?:affected\s+)?(?:users|customers|accounts)\b", re.IGNORECASE)),
)


def github_issue(data: Mapping[str, Any], source: str) -> Intake:
    """An issue of the REST API, of a webhook or of ``gh issue view --json``."""
    base = "issue." if isinstance(data.get("issue"), Mapping) else ""
    notes = Notes()
    title = str(at(data, f"{base}title") or "")
    body = str(at(data, f"{base}body") or "").replace("\r\n", "\n")
    notes.take("question", f"{title}\n\n{body}".strip(), f"{base}title, {base}body")
    notes.time("reported", data, f"{base}created_at", f"{base}createdAt")
    notes.first("ticket", data, f"{base}html_url", f"{base}url", f"{base}number")
    labels = at(data, f"{base}labels")
    names = [each["name"] for each in labels or () if isinstance(each, Mapping) and isinstance(each.get("name"), str)]
    notes.take("labels", ", ".join(names), f"{base}labels")
    _facts(notes, body, f"{base}body")
    return Intake("github_issue", source, notes.done(), traced(body, "tracebacks in the issue"))


def plain_text(text: str, source: str) -> Intake:
    """Any text."""
    notes = Notes()
    notes.take("question", text, "the text")
    _facts(notes, text, "the text")
    return Intake("text", source, notes.done(), traced(text, "tracebacks in the text"))


def _facts(notes: Notes, text: str, origin: str) -> None:
    for name, shape in _FACTS:
        found = shape.search(text[:100_000])
        if found is None:
            continue
        line = text.count("\n", 0, found.start()) + 1
        value = found[1]
        if name == "since":
            time = moment(value)
            value = iso(time) if time else ""
        notes.take(name, value.replace(",", "") if name == "users" else value, f"{origin}, line {line}")
