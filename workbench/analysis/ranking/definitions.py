"""From a name in full to where it is defined: through packages that hand names on, and base classes."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.analysis.index.segment import EXACT
from workbench.analysis.index.view import View
from workbench.analysis.ranking.modules import absolute, module_names

MOST_HOPS = 6
"""Imports and base classes that are followed, so that a circle of them ends."""


class Definitions:
    """Where the names of a view's Python files are defined."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._modules = module_names({file: view.paths[file] for file in view.first_of})

    def chunk(self, dotted: str) -> int | None:
        """The chunk of the function, method or class that ``dotted`` (``package.Class.method``) means, of a name that
        is none of these (an attribute) the class that it belongs to; None for a module, and for what is not here."""
        return self._named(dotted, MOST_HOPS)

    def _named(self, dotted: str, hops: int) -> int | None:
        steps = dotted.split(".")
        for end in range(len(steps) - 1, 0, -1) if hops else ():
            file = self._modules.get(".".join(steps[:end]))
            if file is not None:
                return self._within(file, steps[end:], hops)
        return None

    def _within(self, file: int, names: Sequence[str], hops: int) -> int | None:
        """What ``names`` mean in a file: defined there, or imported."""
        chunk = self._defined(file, names[0])
        if chunk is not None:
            return self._member(file, chunk, names[1:], hops)
        record = self._view.record(file)
        stars = []
        for name in record.outline.imports if record else ():
            module, _, taken = name.partition(":")
            origin = absolute(self._view.paths[file], module)
            if taken == names[0]:
                return self._named(".".join([origin, *names]), hops - 1)
            if taken == "*":
                stars.append(origin)
        found = (self._named(".".join([origin, *names]), hops - 1) for origin in stars)
        return next((chunk for chunk in found if chunk is not None), None)

    def _member(self, file: int, chunk: int, names: Sequence[str], hops: int) -> int:
        """The method of a class that the first of ``names`` means, its own or a base's; else the class itself."""
        symbol = self._view.symbol(chunk)
        if symbol is None or symbol.kind != "class" or not names:
            return chunk
        own = self._defined(file, f"{symbol.qualname}.{names[0]}")
        if own is not None:
            return own
        for base in symbol.bases if hops else ():
            found = self._within(file, [*base.partition("[")[0].split("."), names[0]], hops - 1)
            method = self._view.symbol(found) if found is not None else None
            if found is not None and method is not None and method.name == names[0]:
                return found
        return chunk

    def _defined(self, file: int, qualname: str) -> int | None:
        for chunk in self._view.postings(EXACT + qualname.rpartition(".")[2].lower())[0]:
            symbol = self._view.symbol(chunk) if self._view.file_of[chunk] == file else None
            if symbol is not None and symbol.qualname == qualname:
                return int(chunk)
        return None
