"""What is painted goes to the terminal's copy of the screen as cells, where there is one: as text it costs more."""

from __future__ import annotations

from typing import Any

from rich.color import ColorSystem
from rich.console import RenderableType
from textual.app import App
from textual.screen import Screen
from workbench_kit.compositing import PiecesUpdate

TAKEN: Any = PiecesUpdate()
"""Nothing is left to be written as text."""


class Sparing(App[int]):
    """An app whose driver may take pieces of lines (:meth:`~workbench_kit.slow_link.SlowLinkDriver.put`)."""

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        put = getattr(self._driver, "put", None)
        if put is not None and isinstance(renderable, PiecesUpdate):
            system = self.console._color_system or ColorSystem.TRUECOLOR
            if put(renderable.pieces, system):
                renderable = TAKEN
        super()._display(screen, renderable)
