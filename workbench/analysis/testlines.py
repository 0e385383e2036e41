"""Reading what a reporter writes from inside the user's interpreter: a JSON object a line, one form for all of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workbench.case.enums import TestOutcome
from workbench.case.testing import Raised, Searched, TestEvent


def test_events(line: bytes) -> Sequence[TestEvent]:
    """The events of one line; a torn or foreign line is none."""
    data = json_object(line)
    event = _event(data) if data else None
    return (event,) if event else ()


def json_object(line: bytes) -> dict[str, Any] | None:
    """The JSON object that ``line`` is, None for any other line."""
    try:
        data = json.loads(line)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _event(data: dict[str, Any]) -> TestEvent | None:
    kind, ident = data.get("event"), str(data.get("id", ""))
    match kind:
        case "configured":
            return TestEvent("configured", message=f"{data['framework']}, Python {data['python']}")
        case "collected":
            return TestEvent("collected", ident, path=data["path"], line=data["line"], racy=data["racy"])
        case "collect_error":
            text = str(data["text"])
            path = ident.split("::")[0]
            return TestEvent("collect_error", ident, message=str(data["exception"]), traceback=text, path=path)
        case "start":
            return TestEvent("start", ident)
        case "phase":
            return _phase(data, ident)
        case "overran":
            return TestEvent("overran", ident, seconds=data["seconds"], traceback=str(data["text"]))
        case "modules" | "libraries":
            return TestEvent(kind, modules=data["modules"])
        case "code":
            return TestEvent("code", path=data["path"], line=data["line"], count=data["number"])
        case "covered":
            return TestEvent("covered", ident, blocks=tuple(data["blocks"]))
        case "calls":
            return TestEvent("calls", count=data["number"], blocks=tuple(data["blocks"]))
        case "uncovered":
            return TestEvent("uncovered", message=data["why"])
        case "shares":
            return TestEvent("shares", ident, message=str(data["why"]))
        case "searched":
            told = (tuple(map(str, data[part])) for part in ("starts", "names", "skipped", "passed"))
            return TestEvent("searched", searched=Searched(*told))
        case "deselected":
            return TestEvent("deselected", count=data["count"])
        case "missed":
            return TestEvent("missed", path=str(data["path"]))
        case "internal_error":
            return TestEvent("internal_error", traceback=str(data["text"]))
        case "finished":
            return TestEvent("finished", count=data["exit"])
        case _:
            return None


def _phase(data: dict[str, Any], ident: str) -> TestEvent:
    raised = data.get("exception")
    return TestEvent(
        "phase",
        ident,
        when=data["when"],
        outcome=TestOutcome(data["outcome"]),
        seconds=data["seconds"],
        message=data["message"],
        traceback=data["text"],
        output="\n".join(f"-- {name}\n{text}" for name, text in data["sections"]),
        raised=_raised(raised) if raised else None,
        measured=data.get("measured", {}),
    )


def _raised(data: dict[str, Any]) -> Raised:
    return Raised(
        type=data["type"],
        bases=tuple(data["bases"]),
        text=data["text"],
        frames=tuple((str(path), int(line), str(function)) for path, line, function in data["frames"]),
        chain=tuple(data["chain"]),
    )
