"""One worker process as the pool holds it."""

from __future__ import annotations

import signal
import socket
import subprocess

from workbench.engine.process.spawn import spawn
from workbench.engine.process.wire import BAD, GOOD, REPLY, REQUEST, WorkerDied

NICENESS = 10
"""How far a worker stands back, as nice(1) counts it."""

GRACE = 2.0
"""Seconds a worker may take beyond a call's limit to say where it was stuck, before it is killed."""


STARTUP = 30.0
"""Seconds more that the first call may take: on a busy machine it waits for the interpreter."""

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
        self._startup = STARTUP
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
        """Send a pickled request; whether it went well, and the pickled reply. Raises WorkerDied or Overrun."""
        limit = min(max(limit, SHORTEST), LONGEST)
        try:
            self._socket.settimeout(limit + GRACE + self._startup)
            self._startup = 0.0
            self._socket.sendall(REQUEST.pack(limit, len(request)) + request)
            header = self._receive(REPLY.size)
            kind, length = REPLY.unpack(header) if len(header) == REPLY.size else (None, 0)
            if kind in (GOOD, BAD):
                self._socket.settimeout(limit + GRACE)
                body = self._receive(length)
                if len(body) == length:
                    return kind == GOOD, body
                header = b""
            last_words = (header + self._receive(1 << 16)).decode("utf-8", "replace")
        except TimeoutError:
            raise Overrun("") from None
        except OSError:
            last_words = ""
        if last_words.startswith("Timeout"):
            raise Overrun(last_words)
        raise WorkerDied(f"{self._ending()}\n{last_words}".strip())

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
