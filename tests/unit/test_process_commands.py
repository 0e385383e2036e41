"""Other people's programs: their output, their limits, and nothing of them left."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from tests.commands import command, python
from tests.commands import commands as commands
from tests.processes import eventually, gone
from workbench.engine.process.commands import (
    CUT,
    CommandMissingError,
    Commands,
)
from workbench.engine.process.tree import descendants

STARTED = 3.0
"""Seconds after which a shell has surely begun, on a slow machine too."""

DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if daemon := os.fork():
        print(daemon, flush=True)
        os._exit(0)
    time.sleep(99)
os.wait()
"""
"""Forks twice and leaves its session, as daemons do; prints the daemon's process id."""


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
    output = await commands.run(command("sh", "-c", "sleep 99 & echo $!; wait", timeout=STARTED))
    assert output.timed_out
    assert output.exit_code == -signal.SIGTERM
    assert eventually(lambda: gone(int(output.stdout)))


async def test_a_command_that_ignores_term_is_killed(commands: Commands) -> None:
    began = time.monotonic()
    output = await commands.run(command("sh", "-c", "trap '' TERM; echo up; sleep 99", timeout=STARTED))
    assert output.timed_out
    assert output.exit_code == -signal.SIGKILL
    assert output.stdout == b"up\n"
    assert STARTED + 2.0 <= time.monotonic() - began < 30


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
    output = await commands.run(command("sh", "-c", "setsid sleep 99 & echo $!; wait", timeout=STARTED))
    assert output.timed_out
    assert eventually(lambda: gone(int(output.stdout)))


async def test_many_at_once(commands: Commands) -> None:
    outputs = await asyncio.gather(*(commands.run(command("echo", str(n))) for n in range(40)))
    assert [output.stdout for output in outputs] == [f"{n}\n".encode() for n in range(40)]
    assert len(commands.ran) == 40
