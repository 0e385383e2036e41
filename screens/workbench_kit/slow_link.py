"""The driver of the terminal, which writes what changed and no more."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import TYPE_CHECKING

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.color import ColorSystem

    from workbench_kit.compositing import Piece
    from workbench_kit.thrift import Thrift

SOON = 0.01
"""Seconds that frames are gathered: of several, the last one is what is seen."""
RATE, LONGEST = 100_000, 0.1
"""Bytes a second that a slow link is taken to carry, and the seconds that it is waited for at most."""


class SlowLinkDriver(LinuxDriver):
    """Implements Textual's driver. What it keeps of the screen is forgotten when the terminal was somebody else's.

    Until :meth:`begin` everything is written as it comes: of the first frame nothing is there yet.
    """

    _thrift: Thrift | None = None
    _waiting: asyncio.TimerHandle | None = None
    _free = 0.0
    _begun = False

    def _get_terminal_size(self) -> tuple[int, int]:
        """The size, asked for whenever the terminal's may be another: it is drawn anew."""
        size = super()._get_terminal_size()
        if self._thrift is not None:
            self._thrift.forget(*size)
        return size

    def begin(self) -> None:
        """From now on write only what changes."""
        from workbench_kit.thrift import Thrift

        self._begun = True
        self._thrift = Thrift(_erases_with_background())
        self._thrift.forget(*super()._get_terminal_size())

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's
        if self._begun:
            self.begin()

    def stop_application_mode(self) -> None:
        """The terminal is given back, for a while or for good: nothing waits any more."""
        self._flush()
        self._thrift = None
        super().stop_application_mode()

    def write(self, data: str) -> None:
        """Write what of ``data`` is not there yet, soon; what cannot wait at once."""
        if self._thrift is None:
            super().write(data)
        elif now := self._thrift.write(data):
            super().write(now)
        elif self._waiting is None:
            self._waiting = self._loop.call_later(max(0.0, self._free - time.monotonic()), self._flush)

    def put(self, pieces: Sequence[Piece], system: ColorSystem) -> bool:
        """Write what of ``pieces`` is not there yet, soon. False where it has to be written as text."""
        return self._thrift is not None and self._thrift.put(pieces, system)

    def flush(self) -> None:
        """A frame stands: of several that follow one another the first is shown at once."""
        if time.monotonic() >= self._free:
            self._flush()

    def redraw(self) -> None:
        """What the terminal shows is not known any more: something else wrote to it."""
        if self._thrift is not None:
            self._thrift.forget()

    def send_message(self, message: Message) -> None:
        """Pass it on; a terminal of another size, or one that was away, is drawn anew."""
        if self._thrift is not None:
            if isinstance(message, events.Resize):
                self._thrift.forget(*message.size)
            elif isinstance(message, events.AppFocus):
                self.redraw()
        super().send_message(message)

    def _flush(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
        if self._thrift is not None and self._writer_thread is not None and (said := self._thrift.flush()):
            super().write(said)
            now = time.monotonic()
            carried = max(self._free, now) + len(said) / RATE if far_away() else now
            self._free = min(max(now + SOON, carried), now + LONGEST)


def far_away() -> bool:
    """Whether the terminal is said to be at the other end of a slow link, or sits behind ssh."""
    return os.environ.get("WORKBENCH_SLOW_LINK") == "1" or "SSH_CONNECTION" in os.environ


def _erases_with_background() -> bool:
    """Whether terminfo says so of this terminal."""
    import curses

    try:
        curses.setupterm(fd=sys.__stderr__.fileno() if sys.__stderr__ else 2)
    except (curses.error, OSError, ValueError):
        return False
    return bool(curses.tigetflag("bce") > 0 and curses.tigetstr("ech"))
