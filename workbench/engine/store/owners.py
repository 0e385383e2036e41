"""Which process a run belongs to, and whether it still lives."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def owner() -> str:
    """``host:pid:start`` of this process; the start time tells a reused pid from the one that was meant."""
    return f"{platform.node()}:{os.getpid()}:{_started(os.getpid())}"


def is_alive(text: str) -> bool:
    """Whether the process that :func:`owner` named lives. One on another host is taken to live."""
    host, _, rest = text.rpartition(":")[0].rpartition(":")
    host, pid, start = (host, rest, text.rpartition(":")[2])
    if host != platform.node():
        return bool(host)
    return pid.isdigit() and _started(int(pid)) == start


def _started(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""
