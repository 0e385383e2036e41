"""Lines that are worth searching are told by one line of each kind."""

from __future__ import annotations

import re

from workbench.analysis.logs.operations.likely import Likely


class _Counted:
    """A pattern that counts how often it is tried."""

    def __init__(self, pattern: bytes) -> None:
        self._pattern = re.compile(pattern)
        self.tried = 0

    def search(self, line: bytes) -> re.Match[bytes] | None:
        self.tried += 1
        return self._pattern.search(line)


def test_lines_that_differ_in_digits_alone_are_searched_once() -> None:
    lines = [b"worker %d started" % n if n % 3 else b"request %d GET /orders/%d served" % (n, n) for n in range(300)]
    chunk = b"\n".join([*lines, b""])
    started, asked = _Counted(rb"started"), _Counted(rb"GET /")
    found = Likely((started, asked)).within(chunk)
    assert [chunk[start:end] for start, end in found.of(0)] == [line for line in lines if b"started" in line]
    assert [chunk[start:end] for start, end in found.of(1)] == [line for line in lines if b"GET /" in line]
    assert started.tried == asked.tried == 3, "one of each of the two kinds, and the empty end"
