"""The release that records of a log name in a field of their own, and process ids that were not there before."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

FIELD = re.compile(
    rb'"(?:release|app_version|service\.version|revision|git_sha|git_commit|commit_sha|build)"\s*:\s*"([^"\n]{1,80})"'
    rb"|(?<![\w.])(?:release|app_version|git_sha|revision)=\"?([\w./:@+-]{1,80})"
)
"""A release as a field of a record, JSON or ``name=value``."""
PID = re.compile(rb"(?:\bpid\"?[=:] ?|^[^\n\[]{0,80}[A-Za-z0-9_./-]\[)(\d{2,7})(?=[\],; \"}]|$)", re.M)
"""A process id in a field, or as syslog and gunicorn write it."""
MAY_FIELD = re.compile(
    rb'"(?:release|app_version|service\.version|revision|git_sha|git_commit|commit_sha|build)"'
    rb"|(?:release|app_version|git_sha|revision)="
)
MAY_PID = re.compile(rb"\bpid\"?[=:]|^[^\[]{0,80}[A-Za-z_./-]\[")
"""What FIELD and PID are found by in a line without its digits."""
MOST = 64
"""Different releases or process ids of one log; where there are more, they are no such thing."""


@dataclass
class Span:
    """When something was seen: seconds since 1970, first and last."""

    first: float
    last: float

    def see(self, at: float) -> None:
        """Widen it to hold ``at``."""
        self.first, self.last = min(self.first, at), max(self.last, at)


Spans = dict[str, Span]


def see(spans: Spans, name: str, at: float | None) -> None:
    """Note that ``name`` was seen at ``at``; None where the time is not known."""
    if at is None or len(spans) > MOST:
        return
    if name in spans:
        spans[name].see(at)
    else:
        spans[name] = Span(at, at)


def join(spans: Spans, more: Spans) -> None:
    """Take in what another part saw."""
    for name, span in more.items():
        see(spans, name, span.first)
        see(spans, name, span.last)


def last_of_each(
    chunk: bytes, shape: re.Pattern[bytes], lines: Iterable[tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Where each value of ``shape`` stands first and last in ``lines`` of ``chunk``: positions of the matches."""
    found: dict[bytes, tuple[int, int]] = {}
    for match in chain.from_iterable(shape.finditer(chunk, *place) for place in lines):
        value = match.group(match.lastindex or 0)
        known = found.get(value)
        if known is None and len(found) > MOST:
            break
        found[value] = (known[0] if known else match.start(), match.start())
    return {value.decode("utf-8", "replace"): places for value, places in found.items()}
