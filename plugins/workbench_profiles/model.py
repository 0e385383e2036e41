"""A profile as every format is read into: stacks with weights, and who calls whom how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class At(NamedTuple):
    """A frame as the profile wrote it; ``line`` is 0 and ``function`` empty where it does not say."""

    file: str
    line: int
    function: str


Stack = tuple[At, ...]
"""Frames, outermost first."""


@dataclass(frozen=True, slots=True)
class RawProfile:
    """``stacks`` to their weight in ``unit`` (``s``, ``samples``, ``bytes``); ``calls`` pair caller and callee with
    their count, where the format counts calls; ``times`` how often a function was called at all."""

    format: str
    unit: str
    stacks: Mapping[Stack, float]
    calls: Mapping[tuple[At, At], int] = field(default_factory=dict)
    times: Mapping[At, int] = field(default_factory=dict)

    @property
    def total(self) -> float:
        """The sum of all weights."""
        return sum(self.stacks.values())


class ProfileError(ValueError):
    """A file that is no profile that is known; the text says why."""
