"""Looking at real processes, for the tests of those that start them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

ENDLESS = ("(a+)+$", "a" * 40 + "b")
"""A pattern and a text that keep the regular expression engine, and its interpreter's lock, for ages."""


def eventually(condition: Callable[[], object], seconds: float = 60.0) -> bool:
    """Whether ``condition()`` comes true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def gone(pid: int) -> bool:
    """Whether the process has ended, waited for or not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True
