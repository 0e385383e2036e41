"""Why something got its score."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signal:
    """One reason for a score.

    ``name`` is the signal's, ``weight`` what it added to the score, ``detail`` one line that a person reads,
    ``evidence`` the ids of findings, errors, changes or test runs behind it.
    """

    name: str
    weight: float
    detail: str
    evidence: tuple[str, ...] = ()
