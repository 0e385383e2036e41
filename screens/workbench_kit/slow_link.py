"""The driver of the terminal, which writes what changed and no more."""

from __future__ import annotations

import asyncio

from textual import events
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from workbench_kit.thrift import Thrift

SOON = 0.01
"""Seconds that frames are gathered: of several, the last one is what is seen."""


class SlowLinkDriver(LinuxDriver):
    """Implements Textual's driver. What it keeps of the screen is forgotten when the terminal was somebody else's."""

    _thrift: Thrift | None = None
    _waiting: asyncio.TimerHandle | None = None

    def write(self, data: str) -> None:
        """Write what of ``data`` is not there yet, soon; what cannot wait at once."""
        if self._thrift is None:
            self._thrift = Thrift()
        if now := self._thrift.write(data):
            super().write(now)
        elif self._waiting is None:
            self._waiting = self._loop.call_later(SOON, self._flush)

    def send_message(self, message: Message) -> None:
        """Pass it on; a terminal of another size, or one that was away, is drawn anew."""
        if self._thrift is not None:
            if isinstance(message, events.Resize):
                self._thrift.forget(*message.size)
            elif isinstance(message, events.AppFocus):
                self._thrift.forget()
        super().send_message(message)

    def _flush(self) -> None:
        self._waiting = None
        if self._thrift is not None and self._writer_thread is not None and (said := self._thrift.flush()):
            super().write(said)
