"""Workers and commands run while Textual has the terminal, and its streams are not real files."""

from __future__ import annotations

import re

import pytest
from textual.app import App

from tests.processes import ENDLESS
from workbench.api import Chunk, Command, Output
from workbench.engine.process.commands import Commands
from workbench.engine.process.pool import WorkerPool


class Screen(App[list[object]]):
    """Starts everything from inside its own loop."""

    async def on_mount(self) -> None:
        pool, commands = WorkerPool(2), Commands()
        got: list[object] = await pool.run_chunk(Chunk(eval, ("[6 * 7]",)))
        try:
            await pool.run_chunk(Chunk(re.match, ENDLESS, timeout=0.3))
        except TimeoutError:
            got.append("stopped")
        output = await commands.run(Command(("echo", "hello"), parse))
        got.append(output.stdout)
        await commands.close()
        pool.shutdown()
        self.exit(got)


def parse(output: Output) -> list[object]:
    return []


@pytest.mark.parametrize("size", [(80, 24)])
async def test_inside_a_running_app(size: tuple[int, int]) -> None:
    app = Screen()
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
    assert app.return_value == [42, "stopped", b"hello\n"]
