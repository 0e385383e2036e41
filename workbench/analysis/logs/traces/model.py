"""What a traceback says, whatever language wrote it."""

from __future__ import annotations

from dataclasses import dataclass

UNTYPED = "error"
"""The type of a stack without an exception: which error it is, the record's message tells."""


@dataclass(frozen=True, slots=True)
class RawFrame:
    """One frame as the log wrote it; ``text`` is the source line where it is shown, ``line`` 0 where unknown."""

    file: str
    line: int
    function: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """One exception: frames outermost first, the exception it came from, and the children of a group.

    ``link`` says how ``cause`` led here: ``caused by`` or ``while handling``.
    """

    type: str
    message: str
    frames: tuple[RawFrame, ...] = ()
    cause: Trace | None = None
    link: str = ""
    children: tuple[Trace, ...] = ()
    language: str = "python"

    def chain(self) -> tuple[Trace, ...]:
        """This exception and its causes, the one that was raised last first."""
        found: list[Trace] = []
        at: Trace | None = self
        while at is not None and len(found) < 50:
            found.append(at)
            at = at.cause
        return tuple(found)
