"""Code colours computed off the loop: in worker processes where an executor is given, else in a thread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import partial

from workbench.analysis.syntax import Spans, highlight, window

_KEPT = 200
"""Windows of colours that are remembered."""
_LONGEST = 10.0
"""Seconds that a window may take."""

Window = tuple[str, str, int]
"""A path, the text that colours are computed from, and its first lines that are not asked for."""


class Highlighter:
    """Gives the spans of a window of lines; asked again for the same text it answers from memory.

    ``executor`` is the engine's worker pool; a worker that dies or times out leaves the text without colours. What
    nobody waits for any more is computed to its end: to stop it would cost a worker.
    """

    def __init__(self, executor: Executor | None = None) -> None:
        self.executor = executor
        self._known: OrderedDict[Window, asyncio.Task[list[Spans]]] = OrderedDict()

    async def spans(self, path: str, lines: Sequence[str], start: int, end: int) -> list[Spans]:
        """The spans of ``lines[start:end]``, as :func:`workbench.analysis.syntax.highlight` gives them."""
        text, skip = window(path, lines, start, end)
        key = (path, text, skip)
        if key not in self._known:
            self._known[key] = task = asyncio.create_task(self._computed(key))
            task.add_done_callback(partial(self._done, key))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return await asyncio.shield(self._known[key])

    async def _computed(self, key: Window) -> list[Spans]:
        async with asyncio.timeout(_LONGEST):
            return await asyncio.get_running_loop().run_in_executor(self.executor, highlight, *key)

    def _done(self, key: Window, task: asyncio.Task[list[Spans]]) -> None:
        """What failed is not remembered."""
        if (task.cancelled() or task.exception() is not None) and self._known.get(key) is task:
            del self._known[key]
