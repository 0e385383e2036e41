"""Finding the files that a path in a report or a traceback means."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

_INSTALLED = re.compile(r"(site|dist)-packages/|/lib(64)?/python\d|^<|node_modules/|(^|/)_?vendor(ed)?/")
_BUNDLED = re.compile(r"^(?P<package>(?:.*?/)?[^/]+/)packages/[^/]+/")


def is_bundled(path: str, paths: Container[str]) -> bool:
    """Whether ``path``, one of ``paths``, looks like a library that a Python package carries along in ``packages``."""
    found = _BUNDLED.match(path)
    return found is not None and f"{found['package']}__init__.py" in paths


class PathIndex:
    """Files by their names. ``paths`` are (file number, repository-relative path)."""

    def __init__(self, paths: Iterable[tuple[int, str]]) -> None:
        self._by_name: dict[str, list[tuple[str, int]]] = {}
        for file, path in paths:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(("/" + path, file))

    def ending(self, path: str) -> list[int]:
        """Files whose path ends with ``path`` or with its longest tail that any file has.

        A tail of one step counts for a path of one step only.
        """
        steps = path.replace("\\", "/").strip("/").split("/")
        known = self._by_name.get(steps[-1], [])
        for start in range(len(steps) - 1 if len(steps) > 1 else 1):
            tail = "/" + "/".join(steps[start:])
            found = [file for full, file in known if full.endswith(tail)]
            if found:
                return found
        return []

    def framed(self, path: str) -> int | None:
        """The one file that a frame's ``path`` means, on whatever machine it ran; None when none or several may be."""
        found = self.ending(path)
        if not found and not _INSTALLED.search(path):
            found = [file for _, file in self._by_name.get(path.replace("\\", "/").rpartition("/")[2], [])]
        return found[0] if len(found) == 1 else None
