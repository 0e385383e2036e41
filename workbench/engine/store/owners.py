"""Which process a run belongs to, and whether it still lives."""

from __future__ import annotations

import os
import platform
from functools import cache
from pathlib import Path

_PROC = Path("/proc/self/stat")


@cache
def _own(pid: int) -> str:
    return f"{platform.node()}:{pid}:{_started(pid)}"


def owner() -> str:
    """``host:pid:start`` of this process; the start time tells a reused pid from the one that was meant."""
    return _own(os.getpid())


def is_alive(text: str) -> bool:
    """Whether the process that :func:`owner` named lives. One on another host is taken to live, no owner to be gone."""
    rest, _, start = text.rpartition(":")
    host, _, pid = rest.rpartition(":")
    if host != platform.node():
        return bool(host)
    if not pid.isdigit():
        return False
    if _PROC.exists():
        return bool(start) and _started(int(pid)) == start
    return _signalled(int(pid))


def _started(pid: int) -> str:
    """Clock ticks from boot to its start, where the kernel tells; empty for a process that is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return ""
    return "" if fields[0] in "ZX" else fields[19]


def _signalled(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
