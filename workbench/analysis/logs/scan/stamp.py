"""Where the time stands in lines of one kind, though numbers before it may be of any length."""

from __future__ import annotations

import re
from typing import NamedTuple

_FRACTION = re.compile(rb"(:\d\d)(?:[.,]\d+|:\d{3,})")
_MARK = re.compile(rb"[^0-9a-fA-F]{0,8}\Z")
"""What stands before a time and never varies in lines of one kind, which differ in digits (of hexadecimal numbers)."""


class Stamp(NamedTuple):
    """The bytes of an example where its time begins, where its seconds end and where it ends, zeros where it has none.

    ``mark`` is what stands before the time, for the ``nth`` time in the line.
    """

    start: int
    seconds: int
    end: int
    mark: bytes
    nth: int

    def within(self, line: bytes) -> tuple[int, int, int]:
        """The same three places in another line of the kind; zeros where they are not found."""
        if line.startswith(self.mark, self.start - len(self.mark)):
            return self.start, self.seconds, self.end
        place = -1
        for _ in range(self.nth):
            place = line.find(self.mark, place + 1)
            if place < 0:
                return 0, 0, 0
        shift = place + len(self.mark) - self.start
        return self.start + shift, self.seconds + shift, self.end + shift


NOWHERE = Stamp(0, 0, 0, b"", 0)


def stamp_of(line: bytes, time: str) -> Stamp:
    """Where ``time`` stands in ``line``."""
    text = time.encode()
    start = line.find(text) if text else -1
    if start < 0:
        return NOWHERE
    fraction = None if text[-1:] in b"mM" else _FRACTION.search(text)  # the half of the day is read with the seconds
    seconds = start + (fraction.end(1) if fraction else len(text))
    found = _MARK.search(line, max(0, start - 8), start)
    mark = found.group() if found else b""
    nth, place = 0, -1
    while mark and place + len(mark) < start:
        place = line.find(mark, place + 1)
        nth += 1
    return Stamp(start, seconds, start + len(text), mark, nth)
