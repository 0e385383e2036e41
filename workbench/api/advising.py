"""Asking somebody else what the cause may be: an agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from workbench.api.host import FixHost
from workbench.case.enums import CauseClass
from workbench.case.errors import ToldError


@dataclass(frozen=True, slots=True)
class Claim:
    """What somebody says the cause is, and the places they cite for it: (path, line, the line's text).

    It is worth nothing by itself: the engine looks at each place.
    """

    statement: str
    cause_class: CauseClass = CauseClass.CODE
    places: tuple[tuple[str, int, str], ...] = ()


class AdviceError(ToldError):
    """Who was asked gave nothing that can be used; the message says why."""


class Adviser(Protocol):
    """Answers a question about the repository in ``worktree``, a copy that nobody keeps."""

    async def claims(self, question: str, context: str, worktree: str, host: FixHost) -> Sequence[Claim]:
        """What it thinks the causes are, the likeliest first. Raises AdviceError."""
        ...
