"""Conversing with a command: channels, lines, slow readers, and a reaper that is lost."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from tests.commands import STUBBORN, command
from tests.commands import commands as commands
from tests.processes import eventually, gone
from workbench.engine.process.commands import (
    APART,
    EVENTS_PATH,
    MERGED,
    Commands,
    ReaperLostError,
    lines,
)
from workbench.engine.process.tree import descendants


async def test_a_conversation(commands: Commands) -> None:
    code = "import sys\nfor line in sys.stdin: print(line.upper(), end='', flush=True)\nprint('bye')"
    async with await commands.start([sys.executable, "-c", code], write=True) as running:
        assert running.write is not None
        said = lines(running.read)
        for word in (b"one", b"two"):
            running.write.write(word + b"\n")
            assert await anext(said) == word.upper()
        running.write.close()
        assert [line async for line in said] == [b"bye"]
        assert await running.wait() == 0


async def test_events_come_on_a_channel_of_their_own(commands: Commands) -> None:
    code = (
        "import sys\nwith open(sys.argv[1], 'w', buffering=1) as events:\n"
        "  for n in range(3): print(n, file=events); print('noise')\n  sys.stdin.read()\n  print('last', file=events)"
    )
    argv = [sys.executable, "-c", code, EVENTS_PATH]
    async with await commands.start(argv, events=True, write=True) as running:
        assert running.events is not None
        assert running.write is not None
        events = lines(running.events)
        assert [await anext(events) for _ in range(3)] == [b"0", b"1", b"2"]
        running.write.close()
        assert [line async for line in events] == [b"last"]
        assert [line async for line in lines(running.read)] == [b"noise"] * 3


async def test_standard_error_apart_or_merged(commands: Commands) -> None:
    argv = ["sh", "-c", "echo out; echo err >&2"]
    async with await commands.start(argv, stderr=APART) as running:
        assert running.errors is not None
        assert [line async for line in lines(running.errors)] == [b"err"]
    async with await commands.start(argv, stderr=MERGED) as running:
        assert [line async for line in lines(running.read)] == [b"out", b"err"]
    async with await commands.start(argv) as running:
        assert [line async for line in lines(running.read)] == [b"out"]


async def test_a_slow_reader_loses_nothing(commands: Commands) -> None:
    async with await commands.start(["seq", "200000"]) as running:
        said = lines(running.read)
        assert await anext(said) == b"1"
        await commands.run(command("sleep", "0.3"))
        rest = [line async for line in said]
        assert len(rest) == 199_999
        assert rest[-1] == b"200000"


async def test_what_is_read_after_the_end_is_all_there(commands: Commands) -> None:
    async with await commands.start(["head", "-c", "589000", "/dev/zero"]) as running:
        assert await running.wait() == 0
        await commands.run(command("sleep", "0.3"))
        assert len(await running.read.read()) == 589_000


async def test_a_line_without_end_is_bounded(commands: Commands) -> None:
    code = "import os; [os.write(1, b'x' * 65536) for _ in range(50)]; os.write(1, b'\\nnext\\n')"
    async with await commands.start([sys.executable, "-c", code]) as running:
        found = [line async for line in lines(running.read)]
    assert [len(line) for line in found] == [1 << 20, 4]


async def test_leaving_the_block_ends_it(commands: Commands) -> None:
    async with await commands.start([sys.executable, "-c", STUBBORN]) as running:
        assert await anext(lines(running.read)) == b"up"
    assert gone(running.pid)
    async with await commands.start(["sleep", "99"]) as running:
        assert await running.end(grace=0) == -signal.SIGKILL


async def test_a_lost_reaper_takes_its_commands_along_and_is_replaced(commands: Commands) -> None:
    async with await commands.start(["sleep", "99"]) as running:
        (reaper,) = set(descendants(os.getpid())) - {running.pid}
        os.kill(reaper, signal.SIGKILL)
        with pytest.raises(ReaperLostError, match="sleep"):
            await running.wait()
        assert eventually(lambda: gone(running.pid))
    assert (await commands.run(command("true"))).exit_code == 0


async def test_who_wants_to_know_is_told_of_every_command() -> None:
    told: list[tuple[str, int]] = []
    commands = Commands(on_ran=lambda ran: told.append((Path(ran.argv[0]).name, ran.exit_code)))
    await commands.run(command("true"))
    await commands.run(command("false"))
    await commands.run(command("sleep", "99", timeout=0.1))
    await commands.close()
    assert told == [("true", 0), ("false", 1), ("sleep", -signal.SIGTERM)]


async def test_closing_ends_what_runs() -> None:
    commands = Commands()
    running = await commands.start(["sleep", "99"])
    await commands.close()
    assert gone(running.pid)
    with pytest.raises(ReaperLostError):
        await running.wait()
    await running.close()
