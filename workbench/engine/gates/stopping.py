"""Stopping one gate while the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from workbench.case.model import GateResult


class Stopping:
    """The gates under way by name, and those that are not to begin."""

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Task[GateResult]] = {}
        self._unwanted: set[str] = set()

    async def run(self, gate: str, running: Coroutine[Any, Any, GateResult]) -> GateResult | None:
        """What the gate says; None when it was stopped. When the caller is cancelled, so is the gate."""
        if gate in self._unwanted:
            running.close()
            return None
        task = self._running[gate] = asyncio.ensure_future(running)
        try:
            await asyncio.wait((task,))
            return None if task.cancelled() else task.result()
        finally:
            del self._running[gate]
            if not task.done():
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    def stop(self, gate: str) -> None:
        """Stop the gate, or let it not begin."""
        self._unwanted.add(gate)
        if task := self._running.get(gate):
            task.cancel()
