"""Hearing from the kernel of writes to a file by other programs of this host: a wake-up, with the poll as the net.

Linux's inotify through the C library (man 7 inotify): a thread sleeps in the kernel until something was written, where
a library for it would look every few milliseconds. Elsewhere nobody is woken, and the poll finds it.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

LATER = (2, 20)
"""Milliseconds after a write, each after the one before, of two more wake-ups: what was written can be read only when
its writer has said so in memory that is shared, and of that the kernel does not tell."""
_MODIFIED = 0x2
_HEAD = struct.Struct("iIII")


def on_write(folder: Path, begins: str, wake: Callable[[], None]) -> Callable[[], None]:
    """Call ``wake``, on a thread of its own, after a file of ``folder`` whose name begins so was written; gives the way
    to stop. Does nothing where the system cannot tell."""
    inotify = _watched(folder)
    if inotify < 0:
        return lambda: None
    ended, end = os.pipe()

    waiting = select.poll()
    waiting.register(inotify, select.POLLIN)
    waiting.register(ended, select.POLLIN | select.POLLHUP)

    def hear() -> None:
        try:
            later: list[int] = []
            while ended not in (ready := [descriptor for descriptor, _ in waiting.poll(later[0] if later else None)]):
                if not ready:
                    later.pop(0)
                    wake()
                elif any(name.startswith(begins) for name in _names(os.read(inotify, 1 << 16))):
                    later = list(LATER)
                    wake()
        finally:
            os.close(inotify)
            os.close(ended)

    threading.Thread(target=hear, name="workbench-waking", daemon=True).start()
    lock = threading.Lock()
    ends = [end]

    def stop() -> None:
        with lock:
            while ends:
                os.close(ends.pop())

    return stop


def _watched(folder: Path) -> int:
    """A descriptor that tells of writes in ``folder``; -1 where there is none to be had."""
    try:
        library = ctypes.CDLL(None, use_errno=True)
        descriptor = int(library.inotify_init1(os.O_CLOEXEC))
    except (OSError, AttributeError):
        return -1
    if descriptor >= 0 and library.inotify_add_watch(descriptor, os.fsencode(folder), _MODIFIED) < 0:
        os.close(descriptor)
        return -1
    return descriptor


def _names(data: bytes) -> Iterator[str]:
    """The names of the files in what was read."""
    at = 0
    while at + _HEAD.size <= len(data):
        length = _HEAD.unpack_from(data, at)[3]
        at += _HEAD.size + length
        yield os.fsdecode(data[at - length : at].rstrip(b"\0"))
