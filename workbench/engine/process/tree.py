"""The tree of living processes, as Linux shows it in ``/proc``; elsewhere it is empty."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator


def descendants(root: int) -> dict[int, int]:
    """The processes below ``root``, itself left out, each with its process group."""
    children: dict[int, list[int]] = {}
    groups: dict[int, int] = {}
    for pid, parent, group in _living():
        children.setdefault(parent, []).append(pid)
        groups[pid] = group
    found: dict[int, int] = {}
    waiting = [root]
    while waiting:
        fresh = [pid for pid in children.get(waiting.pop(), ()) if pid not in found]
        found.update({pid: groups[pid] for pid in fresh})
        waiting.extend(fresh)
    return found


def marked(mark: bytes, pids: Iterable[int]) -> Iterator[int]:
    """Those of ``pids`` that were started with the environment entry ``mark`` (``NAME=value``)."""
    for pid in pids:
        try:
            environment = _status(f"/proc/{pid}/environ", 1 << 20)
        except OSError:
            continue
        if mark in environment.split(b"\0"):
            yield pid


def _living() -> Iterator[tuple[int, int, int]]:
    try:
        entries = os.scandir("/proc")
    except OSError:
        return
    with entries:
        for entry in entries:
            if entry.name.isdigit() and (status := _status(f"{entry.path}/stat")):
                state, parent, group = status.rpartition(b")")[2].split()[:3]
                if state != b"Z":
                    yield int(entry.name), int(parent), int(group)


def _status(path: str, size: int = 4096) -> bytes:
    """The file's text; nothing when the process has ended meanwhile."""
    try:
        file = os.open(path, os.O_RDONLY)
    except OSError:
        return b""
    try:
        return os.read(file, size)
    except ProcessLookupError:
        return b""
    finally:
        os.close(file)
