"""Puts the code of function bodies that were saved since into functions that exist: which may be, and doing it.

Two compilations of a file are compared from the outside in. What modules and classes run when they are imported must be
the same, line numbers aside, and so must the list of functions, and what a caller sees of each; only bodies may differ,
and of those only ones that have not run yet. Then every function of the file gets its new code, since lines moved.
Standard library only (Python 3.8 to 3.14).
"""

from __future__ import annotations

import dis
import gc
import inspect
import linecache
import os
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any, NamedTuple

_OF_CLASSES = ("__firstlineno__", "__static_attributes__")
"""What Python 3.13 notes of a class by itself: it changes with any body."""

_DOCSTRING = getattr(inspect, "CO_HAS_DOCSTRING", 0)


class Pair(NamedTuple):
    """Code as it was and as it is, and whether a body differs; else lines do at most."""

    old: CodeType
    new: CodeType
    differs: bool


class RefusedError(Exception):
    """Why code is not swapped."""


def pairs(old: CodeType, new: CodeType, entered: Callable[[CodeType], bool], name: str) -> Iterator[Pair]:
    """The code of a module and all below it, old with new. Raises RefusedError."""
    below, above = _below(old), _below(new)
    same = _own(old) == _own(new)
    yield Pair(old, new, not same)
    if same:
        for was, now in zip(below, above):  # noqa: B905 - as long as each other, and Python 3.8 cannot say so
            yield from pairs(was, now, entered, name + ":" + was.co_name)
    elif not old.co_flags & inspect.CO_OPTIMIZED:
        raise RefusedError(name + " differs outside of functions")
    elif entered(old):
        raise RefusedError(name + " ran while tests were collected")
    elif _outside(old) != _outside(new):
        raise RefusedError(name + " has another signature or docstring")


def _below(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def _own(code: CodeType) -> Any:
    """All that ``code`` does itself, wherever it stands: not the code below it."""
    names = (code.co_names, code.co_varnames, code.co_cellvars)
    return _does(code), names, getattr(code, "co_exceptiontable", b""), _outside(code)


def _does(code: CodeType) -> Any:
    if "__firstlineno__" not in code.co_names or code.co_flags & inspect.CO_OPTIMIZED:
        return code.co_code, tuple(_key(each) for each in code.co_consts)
    steps = [(step.opname, _key(step.argval)) for step in dis.get_instructions(code)]
    noted = {at - 1 for at, step in enumerate(steps) if step[0] == "STORE_NAME" and step[1][1][1:-1] in _OF_CLASSES}
    return [step for at, step in enumerate(steps) if at not in noted]


def _outside(code: CodeType) -> Any:
    """What others see of a function."""
    counts = code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount
    stars = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    taken = counts[0] + counts[2] + stars
    has = code.co_consts and isinstance(code.co_consts[0], str) and (not _DOCSTRING or code.co_flags & _DOCSTRING)
    docstring = code.co_consts[0] if has else None
    return code.co_name, counts, code.co_varnames[:taken], code.co_flags, code.co_freevars, docstring


def _key(constant: Any) -> Any:
    """What tells constants apart: equal ones may differ (1 and True, 0.0 and -0.0)."""
    if isinstance(constant, CodeType):
        return CodeType
    if isinstance(constant, tuple):
        return tuple(_key(each) for each in constant)
    if isinstance(constant, frozenset):
        return frozenset(_key(each) for each in constant)
    return type(constant), repr(constant)


class Holders:
    """Who holds which code, as of now. ``ours`` are containers of the workbench's own."""

    def __init__(self, ours: Any) -> None:
        self.functions: dict[int, list[FunctionType]] = {}
        self._others: dict[int, str] = {}
        self._found: dict[str, set[int]] = {}
        skipped = {id(each) for each in ours}
        for thing in gc.get_objects():
            if type(thing) is FunctionType:  # a proxy says that it is what it stands for
                self._hold(thing)
            elif id(thing) not in skipped and type(thing) is not tuple:
                for code in gc.get_referents(thing):
                    if isinstance(code, CodeType):
                        self._others[id(code)] = type(thing).__name__

    def _hold(self, function: FunctionType) -> None:
        code = function.__code__
        self.functions.setdefault(id(code), []).append(function)
        self._found.setdefault(code.co_filename, set()).add(id(code))

    def check(self, module: CodeType, found: list[Pair]) -> None:
        """Raises RefusedError where code of ``module`` is held by what cannot be given another."""
        for old, _, differs in found:
            if differs and id(old) in self._others:
                raise RefusedError(old.co_name + " is held by a " + self._others[id(old)])
        if self._found.get(module.co_filename, set()) - {id(code) for code in tree(module)}:
            raise RefusedError("functions of " + os.path.basename(module.co_filename) + " are copies")


def tree(code: CodeType) -> Iterator[CodeType]:
    """``code`` and all below it."""
    yield code
    for inner in _below(code):
        yield from tree(inner)


def swap(found: list[Pair], holders: Holders) -> None:
    """Give every function its new code, every class its new line."""
    for old, new, _ in found:
        for function in holders.functions.get(id(old), ()):
            function.__code__ = new
    linecache.checkcache()
    if sys.version_info >= (3, 13):
        for thing in gc.get_objects():
            if isinstance(thing, type) and "__firstlineno__" in vars(thing):
                _note_line(thing, found)


def _note_line(thing: Any, found: list[Pair]) -> None:
    file = getattr(sys.modules.get(thing.__module__), "__file__", None)
    for old, new, _ in found:
        if (old.co_filename, old.co_qualname, old.co_firstlineno) == (file, thing.__qualname__, thing.__firstlineno__):
            thing.__firstlineno__ = new.co_firstlineno
            return
