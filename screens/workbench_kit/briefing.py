"""Reports and an invitation, as rows to read."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.case.events import Event
from workbench.case.state import CaseState
from workbench.engine.reports import Said, paper
from workbench.engine.reports.model import NOTHING
from workbench.engine.views import Views
from workbench_kit.line import Line
from workbench_kit.panel import Build, Row
from workbench_kit.text import wrap


def report_rows(kind: str, state: CaseState, views: Views, events: Sequence[Event]) -> Build:
    """The report of that kind: a heading for each section, its lines under it. Raises KeyError for no such kind."""
    made = paper(kind, state, views, events)

    def build(width: int) -> list[Row]:
        rows = _rows(f"# {made.title}", width)
        rows += _rows(made.foreword, width) if made.foreword else []
        for part in made.sections:
            rows += [Row(Line((("", ""),))), *_rows(f"# {part.title}", width)]
            rows += [row for said in part.lines for row in _said(said, width)] or _rows(NOTHING, width)
        return rows

    return build


def _said(said: Said, width: int) -> list[Row]:
    """One line of a report: what stands out first, what goes on indented under it."""
    indent, mark = "  " * said.depth, f"{said.mark} " if said.mark else ""
    parts = wrap(f"{mark}{said.text}", max(20, width - len(indent) - 2)) or [""]
    rows = []
    for at, part in enumerate(parts):
        begins = mark.rstrip() if not at and mark and part.startswith(mark.rstrip()) else ""
        lead = f"{indent}{'· ' if not at else '  '}"
        tone = "muted" if said.code else ""
        rows.append(Row(Line(((lead, "muted"), (begins, "strong"), (part[len(begins) :], tone)))))
    return rows


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
