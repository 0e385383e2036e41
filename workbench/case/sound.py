"""Whether a value holds what its type says: what a plugin made is looked at before it is journaled. Pure."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

_Check = Callable[[Any], str]
"""Gives what is wrong with a value; nothing where it is sound."""

SHOWN = 60
"""Characters of a wrong value that are told."""


def fault(value: Any) -> str:
    """What is wrong with a record, ``line: 'x' is no int``, the first thing alone; empty where it is sound.

    A list may stand for a tuple and a word for an enum: the journal's form is the same.
    """
    kind: Any = type(value)
    return _check(kind)(value)


@cache
def _check(annotation: Any) -> _Check:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _one_of([_check(each) for each in arguments], " or ".join(map(_name, arguments)))
    if origin in (tuple, list, frozenset):
        return _items(arguments)
    if origin is not None and issubclass(origin, Mapping):
        inner = _check(arguments[1])
        return lambda value: _first(inner, value.values()) if isinstance(value, Mapping) else _no(value, "mapping")
    if not isinstance(annotation, type) or annotation is object:
        return _anything
    if dataclasses.is_dataclass(annotation) or hasattr(annotation, "_fields"):
        return _record(annotation)
    return _enum(annotation) if issubclass(annotation, Enum) else _plain(annotation)


def _record(cls: type) -> _Check:
    fields = [(name, _check(hint)) for name, hint in typing.get_type_hints(cls).items() if _is_field(cls, name)]

    def check(value: Any) -> str:
        if not isinstance(value, cls):
            return _no(value, cls.__name__)
        return next((f"{name}: {wrong}" for name, each in fields if (wrong := each(getattr(value, name)))), "")

    return check


def _is_field(cls: type, name: str) -> bool:
    return name in getattr(cls, "__dataclass_fields__", ()) or name in getattr(cls, "_fields", ())


def _items(arguments: tuple[Any, ...]) -> _Check:
    parts = [_check(each) for each in arguments if each is not Ellipsis]
    fixed = len(parts) > 1

    def check(value: Any) -> str:
        if not isinstance(value, (tuple, list, frozenset, set)) or (fixed and len(value) != len(parts)):
            return _no(value, f"tuple of {len(parts)}" if fixed else "tuple")
        if fixed:
            return next((wrong for each, item in zip(parts, value, strict=True) if (wrong := each(item))), "")
        return _first(parts[0], value)

    return check


def _one_of(checks: list[_Check], names: str) -> _Check:
    def check(value: Any) -> str:
        found = [each(value) for each in checks]
        return "" if "" in found else next((text for text in found if " is no " not in text), _no(value, names))

    return check


def _enum(cls: type[Enum]) -> _Check:
    known = frozenset(member.value for member in cls)
    return lambda value: (
        "" if isinstance(value, cls) or (isinstance(value, str) and value in known) else _no(value, cls.__name__)
    )


def _plain(cls: type) -> _Check:
    if cls is datetime:
        return lambda value: "" if isinstance(value, datetime) and value.tzinfo else _no(value, "time with its zone")
    wanted = (int, float) if cls is float else (cls,)
    if cls in (int, float):
        return lambda value: "" if isinstance(value, wanted) and not isinstance(value, bool) else _no(value, _name(cls))
    return lambda value: "" if isinstance(value, cls) else _no(value, _name(cls))


def _first(check: _Check, values: Iterable[Any]) -> str:
    return next((wrong for each in values if (wrong := check(each))), "")


def _anything(value: Any) -> str:
    return ""


def _no(value: Any, wanted: str) -> str:
    text = repr(value)
    return f"{text if len(text) <= SHOWN else f'{text[:SHOWN]}…'} is no {wanted}"


def _name(annotation: Any) -> str:
    return "None" if annotation is type(None) else getattr(annotation, "__name__", str(annotation))
