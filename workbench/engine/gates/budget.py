"""Which gates run first, and which at all, when there is only so much time. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from workbench.case.enums import GateStatus
from workbench.case.errors import ToldError
from workbench.case.model import GateResult

UNKNOWN = 30.0
"""Seconds that a gate is thought to take when it has never run."""

_WEIGHT = {GateStatus.FAIL: 0.9, GateStatus.ERROR: 0.6, GateStatus.INCONCLUSIVE: 0.6, GateStatus.NOT_RUN: 0.5}
"""How likely a gate is to overturn a verdict of ready, by what it said last."""

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}


class NoTimeError(ToldError, ValueError):
    """The text names no span of time."""


def seconds_of(text: str) -> float:
    """``10m``, ``90s``, ``1h`` or ``1h30m`` in seconds. Raises NoTimeError."""
    if not re.fullmatch(r"(\d+(?:\.\d+)?[smh]?)+", text):
        raise NoTimeError(f"{text!r} is no span of time: 90s, 10m and 1h30m are")
    total = sum(float(number) * _UNITS[unit] for number, unit in re.findall(r"(\d+(?:\.\d+)?)([smh]?)", text))
    if not total:
        raise NoTimeError("a budget of nothing runs nothing")
    return total


def by_worth(names: Sequence[str], required: Callable[[str], bool], last: Mapping[str, GateResult]) -> list[str]:
    """``names`` in the order of what they could still overturn per minute: how likely each is to say something else
    than pass, by what it said last, over how long it took then. What the verdict does not rest on comes last."""

    def worth(name: str) -> tuple[bool, float, str]:
        said = last.get(name)
        chance = _WEIGHT.get(said.status, 0.2) if said else _WEIGHT[GateStatus.NOT_RUN]
        return (not required(name), -chance / expected(name, last), name)

    return sorted(names, key=worth)


def expected(name: str, last: Mapping[str, GateResult]) -> float:
    """Seconds that a gate is thought to take: as long as it took last."""
    said = last.get(name)
    return max(said.seconds, 0.1) if said is not None and said.seconds else UNKNOWN


class Budget:
    """So many seconds from now; without a number, there is no end to it."""

    def __init__(self, seconds: float | None = None) -> None:
        self._end = None if seconds is None else monotonic() + seconds

    @property
    def limited(self) -> bool:
        """Whether there is an end to it."""
        return self._end is not None

    def left(self) -> float:
        """Seconds that are left."""
        return float("inf") if self._end is None else max(0.0, self._end - monotonic())
