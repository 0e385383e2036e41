"""What a digest is made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbench.analysis.logs.calls import Calls
    from workbench.analysis.logs.traces.checkout import Checkout


@dataclass(frozen=True)
class Lens:
    """What is known besides the logs. ``since`` (seconds since 1970) overrides the onset that the logs tell.

    Without a ``checkout`` a frame is the project's own unless it is a library's.
    """

    question: str = ""
    since: float | None = None
    checkout: Checkout | None = None
    calls: Calls | None = None
