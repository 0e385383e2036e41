"""Keeping the garbage collector off the screen's time: a full collection of a running app costs 60 to 90 ms.

CPython's reference counts free nearly everything; the collector only finds circles. Its first generation is looked
through often and in little pieces (1 to 3 ms), everything else only while nobody presses a key.
"""

from __future__ import annotations

import gc

START = 50_000
"""Objects made between two young collections while the program starts: what is made then stays."""
YOUNG = 2_000
"""And from then on: a young collection costs by its number."""
NEVER = 1_000_000
ENOUGH = 100
"""Young collections after which looking through everything is worth its time."""


def at_start() -> None:
    """Call first of all: a start makes no garbage."""
    gc.set_threshold(START, NEVER, NEVER)


def calm() -> None:
    """Call once the app stands: what is there stays for good and is never looked at again.

    Does nothing in a program that did not begin with :func:`at_start`, such as one that runs an app in a test.
    """
    if gc.get_threshold()[1] != NEVER:
        return
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, NEVER, NEVER)


def tidy() -> None:
    """Call while nobody waits: frees the circles, if there can be many."""
    if gc.get_threshold()[1] == NEVER and gc.get_count()[1] >= ENOUGH:
        gc.collect()
