"""What a case was opened from, as rows to read: every fact with the place in its document."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.case.intake import Intake
from workbench_kit.line import Line, Piece
from workbench_kit.panel import Build, Row
from workbench_kit.text import fit, wrap
from workbench_kit.when import brief

NAME = 12
"""Cells for the name of a fact."""

SPANS = 12
"""Groups of spans that are shown."""


def taken_rows(intakes: Sequence[Intake]) -> Build:
    """Documents in the order in which they were taken over; under each, its facts, frames and spans."""

    def build(width: int) -> list[Row]:
        return [row for intake in intakes for row in _document(intake, width)]

    return build


def _document(intake: Intake, width: int) -> list[Row]:
    rows = [Row(Line(((intake.source, "strong"), (f"  {intake.format.replace('_', ' ')}", "muted"))))]
    for item in intake.taken:
        head: Piece = (f"  {fit(item.name, NAME)} ", "muted")
        text = item.value if len(item.value) < 500 else f"{item.value[:500]} …"
        for number, part in enumerate(wrap(" ".join(text.split()), max(20, width - len(head[0])))):
            rows.append(Row(Line((head if not number else (" " * len(head[0]), ""), (part, "")))))
        rows.append(Row(Line(((" " * len(head[0]) + f"from {item.origin}", "muted"),))))
    for error in intake.errors:
        rows.append(Row(Line(((f"  {error.type}", "strong"), (f"  {error.message.partition(chr(10))[0][:200]}", "")))))
        for frame in reversed(error.frames):
            tone = "" if frame.mapped else "muted"
            rows.append(Row(Line(((f"    {frame.path}:{frame.line} {frame.function}", tone),))))
    for span in intake.spans[:SPANS]:
        many = f"{span.count} × " if span.count > 1 else ""
        took: Piece = (f"  {brief(span.seconds):>8}  ", "accent")
        rows.append(Row(Line((took, (f"{many}{span.name}", ""), (f"  {span.service}", "muted")))))
    return rows
