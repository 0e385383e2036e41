"""The late joiner's brief and an invitation, as rows to read."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.case.events import Event
from workbench.case.state import CaseState
from workbench.engine.reports import markdown, paper
from workbench.engine.views import Views
from workbench_kit.line import Line
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap


def brief_rows(state: CaseState, views: Views, events: Sequence[Event]) -> Build:
    """Question, errors, causes, red or green, gates, the last events."""
    lines = list(markdown(paper("brief", state, views, events)))
    return lambda width: [row for line in lines for row in _rows(line, width)]


def invitation_rows(token: str, role: str, host: str, case: str) -> Build:
    """What the one who is invited needs; shown once."""
    told = (
        f"# For one joiner, as {role}, for 8 hours",
        "",
        f"WORKBENCH_TOKEN={token} workbench join ssh://{host}/{case}",
        f"on this host: WORKBENCH_TOKEN={token} workbench join {case}",
        "",
        "The token is shown once; only its hash is kept. workbench invite lists and revokes.",
    )
    return lambda width: [row for line in told for row in _rows(line, width)]


def _rows(line: str, width: int) -> list[Row]:
    tone = "accent strong" if line.startswith("#") else ""
    return [Row(Line(((part, tone),))) for part in wrap(line.lstrip("# "), max(20, width))] or [Row(Line((("", ""),)))]
