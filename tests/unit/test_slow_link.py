"""When what a frame changed is handed to the terminal."""

from __future__ import annotations

import asyncio

import pytest
from textual.app import App
from workbench_kit.slow_link import SlowLinkDriver
from workbench_kit.thrift import Thrift


class Terminal:
    """Takes the place of the thread that writes."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, text: str) -> None:
        self.written.append(text)


async def test_the_first_frame_is_shown_at_once_and_those_right_after_it_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("workbench_kit.slow_link.SOON", 0.3)
    terminal, driver = Terminal(), SlowLinkDriver(App[None]())
    driver._thrift, driver._writer_thread = Thrift(), terminal
    for text in ("one", "two", "six"):
        driver.write(f"\x1b[1;1H{text}")
        driver.flush()
    assert len(terminal.written) == 1
    assert "one" in terminal.written[0]
    while len(terminal.written) < 2:
        await asyncio.sleep(0.01)
    assert "six" in terminal.written[1]
    assert "two" not in terminal.written[1]
