"""What waits for a moment in which nobody presses a key."""

from __future__ import annotations

from time import monotonic

from textual import events
from workbench_kit.garbage import calm, tidy
from workbench_kit.pacing import PacedScreen

from workbench_app.sparing import Sparing

QUIET = 2.0
"""Seconds without a key or the mouse after which nobody is waiting for the screen."""
PERIOD = 5.0
"""Seconds between two looks whether it is quiet."""


class Quiet(Sparing):
    """An app that leaves the garbage of its objects until it is quiet."""

    _touched = 0.0
    _stands = False

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self._touched = monotonic()
            for screen in self.screen_stack[-1:]:
                if isinstance(screen, PacedScreen):
                    screen.hurry()
        await super().on_event(event)

    def stands(self) -> None:
        """The program is loaded and painted: what there is stays."""
        if self._stands:
            return
        self._stands = True
        calm()
        self.set_interval(PERIOD, self._tidy)

    def _tidy(self) -> None:
        if monotonic() - self._touched > QUIET:
            tidy()
