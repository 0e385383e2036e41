"""Worker processes: quick answers, and a hung, dead or cancelled one costs nobody else anything."""

from __future__ import annotations

import asyncio
import concurrent.futures
import importlib
import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ENDLESS, eventually, gone
from workbench.api import Chunk
from workbench.engine.drive import Work
from workbench.engine.process.call import Priority, Task
from workbench.engine.process.commands import Commands
from workbench.engine.process.pool import WorkerPool
from workbench.engine.process.tree import descendants
from workbench.engine.process.wire import RemoteError, RemoteTraceback, WorkerDied


@pytest.fixture
def pool() -> Iterator[WorkerPool]:
    pool = WorkerPool(2)
    yield pool
    pool.shutdown(cancel_futures=True)


AUTOGROUP = Path("/proc/sys/kernel/sched_autogroup_enabled")


def workers() -> set[int]:
    """The process ids of our children."""
    return set(descendants(os.getpid()))


def test_it_is_an_executor(pool: WorkerPool) -> None:
    assert list(pool.map(abs, [-1, -2, -3])) == [1, 2, 3]
    assert pool.submit(int, "ff", base=16).result() == 255


def test_a_big_reply_comes_whole(pool: WorkerPool) -> None:
    assert len(pool.submit(bytes, 20 << 20).result()) == 20 << 20


def test_workers_are_low_in_priority_and_have_no_terminal(pool: WorkerPool) -> None:
    assert pool.submit(os.nice, 0).result() >= 10
    assert pool.submit(os.getsid, 0).result() != os.getsid(0)
    assert [pool.submit(os.readlink, f"/proc/self/fd/{fd}").result() for fd in range(3)] == ["/dev/null"] * 3


async def test_what_a_save_waits_for_does_not_stand_back(pool: WorkerPool) -> None:
    behind = await pool.run_chunk(Chunk(eval, ("[__import__('os').nice(0)]",)))
    prompt = await pool.run_chunk(Chunk(eval, ("[__import__('os').nice(0)]",)), Priority.PROMPT)
    work = Work(pool, Commands(), lambda command: False)
    held = [asyncio.create_task(pool.run_chunk(Chunk(time.sleep, (60,), timeout=60))) for _ in range(8)]
    while len(pool._running) < 2:
        await asyncio.sleep(0.01)
    soon = await work.run(Chunk(eval, ("[__import__('os').nice(0)]",), soon=True))
    assert soon == prompt, "a plugin's short work that a person waits for too, though all others are at long ones"
    for each in held:
        each.cancel()
    assert (behind[0] - os.nice(0), prompt[0] - os.nice(0)) == (min(10, 19 - os.nice(0)), 0)


@pytest.mark.skipif(not AUTOGROUP.exists() or AUTOGROUP.read_text() != "1\n", reason="niceness counts among all")
def test_where_niceness_counts_inside_a_session_the_worker_s_session_is_low(pool: WorkerPool) -> None:
    group = Path("/proc/self/autogroup")
    for _ in range(100):  # without rights the kernel may say "later" to each request
        if pool.submit(group.read_text).result().endswith("nice 10\n"):
            return
        pool.submit(time.sleep, 0.1).result()
    pytest.fail(pool.submit(group.read_text).result())


def test_a_worker_imports_nothing_from_where_the_user_stands(
    pool: WorkerPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("selectors.py", "pickle.py", "struct.py", "workbench.py"):
        (tmp_path / name).write_text(f"open({str(tmp_path / 'tripped')!r}, 'w')")
    monkeypatch.chdir(tmp_path)
    assert pool.submit(os.getcwd).result() == "/"
    assert "site-packages" not in (found := pool.submit(eval, "__import__('selectors').__file__").result())
    assert not Path(found).is_relative_to(tmp_path)
    assert not (tmp_path / "tripped").exists()


def test_what_a_call_raises_comes_back_with_its_traceback(pool: WorkerPool) -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_module") as raised:
        pool.submit(importlib.import_module, "no_such_module").result()
    assert isinstance(raised.value.__cause__, RemoteTraceback)
    assert "in import_module" in str(raised.value.__cause__)


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("raise type('Local', (Exception,), {})('only there')", "only there"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise StopIteration(1)", "StopIteration"),
        ("import concurrent.futures; raise concurrent.futures.CancelledError", "CancelledError"),
    ],
)
def test_an_exception_that_cannot_be_raised_here_is_named(pool: WorkerPool, code: str, text: str) -> None:
    with pytest.raises(RemoteError, match=text):
        pool.submit(exec, code).result()
    assert pool.submit(len, "abc").result() == 3


def test_what_cannot_be_pickled_fails_alone(pool: WorkerPool) -> None:
    with pytest.raises((AttributeError, TypeError, ValueError), match=r"pickle|lambda"):
        pool.submit(lambda: 1).result()
    with pytest.raises(TypeError, match="pickle"):
        pool.submit(eval, "(i for i in ())").result()
    assert pool.submit(len, "abc").result() == 3


@pytest.mark.parametrize(("code", "how"), [("os._exit(7)", "exit code 7"), ("os.abort()", "SIGABRT")])
def test_a_worker_that_dies_fails_its_call_alone(pool: WorkerPool, code: str, how: str) -> None:
    other = pool.submit(time.sleep, 0.2)
    with pytest.raises(WorkerDied, match=how):
        pool.submit(exec, f"import os; {code}").result()
    assert other.result() is None
    assert pool.submit(len, "abc").result() == 3


