"""Which files differ from what a template was collected from, and the code that follows from it."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from types import CodeType
from typing import Any

import workbench_pytest_coverage as coverage
from workbench_pytest_swap import Holders, Pair, RefusedError, pairs, swap

_WRITES = os.O_WRONLY | os.O_RDWR
_opened: dict[str, None] = {}
_hears = True


def _heard(event: str, arguments: Any) -> None:
    if _hears and event == "open" and isinstance(arguments[0], str) and not (arguments[2] or 0) & _WRITES:
        _opened[os.path.abspath(arguments[0])] = None


sys.addaudithook(_heard)


class Changes:
    """``entered`` is the code that ran so far, by id; ``began`` when the first of it was read (seconds)."""

    def __init__(self, config: Any, entered: dict[int, Any], began: float) -> None:
        global _hears
        _hears = False
        self._config = config
        self._entered = frozenset(entered)
        self._modules: dict[str, list[CodeType]] = {}
        for code in entered.values():
            path = coverage._path(code.co_filename) if code.co_name == "<module>" else ""
            if path:
                self._modules.setdefault(path, []).append(code)
        files = [coverage._root + path for path in self._modules] + [path for path in _opened if _is_read(path)]
        self._stamps = {path: _stamp(path) for path in files}
        late = [path for path, stamp in self._stamps.items() if stamp[2] > began * 1e9]
        self.late = late[0] if late else ""
        self._holders = Holders((entered, coverage._kept))
        self._known: dict[tuple[str, tuple[int, int, int]], list[Pair]] = {}
        self._found: list[Pair] = []

    def look(self, changed: Iterable[str]) -> None:
        """See what is to be swapped where ``changed`` files (of the project) may be others. Raises RefusedError."""
        others = [_named(path) for path, stamp in self._stamps.items() if _stamp(path) != stamp]
        self._found = [pair for path in sorted({*changed, *others}) for pair in self._pairs(path)]

    def swap(self) -> dict[int, CodeType]:
        """Do it; gives the code by the id of what it was."""
        swap(self._found, self._holders)
        return {id(old): new for old, new, _ in self._found}

    def _pairs(self, path: str) -> list[Pair]:
        key = path, _stamp(coverage._root + path)
        if key not in self._known:
            if path not in self._modules:
                raise RefusedError(path + " is no imported module")
            if len(self._modules[path]) > 1:
                raise RefusedError(path + " was imported twice")
            if any(coverage._path(name) == path and len(lines) > 1 for name, lines in linecache.cache.items()):
                raise RefusedError("the source of " + path + " was looked at while tests were collected")
            old = self._modules[path][0]
            found = list(pairs(old, self._compiled(old), lambda code: id(code) in self._entered, path))
            self._holders.check(old, found)
            self._known[key] = found
        return self._known[key]

    def _compiled(self, old: CodeType) -> CodeType:
        """The file as it is now, compiled as it was. Raises RefusedError."""
        try:
            if "@pytest_ar" in old.co_names:
                from _pytest.assertion.rewrite import _rewrite_test

                return _rewrite_test(Path(old.co_filename), self._config)[1]
            source = Path(old.co_filename).read_bytes()
            found: CodeType = compile(source, old.co_filename, "exec", dont_inherit=True)
        except FileNotFoundError as error:
            raise RefusedError(old.co_filename + " is gone") from error
        except (OSError, SyntaxError, ValueError) as error:
            raise RefusedError(str(error)) from error
        return found


def _is_read(path: str) -> bool:
    """Whether a file that was opened is neither a module nor a part of Python."""
    apart = sys.prefix, sys.base_prefix, "/proc/", "/dev/"
    return not path.endswith((".py", ".pyc")) and not path.startswith(apart) and not os.path.isdir(path)


def _named(path: str) -> str:
    """A file of the project as the project names it."""
    root: str = coverage._root
    return path[len(root) :].replace(os.sep, "/") if path.startswith(root) else path


def _stamp(path: str) -> tuple[int, int, int]:
    """What tells one state of a file from another."""
    try:
        facts = os.stat(path)
    except OSError:
        return 0, 0, 0
    return facts.st_mtime_ns, facts.st_size, facts.st_ctime_ns
