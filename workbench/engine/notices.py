"""What came up while a case is open and a person must know: what happened, what was kept, what to do."""

from __future__ import annotations

from typing import NamedTuple


class Notice(NamedTuple):
    """Three parts, each a line of text."""

    what: str
    kept: str
    todo: str
