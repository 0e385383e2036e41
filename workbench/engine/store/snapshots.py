"""A case's state as it is stored, so that opening reads the tail of a journal and not all of it.

The bytes are JSON lines under zlib: first the state without its long fields, then those as ``[field, part]`` each, so
that no single call of the JSON module, which lets nothing else run meanwhile, takes long.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_origin, get_type_hints

from workbench.case.codec import decode, decode_columns, encode, encode_columns
from workbench.case.state import FOLD_VERSION, CaseState, Entry

PART = 500
"""Entries of the timeline per line."""

_MAPPINGS: dict[str, Any] = {
    name: hint for name, hint in get_type_hints(CaseState).items() if get_origin(hint) is Mapping
}
"""Fields that are mappings, with their types: a line per item."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The fold up to ``seq`` by the fold of version ``fold``, as bytes."""

    fold: int
    seq: int
    data: bytes


def pack(state: CaseState) -> Snapshot:
    """The snapshot of a state."""
    packer = zlib.compressobj(1)
    pieces = [packer.compress(json.dumps(line).encode() + b"\n") for line in _lines(state)]
    return Snapshot(FOLD_VERSION, state.seq, b"".join((*pieces, packer.flush())))


def unpack(snapshot: Snapshot | None) -> CaseState | None:
    """The state of a snapshot; None when there is none, it is of another fold version or it is damaged."""
    if snapshot is None or snapshot.fold != FOLD_VERSION:
        return None
    try:
        first, *lines = zlib.decompress(snapshot.data).splitlines()
        state = decode(CaseState, json.loads(first))
        entries: list[Entry] = []
        parts: dict[str, Any] = {name: {} for name in _MAPPINGS}
        for line in lines:
            name, part = json.loads(line)
            if name == "timeline":
                entries += decode_columns(Entry, part)
            else:
                parts[name].update(decode(_MAPPINGS[name], part))
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, zlib.error):
        return None
    return replace(state, timeline=tuple(entries), **parts) if state.seq == snapshot.seq else None


def _lines(state: CaseState) -> Iterator[Any]:
    short: dict[str, Any] = {name: {} for name in _MAPPINGS}
    yield encode(replace(state, timeline=(), **short))
    for start in range(0, len(state.timeline), PART):
        yield ["timeline", encode_columns(state.timeline[start : start + PART])]
    for name in _MAPPINGS:
        for key, value in getattr(state, name).items():
            yield [name, encode({key: value})]
