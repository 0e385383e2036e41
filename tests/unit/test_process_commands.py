"""Other people's programs: their output, their limits, and nothing of them left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.processes import eventually, gone
from workbench.api import Command, Output
from workbench.engine.process.commands import (
    APART,
    CUT,
    EVENTS_PATH,
    MERGED,
    CommandMissingError,
    Commands,
    ReaperLostError,
    lines,
)
from workbench.engine.process.tree import descendants

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(99)"
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print(os.getpid(), flush=True)
        time.sleep(99)
    os._exit(0)
os.wait()
"""
"""Forks twice and leaves its session, as daemons do; prints the daemon's process id."""


@pytest_asyncio.fixture
async def commands() -> AsyncIterator[Commands]:
    commands = Commands()
    yield commands
    await commands.close()
    assert not descendants(os.getpid())


def command(*argv: str, **more: object) -> Command:
    return Command(argv, _nothing, **more)  # type: ignore[arg-type]


def _nothing(output: Output) -> list[object]:
    return []


def python(code: str, **more: object) -> Command:
    return command(sys.executable, "-c", code, **more)


async def test_a_command_and_what_it_left(commands: Commands) -> None:
    output = await commands.run(command("sh", "-c", "cat; echo no >&2; exit 3", stdin=b"said\n"))
    assert (output.exit_code, output.stdout, output.stderr) == (3, b"said\n", b"no\n")
    assert not output.timed_out
    assert not output.truncated
    assert 0 < output.seconds < 30
    (ran,) = commands.ran
    assert Path(ran.argv[0]).name == "sh"
    assert (ran.argv[1:], ran.exit_code) == (("-c", "cat; echo no >&2; exit 3"), 3)


async def test_outside_text_stays_one_argument(commands: Commands) -> None:
    words = ["$(touch /tmp/x)", "a b", "*", "\udcff\udc80", "'\"", "-rf", "\n"]
    output = await commands.run(python("import os, sys; print([os.fsencode(a) for a in sys.argv[1:]])", env={}))
    assert output.exit_code == 0
    output = await commands.run(
        command(sys.executable, "-c", "import os, sys; print([os.fsencode(a) for a in sys.argv[1:]])", *words)
    )
    assert eval(output.stdout) == [os.fsencode(word) for word in words]


async def test_a_command_that_a_signal_ended(commands: Commands) -> None:
    output = await commands.run(python("import os; os.kill(os.getpid(), 9)"))
    assert output.exit_code == -signal.SIGKILL


async def test_it_stands_in_a_neutral_folder_that_goes_with_us() -> None:
    commands = Commands()
    output = await commands.run(python("import os; open('left', 'w'); print(os.getcwd(), os.listdir(), end='')"))
    folder, files = output.stdout.decode().split(" ", 1)
    assert files == "['left']"
    assert Path(folder).is_dir()
    await commands.close()
    assert not Path(folder).exists()


async def test_each_has_a_session_of_its_own_and_default_signals(commands: Commands) -> None:
    code = "import os, signal; print(os.getsid(0) == os.getpid(), [signal.getsignal(n).name for n in (1, 15, 17)])"
    output = await commands.run(python(code))
    assert output.stdout == b"True ['SIG_DFL', 'SIG_DFL', 'SIG_DFL']\n"


async def test_big_input_and_output(commands: Commands) -> None:
    data = os.urandom(5 << 20)
    output = await commands.run(command("cat", stdin=data))
    assert output.stdout == data
    assert not output.truncated


async def test_each_stream_is_cut_and_the_command_still_ends_well(commands: Commands) -> None:
    output = await commands.run(python("import os; n = os.write; [n(1, b'x' * 65536) for _ in range(300)]; n(2, b'e')"))
    assert output.exit_code == 0
    assert output.stdout == b"x" * CUT
    assert output.stderr == b"e"
    assert output.truncated