def test_a_crash_says_where(pool: WorkerPool) -> None:
    with pytest.raises(WorkerDied, match=r"(?s)SIGSEGV.*Segmentation fault.*string_at"):
        pool.submit(exec, "import ctypes; ctypes.string_at(0)").result()


def test_a_worker_killed_while_idle_is_not_missed() -> None:
    pool = WorkerPool(1)
    pid = pool.submit(os.getpid).result()
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: gone(pid))
    assert pool.submit(os.getpid).result() != pid
    pool.shutdown()


def test_a_worker_stuck_in_a_regex_holds_up_nobody_else(pool: WorkerPool) -> None:
    stuck = pool.submit(re.match, *ENDLESS)
    assert eventually(stuck.running)
    pids = {pool.submit(os.getpid).result() for _ in range(20)}
    assert len(pids) == 1
    assert not stuck.done()


async def test_cancelling_kills_the_worker_at_it_and_no_other(pool: WorkerPool, tmp_path: Path) -> None:
    gate, mark = tmp_path / "gate", tmp_path / "mark"
    os.mkfifo(gate)
    other = pool.submit(exec, f"open({str(gate)!r}).read()")
    until_the_end = f"import os, time; open({str(mark)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    stuck = asyncio.create_task(pool.run_chunk(Chunk(exec, (until_the_end,), timeout=60)))
    assert await asyncio.to_thread(eventually, lambda: mark.exists() and mark.read_text())
    killed = int(mark.read_text())
    assert await asyncio.to_thread(eventually, lambda: len(workers()) == 2)
    (survivor,) = workers() - {killed}
    stuck.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stuck
    assert await asyncio.to_thread(eventually, lambda: gone(killed))
    assert not other.done()
    await asyncio.to_thread(gate.write_text, "go on")
    await asyncio.wrap_future(other)
    assert not gone(survivor)


def test_a_running_future_can_be_cancelled() -> None:
    pool = WorkerPool(1)
    stuck = pool.submit(re.match, *ENDLESS)
    assert eventually(stuck.running)
    waiting = pool.submit(len, "abc")
    dropped = pool.submit(len, "never")
    assert dropped.cancel()
    assert stuck.cancel()
    with pytest.raises(concurrent.futures.CancelledError):
        stuck.result(timeout=60)
    assert stuck.cancelled()
    assert waiting.result(timeout=60) == 3
    assert not waiting.cancel()
    pool.shutdown()


def test_what_a_person_waits_for_goes_first(tmp_path: Path) -> None:
    pool = WorkerPool(1)
    done: list[str] = []
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    first = pool.submit(exec, f"open({str(gate)!r}).read()")
    assert eventually(first.running)
    later = [pool.enter(Task(len, ("abc",), {}, 9.0), Priority.BACKGROUND) for _ in range(3)]
    urgent = pool.enter(Task(len, ("abc",), {}, 9.0), Priority.INTERACTIVE)
    for call in later:
        call.add_done_callback(lambda _: done.append("background"))
    urgent.add_done_callback(lambda _: done.append("interactive"))
    gate.write_text("go on")
    pool.shutdown()
    assert first.done()
    assert done == ["interactive", "background", "background", "background"]


def test_nobody_waits_for_all_that_another_has_queued(tmp_path: Path) -> None:
    pool, gate, done = WorkerPool(1), tmp_path / "gate", list[str]()
    os.mkfifo(gate)
    first = pool.submit(exec, f"open({str(gate)!r}).read()")
    assert eventually(first.running)
    for name, turns in (("index", 4), ("log", 2)):
        for turn in range(1, turns + 1):
            call = pool.enter(Task(len, ("abc",), {}, 9.0), Priority.BACKGROUND, turn)
            call.add_done_callback(lambda _, name=name: done.append(name))
    gate.write_text("go on")
    pool.shutdown()
    assert done == ["index", "log", "index", "log", "index", "index"]


async def test_a_chunk_that_gives_no_list_is_refused(pool: WorkerPool) -> None:
    with pytest.raises(TypeError, match=r"builtins\.len must return a list, not int"):
        await pool.run_chunk(Chunk(len, ("abc",)))


def test_no_more_workers_than_asked_for_and_none_before_they_are_needed() -> None:
    pool = WorkerPool(2)
    assert len(workers()) == 0
    pool.submit(len, "abc").result()
    assert len(workers()) == 1
    concurrent.futures.wait([pool.submit(time.sleep, 0.05) for _ in range(6)])
    assert len(workers()) == 2
    pool.shutdown()
    assert len(workers()) == 0


def test_after_shutdown_nothing_is_taken_and_no_worker_is_left() -> None:
    pool = WorkerPool(1)
    pid = pool.submit(os.getpid).result()
    pool.shutdown()
    assert gone(pid)
    with pytest.raises(RuntimeError, match="shut down"):
        pool.submit(len, "abc")


def test_shutdown_can_stop_what_runs() -> None:
    pool = WorkerPool(1)
    stuck = pool.submit(re.match, *ENDLESS)
    waiting = pool.submit(len, "abc")
    assert eventually(stuck.running)
    pool.shutdown(cancel_futures=True)
    assert stuck.cancelled()
    assert waiting.cancelled()
