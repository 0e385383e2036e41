"""Keys act one after the other, however fast they come: what is typed ahead goes where the keys before it lead."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import Any

from textual import events
from textual.dom import DOMNode
from textual.message_pump import MessagePump
from textual.timer import Timer

from workbench_app.quiet import Quiet

PATIENCE = 2.0
"""Seconds after which the next key is handed on although the one before has not done what it does."""
_PAST = frozenset({"ctrl+q", "ctrl+c"})
"""Keys that wait for no other."""


class Ordered(Quiet):
    """An app that hands a key on when the one before it was handled everywhere that it bubbles to.

    Textual hands every key at once to whatever has the focus then. Over a slow line ``/``, ``e``, ``r`` come in one
    packet, and the letters would act as commands of the panel before the field that ``/`` opens has the focus.
    """

    _key = 0
    """The key that acts is the n-th; 0 where none does."""
    _keys = 0
    _late: Timer | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ahead: deque[events.Key | events.Paste] = deque()

    @property
    def acting(self) -> bool:
        """Whether a key has not yet done what it does."""
        return self._key > 0 or bool(self._ahead)

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, (events.Key, events.Paste)) or event.is_forwarded:
            await super().on_event(event)
        elif not self.screen_stack:
            self._ahead.clear()  # the program ends
        elif self._key and not (isinstance(event, events.Key) and event.key in _PAST):
            self._hold(event)
        elif isinstance(event, events.Key):
            await self._act(event)
        else:
            await super().on_event(event)

    def _hold(self, event: events.Key | events.Paste) -> None:
        if not self._ahead:
            self._late = self.set_timer(PATIENCE, partial(self._next, self._key))
        self._ahead.append(event)

    async def _act(self, key: events.Key) -> None:
        self._keys += 1
        number = self._key = self._keys
        way = self._way((self.focused or self.screen).ancestors_with_self)
        await super().on_event(key)
        self._follow(number, way)

    def _way(self, bubbled: list[DOMNode]) -> Iterator[MessagePump]:
        """What the key bubbles to, up to the app; then what it led to: the focus moves in a message of its own."""
        yield from bubbled
        yield from self.screen_stack[-1:]
        yield self

    def _follow(self, number: int, way: Iterator[MessagePump]) -> None:
        """Go the way of a key, behind it, through the queues of all."""

        def step() -> None:  # one for the whole way: of each new one Textual looks up what it takes
            for pump in way:
                if pump.post_message(events.Callback(step)):
                    return
            self.call_next(self._next, number)

        step()

    async def _next(self, number: int) -> None:
        if number != self._key:
            return
        self._key = 0
        if self._late is not None:
            self._late.stop()
        while self._ahead and not self._key:
            await self.on_event(self._ahead.popleft())
        if self._ahead:
            self._late = self.set_timer(PATIENCE, partial(self._next, self._key))
