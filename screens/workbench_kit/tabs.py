"""The strip of panels in a narrow terminal: which there are, which one is shown, and what its edge would say."""

from __future__ import annotations

from collections.abc import Sequence

from workbench_kit.bar import Bar
from workbench_kit.fitting import Part, fitted, group
from workbench_kit.header import joined
from workbench_kit.panel import Panel
from workbench_kit.text import clip, plain, width_of

SHORTEST = 4
"""Cells to which a panel's name is cut at most, so that it can still be told from its neighbours."""

CAPTION = 12
"""Cells that the names must leave for what there is of the caption to be said."""


class TabStrip(Bar):
    """One line; a click on a panel goes to it."""

    DEFAULT_CSS = "TabStrip { background: $background; display: none; }"
    panels: Sequence[Panel] = ()
    front: Panel | None = None

    def parts(self, width: int) -> Sequence[Part]:
        groups = []
        for panel in self.panels:
            here = panel is self.front
            name = f"{panel.number} {panel.tab}" if panel.number else panel.tab
            command = f"pane.panel_{panel.number}" if panel.number else ""
            if here:
                groups.append(group(Part(f" {name} ", "here", command)))
            else:
                groups.append(group(Part(name, "muted", command), rank=2 if panel.number else 3, least=SHORTEST))
        parts = joined(fitted(groups, width, 1), 1)
        room = width - sum(width_of(part.text) for part in parts) - 1
        if self.front is not None and self.front.caption and room >= CAPTION:
            parts += [Part(" "), Part(clip(plain(f"· {self.front.caption}"), room), "muted")]
        return parts
