"""Finding the frames of a traceback in a checkout, wherever the deployment had its files."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from workbench.analysis.logs.traces.identity import is_library
from workbench.analysis.logs.traces.model import RawFrame
from workbench.case.logs import Frame

_INSTALLED = re.compile(r".*(?:site-packages|dist-packages|node_modules|\.zip|\.egg|\.pyz|\.whl)/")
_UNNAMED = frozenset({"<module>", "<lambda>", "<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>", "<anonymous>", "?"})

Source = Callable[[str], Sequence[str]]
"""Gives the lines of a file of the checkout by its repository-relative path; nothing for one that cannot be read."""


class Checkout:
    """The files of a checkout, to map frames to. Without ``source`` names and lines are not checked."""

    def __init__(self, paths: Iterable[str], source: Source | None = None) -> None:
        self._by_name: defaultdict[str, list[str]] = defaultdict(list)
        for path in paths:
            self._by_name[path.rsplit("/", 1)[-1]].append(path)
        self._source = source
        self._find = lru_cache(maxsize=20_000)(self._found)

    def frame(self, raw: RawFrame) -> Frame:
        """``raw`` as a frame of the checkout, or as the log wrote it where it is in none of its files."""
        path, line = self._find(raw)
        if not path:
            return Frame(raw.file, raw.line, raw.function, False, raw.text)
        return Frame(path, line, raw.function, True, raw.text)

    def place(self, raw: RawFrame) -> tuple[str, str] | None:
        """File and function of a frame in the checkout, None for others."""
        path, _ = self._find(raw)
        return (path, raw.function) if path else None

    def _found(self, raw: RawFrame) -> tuple[str, int]:
        file = raw.file.replace("\\", "/")
        installed = _INSTALLED.match(file)
        candidates = self._by_name.get(file.rsplit("/", 1)[-1], [])
        wanted = file[installed.end() :] if installed else file
        if not candidates or (installed is None and is_library(raw)):
            return "", 0
        if installed:
            candidates = [path for path in candidates if path == wanted or path.endswith("/" + wanted)]
        ranked = sorted(candidates, key=lambda path: (-_common(path, wanted), path.count("/"), path))
        for path in ranked[:8]:
            line = self._checked(path, raw, _common(path, wanted))
            if line is not None and (line or _common(path, wanted) > 1 or len(ranked) == 1):
                return path, line or raw.line
        return "", 0

    def _checked(self, path: str, raw: RawFrame, common: int) -> int | None:
        """The line of the frame in ``path``; 0 where nothing could be checked, None where the file says otherwise."""
        lines = self._source(path) if self._source else ()
        if not lines:
            return 0
        if raw.text:
            at = _nearest(lines, raw.text, raw.line)
            if at:
                return at
        name = re.split(r"[.:]+", raw.function.rstrip(")("))[-1]
        if raw.function in _UNNAMED or not name.isidentifier():
            return raw.line if raw.line <= len(lines) and (common > 1 or not raw.text) else None
        known = re.compile(rf"\b{re.escape(name)}\b")
        return raw.line if any(known.search(line) for line in lines) and raw.line <= len(lines) else None


def _common(path: str, file: str) -> int:
    """How many parts at the end two paths share."""
    count = 0
    for ours, theirs in zip(reversed(path.split("/")), reversed(file.split("/")), strict=False):
        if ours != theirs:
            break
        count += 1
    return count


def _nearest(lines: Sequence[str], text: str, line: int) -> int:
    """The line number, nearest to ``line``, at which ``text`` stands; 0 for none."""
    wanted = text.strip()
    places = [at for at, each in enumerate(lines, 1) if each.strip() == wanted]
    return min(places, key=lambda at: abs(at - line), default=0)
