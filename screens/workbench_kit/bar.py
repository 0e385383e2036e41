"""A bar of one line: header, impact, footer. One widget each, painted only when what it says has changed."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widget import Widget

from workbench_kit.fitting import Part
from workbench_kit.text import width_of

STYLES = {
    "": "",
    "muted": "$text-muted",
    "strong": "bold",
    "accent": "$text-accent",
    "here": "bold reverse $text-accent",
    "key": "bold $text-warning",
    "error": "$text-error",
    "error strong": "bold $text-error",
    "warning": "$text-warning",
    "success": "$text-success",
    "history": "$text-secondary",
    "info": "$text-primary",
}
"""Tones of a bar, the names of :mod:`workbench_kit.tones` where there is one, as content styles."""


class Bar(Widget):
    """Shows ``parts(width)``; a click on a part runs its command."""

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; padding: 0 1; background: $panel; color: $text; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._shown: Sequence[Part] = ()

    def parts(self, width: int) -> Sequence[Part]:
        """What to show in ``width`` cells."""
        raise NotImplementedError

    def renew(self) -> None:
        """Paint again if there is something else to say."""
        if self.is_mounted and self.parts(self.content_size.width) != self._shown:
            self.refresh()

    def render(self) -> Content:
        self._shown = self.parts(self.content_size.width)
        return Content.assemble(*((part.text, STYLES[part.tone]) for part in self._shown))

    async def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        left = offset.x
        for part in self._shown:
            left -= width_of(part.text)
            if left < 0:
                if part.command:
                    await self.app.run_action(f"app.command('{part.command}')")
                return
