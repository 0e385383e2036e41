"""A process that forks one for each run that it is asked for, and tells of their ends.

Runs inside the user's interpreter: standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

_MARK = "WORKBENCH_EVENTS"
"""The variable that each run has a value of its own of: what a test starts bears it, in whatever session."""

_root, _ours = os.getpid(), os.environ.get(_MARK, "")
"""The process that all others descend from, and its own value: what a test forks bears that."""


def held() -> tuple[int, int]:
    """How many sockets and event loops (their poll objects) are open."""
    sockets = loops = 0
    with contextlib.suppress(OSError):
        for fd in os.listdir("/proc/self/fd"):
            with contextlib.suppress(OSError):
                target = os.readlink("/proc/self/fd/" + fd)
                sockets += target.startswith("socket:")
                loops += "eventpoll" in target
    return sockets, loops


def refusal(before: tuple[int, int], what: str = "a preloaded module") -> str:
    """Why this process must not be forked, or the empty string."""
    threads = threading.active_count()
    with contextlib.suppress(OSError):
        threads = max(threads, len(os.listdir("/proc/self/task")))
    if threads > 1:
        return what + " runs threads"
    sockets, loops = held()
    if loops > before[1]:
        return what + " has an event loop"
    if sockets > before[0]:
        return what + " holds a connection open"
    return ""


def be_apart() -> None:
    """In a child: a session of its own, nothing on standard input and output, chances of its own."""
    os.setsid()
    null = os.open(os.devnull, os.O_RDWR)
    for target in (0, 1):
        os.dup2(null, target)
    os.close(null)
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()


def errors_to(path: str, *targets: int) -> None:
    """What is written to ``targets`` goes to the end of the file at ``path``."""
    errors = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for target in targets:
        os.dup2(errors, target, inheritable=target == 2)
    os.close(errors)


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


def send(child: int, number: int) -> None:
    """To a run and all that descends from it."""
    with contextlib.suppress(OSError):
        targets = _descendants(child)
        os.killpg(child, number)
        for pid in targets:
            with contextlib.suppress(OSError):
                os.kill(pid, number)


def end_left(*marks: str) -> None:
    """Kill what was left behind with one of ``marks``, and no longer descends from us."""
    wanted = {(_MARK + "=" + mark).encode() for mark in marks if mark}
    with contextlib.suppress(OSError):
        for pid in {int(name) for name in os.listdir("/proc") if name.isdigit()}.difference(_descendants(_root)):
            with contextlib.suppress(OSError), open("/proc/" + str(pid) + "/environ", "rb") as file:
                if wanted.intersection(file.read().split(b"\0")):
                    os.kill(pid, signal.SIGKILL)


class Server:
    """Takes requests from the descriptor ``requests`` and answers on ``answers``; ``refuses`` says why one is refused,
    or the empty string. ``number`` is that of a template."""

    def __init__(self, requests: int, answers: int, refuses: Callable[[dict[str, Any]], str], number: int = 0) -> None:
        self._requests, self._answers, self._refuses, self._number = requests, answers, refuses, number
        self._wake, self._woken = os.pipe()
        for fd in (self._wake, self._woken):
            os.set_blocking(fd, False)
        self._before = signal.getsignal(signal.SIGCHLD)
        self._children: dict[int, float] = {}  # each with the time at which it is killed (0: not asked for)
        self._marks: dict[int, str] = {}

    def say(self, **answer: Any) -> None:
        """One answer."""
        os.write(self._answers, json.dumps(answer).encode() + b"\n")

    def serve(self) -> dict[str, Any]:
        """Answer until the requests end; returns in each child that this makes, with what it is to do."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._woken, warn_on_full_buffer=False)
        rest = b""
        while True:
            soon = any(self._children.values())
            readable = select.select([self._requests, self._wake], [], [], 0.1 if soon else self.lasts())[0]
            if not readable and not soon:
                self.end()
            if self._wake in readable:
                os.read(self._wake, 4096)
            self._kill(late=True)
            self.reap()
            if self._requests in readable:
                data = os.read(self._requests, 1 << 16)
                if not data:
                    self._kill(late=False)
                    self.end()
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    request: dict[str, Any] = json.loads(line)
                    if self.take(request, line):
                        self._leave()
                        return request

    def take(self, request: dict[str, Any], line: bytes) -> bool:
        """Do one request; True in the child that it made."""
        if "stop" in request:
            if request["pid"] in self._children:
                send(request["pid"], signal.SIGTERM)
                self._children[request["pid"]] = time.monotonic() + request["stop"]
            return False
        why = self._refuses(request)
        if why:
            self.say(id=request["id"], refused=why)
            return False
        pid = os.fork()
        if pid:
            self._children[pid] = 0.0
            self._marks[pid] = request["env"].get(_MARK, "")
            self.say(id=request["id"], started=pid, of=self._number)
        return pid == 0

    def reap(self) -> None:
        """Tell of the runs that have ended."""
        for child in list(self._children):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                with contextlib.suppress(OSError):
                    os.killpg(pid, signal.SIGKILL)
                del self._children[pid]
                code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
                self.say(exit=code, pid=pid)
                end_left(self._marks.pop(pid), "" if self._children else _ours)

    def has(self, pid: int) -> bool:
        """Whether it is a run of ours that is under way."""
        return pid in self._children

    @property
    def runs(self) -> bool:
        """Whether a run is under way."""
        return bool(self._children)

    def lasts(self) -> float | None:
        """Seconds for which it is of use while nobody asks; None: always."""
        return None

    def end(self) -> None:
        """Nobody asks any more, or it is of no more use."""
        raise SystemExit(0)

    def _leave(self) -> None:
        """In a child: nothing of the server is left."""
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, self._before)
        for fd in (self._wake, self._woken):
            os.close(fd)

    def _kill(self, late: bool) -> None:
        """Those whose time has come, or all."""
        now = time.monotonic()
        for child, at in self._children.items():
            if not late or (at and now >= at):
                send(child, signal.SIGKILL)
