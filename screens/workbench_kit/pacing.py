"""When a screen is painted: at once after a key; while nobody presses one so seldom that the next key finds it free.

Textual paints at the ticks of a timer, and leaves a tick out after a paint that was still at work at the one before:
what a key changes stands unseen for up to two of them (33 ms), whatever else was painted just before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from textual.screen import Screen

T = TypeVar("T")

BRISK, CALM = 0.004, 0.033
"""Seconds from one paint to the next at least: where somebody waits for it, and where nobody does."""
WAITED = 0.1
"""Seconds after a key in which somebody waits."""
HELD = 0.01
"""Seconds after a key in which nothing is painted that was to be before: the key's own paint shows it too."""


class Pace:
    """Calls ``paint`` when it is time, once for what :meth:`resume` asked for meanwhile; stands where Textual has a
    timer."""

    def __init__(self, paint: Callable[[], object]) -> None:
        self._paint = paint
        self._next: asyncio.TimerHandle | None = None
        self._painted = self._waited = 0.0
        self._held = False

    def resume(self) -> None:
        """There is something to paint."""
        now = asyncio.get_running_loop().time()
        self._at(max(now, self._painted + (BRISK if now < self._waited else CALM)))

    def go_on(self) -> None:
        """The paint has not ended."""
        self._at(asyncio.get_running_loop().time())

    def pause(self) -> None:
        """All that was asked for is painted now."""
        self._cancel()
        self._held = False

    def hurry(self) -> None:
        """A key was pressed: what waits is held back, but only once until it is painted."""
        now = asyncio.get_running_loop().time()
        self._waited = now + WAITED
        if self._next is not None:
            if not self._held:
                self._cancel()
            self._at(now + HELD)
            self._held = True

    def painted(self) -> None:
        """A paint has ended."""
        self._painted = asyncio.get_running_loop().time()

    def _at(self, moment: float) -> None:
        if self._next is None or moment < self._next.when():
            self._cancel()
            self._next = asyncio.get_running_loop().call_at(moment, self._go)

    def _cancel(self) -> None:
        if self._next is not None:
            self._next.cancel()
            self._next = None

    def _go(self) -> None:
        self._next, self._held = None, False
        self._paint()


class PacedScreen(Screen[T], Generic[T]):
    """A screen that is painted by :class:`Pace`."""

    _pace: Pace | None = None

    @property
    def _update_timer(self) -> Any:
        """What Textual has a timer for."""
        if self._pace is None:
            self._pace = Pace(lambda: self.call_next(self._on_timer_update))
        return self._pace

    def _on_timer_update(self) -> None:
        if self._compositor._dirty_regions:  # the last paint left them for this one
            self._dirty_widgets.add(self)
        super()._on_timer_update()

    def _compositor_refresh(self) -> None:
        super()._compositor_refresh()
        self._update_timer.painted()
        if self._compositor._dirty_regions and self.is_current:
            self._update_timer.go_on()

    def hurry(self) -> None:
        """Somebody waits for what is painted next."""
        self._update_timer.hurry()
