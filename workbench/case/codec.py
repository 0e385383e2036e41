"""Frozen dataclasses to JSON values and back, by their annotations.

``decode(cls, encode(value)) == value`` for every value type of the case. Unknown keys are dropped and missing ones take
their defaults, so that an older program's event reads in a newer one.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

T = TypeVar("T")


def encode(value: Any) -> Any:
    """The JSON form: dataclasses and mappings as objects, tuples as arrays, enums by value, times as ISO 8601 UTC."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (tuple, list, frozenset, set)):
        return [encode(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name in _field_names(type(value))}
    raise TypeError(f"no JSON form for {type(value).__name__}")


def decode(cls: type[T], data: Any) -> T:
    """The value of ``cls`` that ``data`` (as made by :func:`encode`) describes.

    Raises ValueError or TypeError on rubbish.
    """
    return cast(T, _decoder(cls)(data))


@cache
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(cls))


@cache
def _decoder(annotation: Any) -> Callable[[Any], Any]:
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        inner = [_decoder(a) for a in arguments if a is not type(None)]
        return lambda data: None if data is None else inner[0](data)
    if origin is tuple:
        if len(arguments) == 2 and arguments[1] is Ellipsis:
            item = _decoder(arguments[0])
            return lambda data: tuple(item(entry) for entry in data)
        parts = tuple(_decoder(a) for a in arguments)
        return lambda data: tuple(part(entry) for part, entry in zip(parts, data, strict=True))
    if origin in (dict, Mapping):
        item = _decoder(arguments[1])
        return lambda data: {str(key): item(entry) for key, entry in data.items()}
    if origin is frozenset:
        item = _decoder(arguments[0])
        return lambda data: frozenset(item(entry) for entry in data)
    if isinstance(annotation, type):
        return _class_decoder(annotation)
    return lambda data: data


def _class_decoder(cls: type) -> Callable[[Any], Any]:
    if dataclasses.is_dataclass(cls):
        hints = typing.get_type_hints(cls)
        fields = {name: _decoder(hints[name]) for name in _field_names(cls)}

        def build(data: Any) -> Any:
            if not isinstance(data, Mapping):
                raise ValueError(f"{cls.__name__} needs an object, got {type(data).__name__}")
            return cls(**{name: fields[name](item) for name, item in data.items() if name in fields})

        return build
    if issubclass(cls, Enum):
        return cls
    if cls is datetime:
        return _datetime
    if cls is float:
        return float
    return lambda data: data


def _datetime(data: Any) -> datetime:
    value = datetime.fromisoformat(data)
    if value.tzinfo is None:
        raise ValueError(f"a time without zone: {data}")
    return value
