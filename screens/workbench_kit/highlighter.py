"""Code colours computed off the loop: in worker processes where an executor is given, else in a thread."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Executor

from workbench.analysis.syntax import Spans, highlight, window

_KEPT = 200
"""Windows of colours that are remembered."""


class Highlighter:
    """Gives the spans of a window of lines; asked again for the same text it answers from memory.

    ``executor`` is the engine's worker pool; a worker that dies or times out leaves the text without colours.
    """

    def __init__(self, executor: Executor | None = None) -> None:
        self.executor = executor
        self._known: OrderedDict[tuple[str, str, int], list[Spans]] = OrderedDict()

    async def spans(self, path: str, lines: Sequence[str], start: int, end: int) -> list[Spans]:
        """The spans of ``lines[start:end]``, as :func:`workbench.analysis.syntax.highlight` gives them."""
        text, skip = window(path, lines, start, end)
        key = (path, text, skip)
        if key not in self._known:
            loop = asyncio.get_running_loop()
            self._known[key] = await loop.run_in_executor(self.executor, highlight, *key)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]
