"""The worker program: answers requests of :mod:`workbench.engine.process.pool` on one socket until it closes.

Run as ``python -P -m workbench.engine.process.worker SOCKET_FD MEMORY_LIMIT NICENESS`` (bytes, 0 for none). It never
outlives its parent: idle, the closing socket ends it; busy or stuck, the kernel (where it can) or the request's time
limit. Whoever counts the limit asks by SIGUSR1 where it is stuck, and that ends it.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any

from workbench.engine.process.kernel import die_with_parent, yield_to_others
from workbench.engine.process.wire import BAD, GOOD, READY, REPLY, REQUEST, RemoteError


def main(socket_fd: int, memory: int, niceness: int) -> None:
    """Set the limits and serve."""
    die_with_parent()
    with contextlib.suppress(OSError):
        os.nice(niceness)
    if memory:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    faulthandler.enable(file=socket_fd)
    faulthandler.register(signal.SIGUSR1, file=socket_fd, chain=True)
    behind = not niceness
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _write(socket_fd, READY)
        while (header := _read(socket_fd, REQUEST.size)) is not None:
            limit, length = REQUEST.unpack(header)
            faulthandler.dump_traceback_later(limit, exit=True, file=socket_fd)
            behind = behind or yield_to_others(niceness)
            body = _read(socket_fd, length)
            if body is None:
                return
            kind, reply = answer(body)
            faulthandler.cancel_dump_traceback_later()
            _write(socket_fd, REPLY.pack(kind, len(reply)) + reply)


def answer(body: bytes) -> tuple[int, bytes]:
    """Do what a request asks: its kind of reply and the pickled value, or exception with its traceback's text."""
    try:
        call: tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]] = pickle.loads(body)
        function, args, kwargs = call
        return GOOD, pickle.dumps(function(*args, **kwargs), pickle.HIGHEST_PROTOCOL)
    except BaseException as failure:  # noqa: BLE001 - whatever a plugin's function does goes back to who asked
        import traceback

        text = "".join(traceback.format_exception(failure))
        return BAD, pickle.dumps((_portable(failure), text), pickle.HIGHEST_PROTOCOL)


def _portable(failure: BaseException) -> Exception:
    """``failure``, or a RemoteError in its place when it would not survive the way or mean something else there."""
    import traceback
    from concurrent.futures import CancelledError

    if isinstance(failure, Exception) and not isinstance(failure, CancelledError | StopIteration | StopAsyncIteration):
        try:
            copy = pickle.loads(pickle.dumps(failure))
        except Exception:  # noqa: BLE001 - a plugin's exception class may fail in any way
            copy = None
        if type(copy) is type(failure):
            return failure
    return RemoteError("".join(traceback.format_exception_only(failure)).strip())


def _read(fd: int, length: int) -> bytes | None:
    """Exactly ``length`` bytes, or None at the end of the stream."""
    parts = []
    while length:
        part = os.read(fd, min(length, 1 << 20))
        if not part:
            return None
        parts.append(part)
        length -= len(part)
    return b"".join(parts)


def _write(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
