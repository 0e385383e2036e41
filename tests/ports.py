"""Ports of the loopback for servers that tests start."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

FIRST, LAST = 15_000, 32_000
"""Below those that Linux hands out by itself: what other tests open meanwhile never takes one."""


def free_port() -> int:
    """A port that nobody has, and that nobody is given who does not ask for it by number."""
    while True:
        port = random.randrange(FIRST, LAST)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
