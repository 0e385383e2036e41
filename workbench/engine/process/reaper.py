"""The reaper program: starts commands, each in a session of its own, and leaves none of them behind.

Run as ``python -P -m workbench.engine.process.reaper SOCKET_FD``. A request is its length (4 bytes) and JSON, with the
descriptors for standard input, output, error and perhaps events; an answer is a line of JSON. When the socket ends,
however its other side ended, everything that was started gets TERM, and KILL two seconds later. What left its group is
caught too where the system lets orphans be adopted.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from workbench.engine.process.kernel import adopt_orphans
from workbench.engine.process.tree import descendants, marked

GRACE = 2.0
"""Seconds between TERM and KILL."""

EVENTS_FD = 197
"""The number that the events descriptor has in a command; high, so that no shell script redirects it by chance."""

RUN = "WORKBENCH_EVENTS"
"""The variable that marks a test run: what bears its value belongs to that run, in whatever session."""


class Doomed(NamedTuple):
    """What gets KILL at ``deadline`` (monotonic seconds): a process group, and processes that had left it."""

    deadline: float
    group: int
    others: frozenset[int]


class Reaper:
    """Serves one workbench over ``channel``."""

    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._started: dict[int, int] = {}
        self._runs: dict[int, bytes] = {}
        self._doomed: list[Doomed] = []
        self._over = False
        self._folder = ""
        self._wake = _wake_on_signals(self._finish)

    def serve(self) -> None:
        """Until the other side is gone, or we are told to end; then end everything."""
        try:
            while not self._over:
                if self._wait(self._next_deadline(), self._channel) and not self._take():
                    break
                self._collect()
                self._execute()
        finally:
            self._end_all()
            if self._folder:
                import shutil

                shutil.rmtree(self._folder, ignore_errors=True)

    def _finish(self) -> None:
        self._over = True

    def _wait(self, timeout: float | None, *channels: socket.socket) -> bool:
        """Wait for a signal or a request; whether there is a request."""
        ready, _, _ = select.select([self._wake, *(channel.fileno() for channel in channels)], [], [], timeout)
        if self._wake in ready:
            os.read(self._wake, 4096)
        return any(fd != self._wake for fd in ready)

    def _next_deadline(self) -> float | None:
        nearest = min((doomed.deadline for doomed in self._doomed), default=None)
        return None if nearest is None else max(0.0, nearest - time.monotonic())

    def _take(self) -> bool:
        """Do one request; False when the other side is gone."""
        fds: list[int] = []
        try:
            head, fds, _, _ = socket.recv_fds(self._channel, 4, 4)
            if len(head) < 4:
                return False
            request = json.loads(self._receive(int.from_bytes(head, "big")))
            if request["do"] == "start":
                self._answer({"id": request["id"], **self._start(request, fds)})
            else:
                self._stop(request["id"], request["grace"])
        except (ConnectionError, EOFError):
            return False
        finally:
            for fd in fds:
                os.close(fd)
        return True

    def _receive(self, size: int) -> bytes:
        parts = []
        while size:
            part = self._channel.recv(min(size, 1 << 16))
            if not part:
                raise EOFError
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _start(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        """Start one command; the answer."""
        if len(fds) < request["fds"]:
            return {"failed": "too many open files", "errno": errno.EMFILE, "missing": False}
        events = len(fds) > 3
        if events:
            os.dup2(fds[3], EVENTS_FD)
        try:
            process = subprocess.Popen(
                request["argv"],
                cwd=request["cwd"] or self._neutral(),
                env=request["env"],
                stdin=fds[0],
                stdout=fds[1],
                stderr=fds[2],
                start_new_session=True,
                pass_fds=(EVENTS_FD,) if events else (),
            )
        except (OSError, ValueError) as error:
            missing = isinstance(error, FileNotFoundError) and error.filename == request["argv"][0]
            return {"failed": str(error), "errno": getattr(error, "errno", 0), "missing": missing}
        finally:
            if events:
                os.close(EVENTS_FD)
        # We wait for every child by its number, so Popen must not warn that it did not.
        process.returncode = 0
        self._started[process.pid] = request["id"]
        if run := (request["env"] or {}).get(RUN):
            self._runs[process.pid] = f"{RUN}={run}".encode()
        return {"pid": process.pid}

    def _neutral(self) -> str:
        """A directory of our own for commands that need none; it goes when we go. Raises OSError."""
        if not self._folder:
            import tempfile

            self._folder = tempfile.mkdtemp(prefix="workbench-")
        return self._folder

    def _stop(self, ident: int, grace: float) -> None:
        """TERM to what the command started, KILL to what is left after ``grace`` seconds."""
        group = next((pid for pid, known in self._started.items() if known == ident), 0)
        if not group:
            return
        others = frozenset(pid for pid, its in descendants(group).items() if its != group)
        if grace > 0:
            _signal_group(group, signal.SIGTERM)
            _signal_each(others, signal.SIGTERM)
        self._doomed.append(Doomed(time.monotonic() + grace, group, others))

    def _execute(self) -> None:
        """KILL whose time has come, as far as it still descends from us: a number may have passed to a stranger."""
        now = time.monotonic()
        due = [doomed for doomed in self._doomed if doomed.deadline <= now]
        if not due:
            return
        self._doomed = [doomed for doomed in self._doomed if doomed.deadline > now]
        alive = descendants(os.getpid())
        for doomed in due:
            if doomed.group in self._started:
                _signal_group(doomed.group, signal.SIGKILL)
            targets = (pid for pid, group in alive.items() if group == doomed.group or pid in doomed.others)
            _signal_each(targets, signal.SIGKILL)

    def _collect(self) -> bool:
        """Take leave of what ended and say so; False when no child is left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if not pid:
                return True
            if pid in self._started:
                ident = self._started.pop(pid)
                others = self._left_by(pid)
                _signal_each(others, signal.SIGTERM)
                if _signal_group(pid, signal.SIGTERM) or others:
                    self._doomed.append(Doomed(time.monotonic() + GRACE, pid, others))
                self._answer({"id": ident, "code": os.waitstatus_to_exitcode(status)})

    def _left_by(self, pid: int) -> frozenset[int]:
        """What a test run that has ended left in sessions of their own: they bear its mark."""
        mark = self._runs.pop(pid, None)
        return frozenset(marked(mark, descendants(os.getpid()))) if mark else frozenset()

    def _end_all(self) -> None:
        groups = tuple(self._started)
        for number in (signal.SIGTERM, signal.SIGKILL):
            for group in groups:
                if group in self._started:
                    _signal_group(group, number)
            told: set[int] = set()
            until = time.monotonic() + GRACE
            while self._collect() and time.monotonic() < until:
                fresh = descendants(os.getpid()).keys() - told
                _signal_each(fresh, number)
                told |= fresh
                self._wait(0.02)

    def _answer(self, answer: dict[str, Any]) -> None:
        with contextlib.suppress(OSError):
            self._channel.sendall(json.dumps(answer).encode() + b"\n")


def _wake_on_signals(finish: Callable[[], None]) -> int:
    """A descriptor to wait on: readable after a child ended or TERM came. Keys and hang-ups of the terminal pass by.

    Handlers, unlike ignored signals, are not inherited by commands.
    """
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: finish())
    return wake


def _signal_group(group: int, number: int) -> bool:
    """Whether there was anything left to signal."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _signal_each(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


if __name__ == "__main__":
    adopt_orphans()
    Reaper(socket.socket(fileno=int(sys.argv[1]))).serve()
