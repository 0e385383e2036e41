"""Keeping the index up to date and the ranking in step with the evidence, both in workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from workbench.analysis.ranking import Ranking
from workbench.engine.services import Services


class Index:
    """The repository's index and the ranking that rests on it. ``ranked`` is called with every new ranking."""

    def __init__(self, services: Services, ranked: Callable[[Ranking], None]) -> None:
        self._services = services
        self._ranked = ranked
        self._wanted = False
        self._ready = asyncio.Event()
