"""What each of several logs tells alone, kept beside their common table: when it was written, its errors' times."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

_DATE = r"[._-]\d{4}[-_.]?\d\d[-_.]?\d\d(?:[-_.T]?\d\d){0,3}"
_ROTATION = re.compile(rf"(?:{_DATE}|\.\d{{1,3}}|[._-](?:old|bak|prev)|\.(?:gz|bz2|zst))+$|{_DATE}(?=\.[a-z]+$)")


@dataclass
class Stream:
    """One log: ``stretches`` are (start, end, records) of it in seconds since 1970, ``words`` its shapes with their
    counts, ``times`` the times of its errors by key, ``statuses`` its HTTP answers by status."""

    stretches: list[tuple[float, float, int]] = field(default_factory=list)
    words: dict[tuple[str, ...], int] = field(default_factory=dict)
    times: dict[Hashable, array[float]] = field(default_factory=dict)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def start(self) -> float:
        """The first time in it."""
        return min(start for start, _, _ in self.stretches)

    @property
    def end(self) -> float:
        """The last time in it."""
        return max(end for _, end, _ in self.stretches)

    def joined(self, other: Stream) -> Stream:
        """Both as one log; neither changes."""
        return Stream(
            [*self.stretches, *other.stretches],
            _sums(self.words, other.words),
            _all(self.times, other.times),
            self.statuses + other.statuses,
        )


def stream_name(path: str) -> str:
    """What the file at ``path`` and those that its log is rotated to have in common."""
    folder, slash, name = path.rpartition("/")
    return folder + slash + (_ROTATION.sub("", _ROTATION.sub("", name)) or name)


def _sums(some: Mapping[tuple[str, ...], int], others: Mapping[tuple[str, ...], int]) -> dict[tuple[str, ...], int]:
    sums = dict(some)
    for words, count in others.items():
        sums[words] = sums.get(words, 0) + count
    return sums


def _all(
    some: Mapping[Hashable, array[float]], others: Mapping[Hashable, array[float]]
) -> dict[Hashable, array[float]]:
    times = dict(some)
    for key, more in others.items():
        times[key] = times[key] + more if key in times else more
    return times
