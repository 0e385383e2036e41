"""What the tests have done on a cluster: apart from them, since a worker's limit covers what it imports for a call."""

from __future__ import annotations

import os
import time
from pathlib import Path


def square(number: int) -> list[int]:
    return [number * number]


def where(number: int, mark: str = "") -> list[int]:
    """The process that it ran for; the first that comes with a ``mark`` waits to be killed."""
    path = Path(mark)
    if mark and not path.exists():
        path.write_text(str(os.getppid()))
        time.sleep(60)
    return [os.getppid()]


def stuck() -> list[int]:
    time.sleep(60)
    return []
