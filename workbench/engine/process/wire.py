"""The language between the pool and its workers: two frame headers, and errors that cross from one to the other.

A request is REQUEST and a pickled ``(function, args, kwargs)``; a reply is REPLY and a pickled value. Bytes that begin
with neither GOOD nor BAD are the text of ``faulthandler``: the worker's last words, up to the end of the stream.
"""

from __future__ import annotations

import struct

from workbench.case.errors import ToldError

REQUEST = struct.Struct("!dQ")
"""The time limit at the latest, in seconds, and the length of the body in bytes."""

REPLY = struct.Struct("!BQ")
"""GOOD or BAD, length of the body in bytes."""

READY = b"\2"
"""What a worker sends once, when it begins to serve."""

STRETCH = 10.0
"""Times its limit that a call may take in all, where others hold the processors."""

GOOD = 0
BAD = 1


class RemoteTraceback(Exception):  # noqa: N818 - the cause that carries a traceback as text, as in concurrent.futures
    """The traceback of an exception in a worker, as text; the cause of the exception that is raised here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return f'\n"""\n{self.text}"""'


class RemoteError(Exception):
    """An exception in a worker that cannot be raised here as itself; the text names its type."""


class WorkerDied(ToldError):  # noqa: N818 - the name in the engine's contract
    """The worker process ended before it answered: killed, crashed, or left by ``os._exit``."""


class LimitReached(TimeoutError):  # noqa: N818 - a TimeoutError by what it is
    """The worker was stopped because its call took too long; the cause, when there is one, says where it was stuck."""
