"""Hooks in new threads: what must happen in each before its first line.

Runs inside the user's interpreter: standard library only. ``threading.settrace`` and ``setprofile`` will not do: before
Python 3.12 ``sys.settrace`` fails in one thread while another one installs its function, and a thread in which it fails
never runs; who waits for it waits for ever.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from typing import Any

TRIES = 1000
"""Times that a hook is tried before the thread goes on without."""


def in_new_threads(install: Callable[[], None]) -> Callable[[], None]:
    """Call ``install`` first in every thread that is started from now on, until what this gives is called."""
    start: Any = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def hooked(thread: threading.Thread) -> None:
        patiently(install)
        start(thread)

    def end() -> None:
        threading.Thread._bootstrap_inner = start  # type: ignore[attr-defined]

    threading.Thread._bootstrap_inner = hooked  # type: ignore[attr-defined]
    return end


def patiently(install: Callable[[], None]) -> None:
    """Call ``install``, again while another thread installs its own."""
    for _ in range(TRIES):
        try:
            install()
        except RuntimeError:
            time.sleep(0)
        else:
            return


def under_way() -> dict[int, Any]:
    """The functions on the stacks of the other threads."""
    found: dict[int, Any] = {}
    for thread, top in sys._current_frames().items():
        if thread != threading.get_ident():
            found.update(stack(top))
    return found


def stack(frame: Any) -> dict[int, Any]:
    """The functions from a frame (or none) outwards."""
    found: dict[int, Any] = {}
    while frame is not None:
        found[id(frame.f_code)] = frame.f_code
        frame = frame.f_back
    return found
