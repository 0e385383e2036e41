"""A fork server for pytest in the user's interpreter: what is slow to import is there before a run is asked for.

``python -m workbench_pytest_server``, WORKBENCH_PRELOAD a JSON list of modules. A request is a line on standard input,
``{"argv": [...], "env": {...}, "cwd": ..., "stderr": ...}`` or ``{"stop": seconds, "pid": ...}``; each answer is a line
on standard output: ``ready``, ``started`` (with its process id), ``refused`` (with the reason) or ``exit`` and ``pid``.
Several runs may be under way. Pytest's plugins are not preloaded: imported
outside of its import hook they would not be rewritten, and a project that makes warnings errors would run no test.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import random
import select
import signal
import sys
import threading
import time
import warnings
from typing import Any

_children: dict[int, float] = {}
"""The runs under way, each with the time at which it is killed (0: not asked for)."""


def _say(answer: dict[str, Any]) -> None:
    os.write(1, json.dumps(answer).encode() + b"\n")


def _preload() -> None:
    names = json.loads(os.environ.pop("WORKBENCH_PRELOAD", "[]"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ["pytest", *names]:
            with contextlib.suppress(Exception):
                importlib.import_module(name)
    gc.collect()  # no freeze: gc would tell tests of no referrers of what is imported here


def _held() -> tuple[int, int]:
    """How many sockets and event loops (their poll objects) are open."""
    sockets = loops = 0
    with contextlib.suppress(OSError):
        for fd in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                target = os.readlink("/proc/self/fd/" + fd)
                sockets += target.startswith("socket:")
                loops += "eventpoll" in target
    return sockets, loops


def _refusal(before: tuple[int, int]) -> str:
    """Why this process must not be forked, or the empty string."""
    threads = threading.active_count()
    with contextlib.suppress(OSError):
        threads = max(threads, len(os.listdir("/proc/self/task")))
    if threads > 1:
        return "a preloaded module runs threads"
    sockets, loops = _held()
    if loops > before[1]:
        return "a preloaded module has an event loop"
    if sockets > before[0]:
        return "a preloaded module holds a connection open"
    return ""


def _become(request: dict[str, Any]) -> None:
    """In the child: be what ``python -m pytest`` would be."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    errors = os.open(request["stderr"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for source, target in ((null, 0), (null, 1), (errors, 2)):
        os.dup2(source, target)
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.path[0] = os.getcwd()
    sys.argv[:] = [sys.modules["pytest"].__file__ or "pytest", *request["argv"]]
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def _descendants(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError), open("/proc/" + name + "/stat", "rb") as file:
                parents.setdefault(int(file.read().rpartition(b")")[2].split()[1]), []).append(int(name))
    found, todo = [root], [root]
    while todo:
        below = parents.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _signal(child: int, number: int) -> None:
    """To a run and all that descends from it."""
    with contextlib.suppress(OSError):
        targets = _descendants(child)
        os.killpg(child, number)
        for pid in targets:
            with contextlib.suppress(OSError):
                os.kill(pid, number)


def _collect() -> None:
    for child in list(_children):
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
            del _children[pid]
            code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
            _say({"exit": code, "pid": pid})


def _take(request: dict[str, Any], before: tuple[int, int]) -> bool:
    """Do one request; True in the child that it made."""
    if "stop" in request:
        if request["pid"] in _children:
            _signal(request["pid"], signal.SIGTERM)
            _children[request["pid"]] = time.monotonic() + request["stop"]
        return False
    refusal = _refusal(before)
    if refusal:
        _say({"refused": refusal})
        return False
    pid = os.fork()
    if pid == 0:
        _become(request)
        return True
    _children[pid] = 0.0
    _say({"started": pid})
    return False


def _kill(late: bool) -> None:
    """Those whose time has come, or all."""
    now = time.monotonic()
    for child, at in _children.items():
        if not late or (at and now >= at):
            _signal(child, signal.SIGKILL)


def serve() -> None:
    """Answer requests until standard input ends; returns in a child, to be pytest."""
    before = _held()
    _preload()
    wake, woken = os.pipe()
    for fd in (wake, woken):
        os.set_blocking(fd, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    _say({"ready": True})
    rest = b""
    while True:
        readable = select.select([0, wake], [], [], 0.1 if any(_children.values()) else None)[0]
        if wake in readable:
            os.read(wake, 4096)
        _kill(late=True)
        _collect()
        if 0 in readable:
            data = os.read(0, 1 << 16)
            if not data:
                _kill(late=False)
                raise SystemExit(0)
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                if _take(json.loads(line), before):
                    os.close(wake)
                    os.close(woken)
                    return


if __name__ == "__main__":
    serve()
    import pytest

    sys.exit(pytest.console_main())
