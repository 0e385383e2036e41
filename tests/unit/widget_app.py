"""A tiny app around one widget, and reading back what stands on its lines."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget
from workbench_kit.strip_view import StripView


class OneWidget(App[None]):
    """Shows one view; ``heard`` holds the messages that came from it."""

    def __init__(self, view: StripView) -> None:
        super().__init__()
        self.view = view
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def hear(self, message: Message) -> None:
        """Remember what the view says."""
        if getattr(message, "view", None) is self.view and all(message is not known for known in self.heard):
            self.heard.append(message)


@asynccontextmanager
async def shown(
    view: StripView, width: int = 80, height: int = 24, focus: bool = True
) -> AsyncIterator[tuple[Pilot[None], OneWidget]]:
    """``view`` alone on a screen of this size, with the focus."""
    app = OneWidget(view)
    async with app.run_test(size=(width, height), message_hook=app.hear) as pilot:
        if focus:
            view.focus()
        await pilot.pause()
        yield pilot, app


async def until(pilot: Pilot[None], condition: Callable[[], object]) -> None:
    """Let the app go on until ``condition`` holds; AssertionError when it does not within half a minute."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it never came to be"
        await pilot.pause(0.01)


def lines_of(view: Widget, count: int = 0) -> list[str]:
    """The text of the lines in sight, without what is blank at their ends."""
    height = count or view.size.height
    return [view.render_line(y).text.rstrip() for y in range(height)]
