"""The list of recent cases on the start screen."""

from __future__ import annotations

from collections.abc import Sequence

from workbench_kit.cases import RecentCase
from workbench_kit.line import Line
from workbench_kit.panel import ListPanel


def recent_list(cases: Sequence[RecentCase]) -> ListPanel:
    """A panel of ``cases``; Enter on one posts ``Opened`` with its id."""
    panel = ListPanel(lambda case: case.id, _lines, id="recent").titled(0, "Recent cases")
    panel.caption = f"{len(cases)}"
    panel.show(cases)
    return panel


def _lines(case: RecentCase, width: int) -> Sequence[Line]:
    return [Line(((case.title, ""),), right=((f"{case.repo}  ", "muted"), (f"{case.ago:>10}", "muted")))]
