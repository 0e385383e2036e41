"""Frozen dataclasses and named tuples to JSON values and back, by their annotations.

``decode(cls, encode(value)) == value`` for every value type of the case. Unknown keys are dropped and missing ones take
their defaults, so that an older program's event reads in a newer one.
"""

from __future__ import annotations

import dataclasses
import math
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar, cast

T = TypeVar("T")
_Decoder = Callable[[Any], Any]

_PLAIN = frozenset({str, int, bool, type(None)})


def encode(value: Any) -> Any:
    """The JSON form: records and mappings as objects, other tuples as arrays, enums by value, times as ISO 8601 UTC.

    A float that JSON has no word for is its name: ``"inf"``, ``"-inf"``, ``"nan"``. Raises TypeError for other types.
    """
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if _field_names(kind):
        fields = zip(_field_names(kind), _fields_getter(kind)(value), strict=True)
        return {name: item if type(item) in _PLAIN else encode(item) for name, item in fields}
    if isinstance(value, (tuple, list, frozenset, set)):
        return [item if type(item) in _PLAIN else encode(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (str, int, float)):
        return value
    raise TypeError(f"no JSON form for {kind.__name__}")


def decode(cls: type[T], data: Any) -> T:
    """The value of ``cls`` that ``data`` (as made by :func:`encode`) describes.

    Raises ValueError or TypeError on rubbish.
    """
    annotation: Any = cls
    build = _decoder(annotation)
    return cast(T, data if build is None else build(data))


def encode_columns(items: Sequence[Any]) -> dict[str, list[Any]]:
    """Values of one record type as a table, its fields to their values in order: quicker and smaller than objects."""
    kind: Any = type(items[0])
    columns = zip(*map(_fields_getter(kind), items), strict=True)
    return {name: encode(column) for name, column in zip(_field_names(kind), columns, strict=True)}


def decode_columns(cls: type[T], table: Mapping[str, Sequence[Any]]) -> list[T]:
    """The values that :func:`encode_columns` made the table of. Raises ValueError or TypeError on rubbish."""
    annotation: Any = cls
    names = _field_names(annotation)
    if tuple(table) != names:
        raise ValueError(f"{cls.__name__} has other fields")
    hints = typing.get_type_hints(annotation)
    return list(map(cls, *(map(_decoder(hints[name]) or _same, table[name]) for name in names)))


@cache
def _field_names(cls: type) -> tuple[str, ...]:
    """The fields of a dataclass or named tuple; nothing for any other type."""
    if dataclasses.is_dataclass(cls):
        return tuple(field.name for field in dataclasses.fields(cls))
    return getattr(cls, "_fields", ()) if issubclass(cls, tuple) else ()


@cache
def _fields_getter(cls: type) -> Callable[[Any], tuple[Any, ...]]:
    names = _field_names(cls)
    return attrgetter(*names) if len(names) > 1 else lambda value: tuple(getattr(value, name) for name in names)


@cache
def _decoder(annotation: Any) -> _Decoder | None:
    """What makes a value of the annotation from its JSON form; None where the JSON form is the value."""
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        return _optional([_decoder(a) for a in arguments if a is not type(None)])
    if origin is tuple:
        return _tuple(arguments)
    if origin in (dict, Mapping):
        return _mapping(_decoder(arguments[1]))
    if origin is frozenset:
        item = _decoder(arguments[0])
        return frozenset if item is None else lambda data: frozenset(map(item, data))
    if not isinstance(annotation, type):
        return None
    if _field_names(annotation):
        return _record(annotation)
    if issubclass(annotation, Enum) or annotation is float:
        return cast(_Decoder, annotation)
    return _datetime if annotation is datetime else None


def _optional(inner: list[_Decoder | None]) -> _Decoder | None:
    build = inner[0]
    return None if build is None else lambda data: None if data is None else build(data)


def _tuple(arguments: tuple[Any, ...]) -> _Decoder:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _decoder(arguments[0])
        return tuple if item is None else lambda data: tuple(map(item, data))
    parts = [_decoder(a) or _same for a in arguments]
    return lambda data: tuple(part(entry) for part, entry in zip(parts, data, strict=True))


def _mapping(item: _Decoder | None) -> _Decoder:
    build = item or _same
    return lambda data: {str(key): build(entry) for key, entry in data.items()}


def _record(cls: type) -> _Decoder:
    hints = typing.get_type_hints(cls)
    names = frozenset(_field_names(cls))
    special = [(name, decoder) for name in names if (decoder := _decoder(hints[name])) is not None]

    def build(data: Any) -> Any:
        if not isinstance(data, Mapping):
            raise ValueError(f"{cls.__name__} needs an object, got {type(data).__name__}")
        values = dict(data) if data.keys() <= names else {name: data[name] for name in names if name in data}
        for name, decoder in special:
            if name in values:
                values[name] = decoder(values[name])
        return cls(**values)

    return build


def _same(data: Any) -> Any:
    return data


def _datetime(data: Any) -> datetime:
    value = datetime.fromisoformat(data)
    if value.tzinfo is None:
        raise ValueError(f"a time without zone: {data}")
    return value
