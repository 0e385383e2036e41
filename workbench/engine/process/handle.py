"""One worker process as the pool holds it."""

from __future__ import annotations

import os
import select
import signal
import socket
import subprocess
from time import monotonic

from workbench.engine.process.kernel import in_line
from workbench.engine.process.spawn import spawn
from workbench.engine.process.wire import BAD, GOOD, READY, REPLY, REQUEST, STRETCH, WorkerDied

NICENESS = 10
"""How far a worker stands back, as nice(1) counts it."""

GRACE = 2.0
"""Seconds a worker may take beyond a call's limit to say where it was stuck, before it is killed."""


STARTUP = 120.0
"""Seconds a worker may take to begin: on a busy machine it waits for the interpreter."""

SHORTEST, LONGEST = 0.001, 1e6
"""Limits that the timers take, in seconds."""


class Overrun(Exception):  # noqa: N818 - internal: becomes a TimeoutError with the job's name
    """The call's limit passed; ``stack`` says where it was, when the worker could still tell."""

    def __init__(self, stack: str) -> None:
        super().__init__(stack)
        self.stack = stack


class Worker:
    """A worker process and our end of its socket. ``memory`` is its limit in bytes, 0 for none; a ``prompt`` one does
    not let everybody else go first.

    Only the thread that made it calls it, but for :meth:`kill`; the process does not outlive that thread.
    """

    def __init__(self, memory: int, prompt: bool = False) -> None:
        self._socket, theirs = socket.socketpair()
        self._ready = False
        with theirs:
            try:
                self._process = spawn(
                    "workbench.engine.process.worker", theirs, str(memory), "0" if prompt else str(NICENESS)
                )
            except OSError:
                self._socket.close()
                raise

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def call(self, request: bytes, limit: float) -> tuple[bool, bytes]:
        """Send a pickled request; whether it went well, and the pickled reply. Raises WorkerDied or Overrun.

        ``limit`` is in seconds, and what it stood in line for a processor does not count, up to STRETCH limits in all.
        """
        limit = min(max(limit, SHORTEST), LONGEST)
        in_time = True
        try:
            self._begun()
            self._socket.settimeout(limit + GRACE)
            self._socket.sendall(REQUEST.pack(limit * STRETCH, len(request)) + request)
            if not (in_time := self._answers_within(limit)):
                os.kill(self.pid, signal.SIGUSR1)
                self._socket.settimeout(GRACE)
            header = self._receive(REPLY.size)
            kind, length = REPLY.unpack(header) if len(header) == REPLY.size else (None, 0)
            if in_time and kind in (GOOD, BAD):
                body = self._receive(length)
                if len(body) == length:
                    return kind == GOOD, body
                header = b""
            last_words = (header + self._receive(1 << 16)).decode("utf-8", "replace")
        except TimeoutError:
            raise Overrun("") from None
        except OSError:
            last_words = ""
        if not in_time or last_words.startswith("Timeout"):
            raise Overrun(last_words)
        raise WorkerDied(f"{self._ending()}\n{last_words}".strip())

    def _begun(self) -> None:
        """Wait until the worker serves. Raises TimeoutError or OSError."""
        if not self._ready:
            self._socket.settimeout(STARTUP)
            self._ready = self._receive(len(READY)) == READY

    def _answers_within(self, limit: float) -> bool:
        """Whether something of an answer, or the end, comes before ``limit`` seconds that the worker could use."""
        began, stood = monotonic(), in_line(self.pid)
        answer = select.poll()
        answer.register(self._socket, select.POLLIN)
        left = limit
        while left > 0:
            if answer.poll(left * 1000):
                return True
            used = monotonic() - began
            left = min(limit * STRETCH, limit + in_line(self.pid) - stood) - used
        return False

    def kill(self) -> None:
        """End it at once; safe from any thread, and more than once."""
        self._process.kill()

    def close(self) -> None:
        """Let it go: an idle worker ends by its closed socket, a busy one is killed."""
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def _receive(self, length: int) -> bytes:
        """``length`` bytes, fewer at the end of the stream."""
        parts = []
        while length:
            part = self._socket.recv(min(length, 1 << 20))
            if not part:
                break
            parts.append(part)
            length -= len(part)
        return b"".join(parts)

    def _ending(self) -> str:
        try:
            code = self._process.wait(timeout=GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return "the worker closed its socket"
        if code < 0:
            return f"the worker was ended by {signal.Signals(-code).name}"
        return f"the worker ended with exit code {code}"
