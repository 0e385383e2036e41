"""However the program ends, nothing that it started is left: kill -9 of a real one with everything under way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import ENDLESS, eventually, gone

PROGRAM = f"""
import asyncio, json, os, re, sys, time
from workbench.engine.process.commands import Commands, lines
from workbench.engine.process.pool import WorkerPool
from workbench.engine.process.tree import descendants

STUBBORN = '''
import os, signal, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
print(os.getpid(), flush=True)
time.sleep(99)
'''
DAEMON = '''
import os, signal, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        print(os.getpid(), flush=True)
        os.execvp("sleep", ["sleep", "99"])
    os._exit(0)
os.wait()
time.sleep(99)
'''

async def started(commands, *argv):
    running = await commands.start(argv)
    return running, int(await anext(lines(running.read)))

async def main():
    pool, commands = WorkerPool(3), Commands()
    idle, busy, stuck = await asyncio.gather(
        *(asyncio.wrap_future(pool.submit(eval, "(__import__('time').sleep(0.3), __import__('os').getpid())[1]"))
          for _ in range(3)))
    pool.submit(exec, "while True: pass")
    pool.submit(re.match, *{ENDLESS!r})
    shell, child = await started(commands, "sh", "-c", "sleep 99 & echo $!; wait")
    ignoring, _ = await started(commands, sys.executable, "-c", STUBBORN)
    parent, daemon = await started(commands, sys.executable, "-c", DAEMON)
    while len(found := sorted(descendants(os.getpid()))) != 9:  # the daemon's middle may not have ended yet
        await asyncio.sleep(0.01)
    assert {{idle, busy, stuck, shell.pid, child, ignoring.pid, parent.pid, daemon}} < set(found)
    print(json.dumps(found), flush=True)
    await asyncio.sleep(99)

asyncio.run(main())
"""
"""Three workers (idle, busy, stuck in a regex), the reaper, and commands: two with a child, one deaf, one daemon."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_survives_the_program(number: signal.Signals, tmp_path: Path) -> None:
    errors = (tmp_path / "errors").open("w+")
    with errors, subprocess.Popen([sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=errors) as program:
        assert program.stdout is not None
        line = program.stdout.readline()
        assert line, Path(errors.name).read_text()
        pids = json.loads(line)
        assert len(pids) == 9
        assert not any(gone(pid) for pid in pids)
        os.kill(program.pid, number)
        program.wait(120)
        assert eventually(lambda: all(gone(pid) for pid in pids)), [pid for pid in pids if not gone(pid)]
