"""Keeping the garbage collector off the screen's time: a full collection of a running app costs 60 to 90 ms."""

from __future__ import annotations

import gc

THRESHOLDS = (4_000, 15, 100)
"""Allocations before a young collection (2 to 5 ms), and how many of one generation before one of the next."""


def calm() -> None:
    """Call once the app stands: what is there stays for good and is never looked at again, the rest more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