async def test_a_program_that_is_not_there(commands: Commands) -> None:
    with pytest.raises(CommandMissingError, match="no-such-program was not found"):
        await commands.run(command("no-such-program"))
    with pytest.raises(CommandMissingError, match="/no/such/program"):
        await commands.run(command("/no/such/program"))
    with pytest.raises(CommandMissingError, match=r"\./here"):
        await commands.run(command("./here"))
    assert (await commands.run(command("true"))).exit_code == 0


async def test_a_command_that_cannot_be_started(commands: Commands, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no folder"):
        await commands.run(command("true", cwd=str(tmp_path / "no folder")))
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x00not a program")
    broken.chmod(0o755)
    with pytest.raises(OSError, match="format"):
        await commands.run(command(str(broken)))
    with pytest.raises(OSError, match="null byte"):
        await commands.run(command("echo", "a\0b"))
    assert (await commands.run(command("true"))).exit_code == 0


async def test_the_timeout_ends_all_it_started(commands: Commands) -> None:
    output = await commands.run(command("sh", "-c", "sleep 99 & echo $!; wait", timeout=1.0))
    assert output.timed_out
    assert output.exit_code == -signal.SIGTERM
    assert eventually(lambda: gone(int(output.stdout)))


async def test_a_command_that_ignores_term_is_killed(commands: Commands) -> None:
    began = time.monotonic()
    output = await commands.run(command("sh", "-c", "trap '' TERM; echo up; sleep 99", timeout=1.0))
    assert output.timed_out
    assert output.exit_code == -signal.SIGKILL
    assert output.stdout == b"up\n"
    assert 3.0 <= time.monotonic() - began < 20


async def test_cancelling_ends_it(commands: Commands, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    running = asyncio.create_task(commands.run(command("sh", "-c", f"echo $$ > '{mark}'; exec sleep 99")))
    assert await asyncio.to_thread(eventually, lambda: mark.exists() and mark.read_text())
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert gone(int(mark.read_text()))


async def test_cancelling_before_it_has_started_ends_it_too(commands: Commands) -> None:
    running = [asyncio.create_task(commands.run(command("sleep", "98.7"))) for _ in range(5)]
    await asyncio.sleep(0)
    for task in running:
        task.cancel()
    await asyncio.wait(running)
    assert all(task.cancelled() for task in running)
    assert (await commands.run(command("true"))).exit_code == 0
    assert await asyncio.to_thread(eventually, lambda: len(descendants(os.getpid())) == 1)


async def test_what_a_command_left_in_its_group_goes_when_it_ends(commands: Commands) -> None:
    began = time.monotonic()
    output = await commands.run(command("sh", "-c", "sleep 99 & echo $!"))
    assert output.exit_code == 0
    assert time.monotonic() - began < 20
    assert eventually(lambda: gone(int(output.stdout)))
    output = await commands.run(command("sh", "-c", "(trap '' TERM; while :; do sleep 1; done) & echo $!"))
    assert eventually(lambda: gone(int(output.stdout)))


async def test_a_daemon_does_not_hold_its_command_and_goes_with_us() -> None:
    commands = Commands()
    output = await commands.run(python(DAEMON))
    assert output.exit_code == 0
    assert not gone(int(output.stdout))
    await commands.close()
    assert gone(int(output.stdout))


async def test_a_child_that_left_the_group_ends_with_the_timeout(commands: Commands) -> None:
    output = await commands.run(command("sh", "-c", "setsid sleep 99 & echo $!; wait", timeout=1.0))
    assert output.timed_out
    assert eventually(lambda: gone(int(output.stdout)))


async def test_many_at_once(commands: Commands) -> None:
    outputs = await asyncio.gather(*(commands.run(command("echo", str(n))) for n in range(40)))
    assert [output.stdout for output in outputs] == [f"{n}\n".encode() for n in range(40)]
    assert len(commands.ran) == 40


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
